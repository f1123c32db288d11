"""Several processes decide, take and hang up at the same time: nobody gets two calls, and no call two people."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from presszero.routing.actions import Asked, be_ready, decide, decline, enter, finish, leave, pick, take
from presszero.routing.models import Presence, Turn, Waiting
from presszero.routing.queries import main_queue
from presszero.team.models import Membership
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
AGENTS, CALLS = 4, 15


def test_a_busy_hour_with_two_who_decide() -> None:
    shop = cast.juniper()
    queue = main_queue(shop.merchant)
    members = [shop.member(f"Agent{n} A", "agent", f"agent{n}@juniper.example") for n in range(AGENTS)]
    for member in members:
        be_ready(member, True)
    failed: list[BaseException] = []

    def hour(seed: int) -> None:
        random = Random(seed)
        try:
            for n in range(CALLS):
                _happens(random, queue.id, seed * 1_000 + n, members)
        except BaseException as why:
            failed.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=hour, args=(seed,)) for seed in (1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failed == [] and not any(each.is_alive() for each in threads)
    _holds()
    _everybody_is_served(shop.merchant.id, members)


def _happens(random: Random, queue_id: int, number: int, members: list[Membership]) -> None:
    """Somebody calls; both decide; then whatever people do, in any order."""
    queue = main_queue(members[0].merchant)
    waiting = enter(Asked(queue, "call", number), timezone.now())
    for turn in decide(queue.merchant_id, timezone.now()):
        if random.random() < 0.2:
            decline(turn.id, timezone.now())
        elif take(turn.id, timezone.now()) and random.random() < 0.8:
            finish(turn.id, timezone.now())
    chance = random.random()
    if chance < 0.2:
        leave(waiting.id, Waiting.Left.ABANDONED, timezone.now())
    elif chance < 0.4:
        pick(waiting.id, random.choice(members), timezone.now())
    for turn in Turn.objects.filter(outcome="taken", ended_at=None).order_by("?")[:2]:
        finish(turn.id, timezone.now())


def _holds() -> None:
    """By what stands in the rows, beside what their constraints say."""
    turns = list(Turn.objects.select_related("waiting"))
    answered = Counter(turn.waiting_id for turn in turns if turn.outcome == "taken")
    assert max(answered.values()) == 1
    for turn in turns:
        if turn.outcome == "taken":
            assert (turn.waiting.left, turn.waiting.taken_by_id) == ("answered", turn.member_id)
        if turn.waiting.left and turn.waiting.left != "answered":
            assert turn.outcome not in ("taken", "offered"), "whoever left is nobody's turn"
    for member_id in {turn.member_id for turn in turns}:
        spans = sorted(
            (turn.offered_at, turn.ended_at or turn.answered_at)
            for turn in turns
            if turn.member_id == member_id and turn.outcome == "taken" and turn.ended_at
        )
        assert all(begun >= before[1] for before, (begun, _end) in zip(spans, spans[1:], strict=False)), "two at once"


def _everybody_is_served(merchant_id: int, members: list[Membership]) -> None:
    """Then, one after the other, who still waits gets somebody: nothing was lost on the way."""
    for _round in range(3 * CALLS):
        for turn in Turn.objects.filter(outcome="taken", ended_at=None):
            finish(turn.id, timezone.now())
        Turn.objects.filter(outcome="declined").update(answered_at=timezone.now() - timedelta(minutes=2))
        Presence.objects.update(seen_at=timezone.now())
        for turn in [*Turn.objects.filter(outcome="offered"), *decide(merchant_id, timezone.now())]:
            take(turn.id, timezone.now())
        if not Waiting.objects.filter(left_at=None).exists():
            return
    raise AssertionError("Somebody still waits.")
