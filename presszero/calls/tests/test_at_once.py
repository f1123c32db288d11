"""Calls come, ring, are taken, lost and hung up while others decide: nothing locks up, nobody is left over."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from presszero.calls import actions
from presszero.calls.menu.vocabulary import KeepPlace, Note, Park, Unpark
from presszero.calls.models import Call, Callback, Leg
from presszero.channels.models import Line
from presszero.routing.actions import be_ready
from presszero.routing.models import Turn, Waiting
from tests import cast
from tests.waiting import until

from .test_calls import phone, rings

pytestmark = pytest.mark.django_db(transaction=True)
CALLS, HANDS = 8, 3


def test_a_busy_minute_in_three_processes() -> None:
    shop = cast.juniper()
    line = phone(shop)
    for n in range(HANDS):
        be_ready(shop.member(f"Agent{n} A", "agent", f"agent{n}@juniper.example"), True)
    failed: list[BaseException] = []
    over = threading.Event()

    def calls(seed: int) -> None:
        random = Random(seed)
        for n in range(CALLS):
            _a_call(random, line, f"+4474001{seed:02}{n:03}")

    def clock() -> None:
        while not over.is_set():
            now = timezone.now()
            actions.ring_due(shop.merchant.id, now)
            actions.rung_out(now + timedelta(seconds=25))  # as if it had rung for long

    threads = [_thread(failed, calls, seed) for seed in (1, 2)]
    ticking = _thread(failed, clock)
    for each in threads:
        each.join(60)
    over.set()
    ticking.join(20)
    assert failed == [] and not any(each.is_alive() for each in [*threads, ticking])
    assert not Call.objects.filter(ended_at=None, inbound=True).exists()
    assert not Leg.objects.filter(ended_at=None, call__inbound=True).exists()
    assert not Waiting.objects.filter(left_at=None).exists()
    assert not Turn.objects.filter(outcome="offered").exists()
    assert not Turn.objects.filter(outcome="taken", ended_at=None).exists()
    assert Turn.objects.filter(outcome="taken").exists(), "somebody talked"


def _thread(failed: list[BaseException], work: object, *given: object) -> threading.Thread:
    def run() -> None:
        try:
            work(*given)
        except BaseException as why:
            failed.append(why)
        finally:
            connection.close()

    made = threading.Thread(target=run)
    made.start()
    return made


def _a_call(random: Random, line: Line, number: str) -> None:
    call = rings(line, number)
    actions.carry_out(call.id, Note("entered", "hello", "Greeting"), timezone.now())
    actions.carry_out(call.id, Park(0, "zero", "hello"), timezone.now())
    for _ in range(3):
        leg = Leg.objects.filter(call=call, ended_at=None).first()
        if leg is None or leg.member is None:
            actions.ring_due(line.merchant_id, timezone.now())
            continue
        what = random.choice(["answer", "answer", "decline", "leave", "keep"])
        if what == "decline":
            actions.leg_ended(leg.id, "declined", timezone.now())
        elif what == "answer" and actions.leg_answered(leg.id, "sdp", leg.member.actor):
            actions.leg_talking(leg.id, timezone.now())
            actions.leg_ended(leg.id, random.choice(["hung_up", "lost"]), timezone.now())
            be_ready(leg.member, True)
            actions.carry_out(call.id, Park(0, "lost"), timezone.now())
        elif what == "leave":
            actions.carry_out(call.id, Unpark("voicemail"), timezone.now())
        elif what == "keep":
            actions.carry_out(call.id, KeepPlace(), timezone.now())
    actions.call_ended(call.id, "abandoned", timezone.now())
    Callback.objects.filter(call=call).update(state="cancelled", ended_at=timezone.now())


def test_who_answers_in_the_moment_it_rings_out_takes_nobody_out_of_the_line() -> None:
    shop = cast.juniper()
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    actions.carry_out(call.id, Park(0, "zero", ""), timezone.now())
    leg = Leg.objects.get(call=call)
    said: list[bool] = []

    def answers() -> None:
        try:
            said.append(actions.leg_answered(leg.id, "sdp", shop.maya.actor))
        finally:
            connection.close()

    with transaction.atomic():  # it rang out, and that is being written
        Leg.objects.filter(id=leg.id).update(ended_at=timezone.now(), ended="missed", state=Leg.State.ENDED)
        answering = threading.Thread(target=answers)
        answering.start()
        until(_somebody_waits_for_a_row, what="the answer's wait for the row")
    answering.join(10)
    assert said == [False] and Leg.objects.get(id=leg.id).answered_at is None
    assert Waiting.objects.get(subject_id=call.id).left_at is None, "they wait, and the next one is rung"


def _somebody_waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
