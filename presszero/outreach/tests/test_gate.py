"""The gate at the outbox's door: asked in the transaction that sends, whoever made the message."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from time import monotonic

import pytest
from django.db import connection, transaction
from freezegun import freeze_time

from presszero.channels import asking, outbox
from presszero.channels.adapter import Abilities
from presszero.channels.models import Delivery, Entry
from presszero.channels.vocabulary import DeliveryReported
from presszero.core.actor import SYSTEM
from presszero.customers.actions import consent, mark_bounced, merge
from presszero.customers.blocking import block
from presszero.customers.consenting import Said, say
from presszero.outreach import reactions as _registered
from presszero.outreach.gate import may_contact
from presszero.outreach.models import GateDecision, Manners, Suppression
from presszero.outreach.saying_stop import means_stop
from presszero.outreach.stopping import again, help_them, stop
from presszero.outreach.suppressing import lift, suppress
from presszero.timeline.reactions import consume_all
from tests import cast

from .conftest import Stage, Texts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
at_noon = freeze_time(NOON)  # in London
ADA = "+447700900123"
_HEARING = ["outreach.stop_words", "outreach.dead_addresses"]
assert _registered.__doc__


@pytest.fixture
def awake(stage: Stage) -> Stage:
    """Nobody's quiet hours, and caps that are far away."""
    given = {"quiet_from": time(0), "quiet_to": time(0), "a_day": 9, "a_week": 99}
    Manners.objects.create(merchant=stage.shop.merchant, **given)
    return stage


def became(row: Delivery) -> tuple[str, str]:
    now = Delivery.objects.get(id=row.id)
    return now.state, now.reason


@at_noon
def test_news_of_an_order_goes_and_the_decision_is_kept(awake: Stage, texts: Texts) -> None:
    row = awake.writes_first()
    assert outbox.deliver_due()
    assert (became(row)[0], texts.taken) == ("accepted", [ADA])
    (kept,) = GateDecision.objects.all()
    assert (kept.outcome, kept.rule, kept.local, kept.customer_id) == ("yes", "", "Europe/London", awake.ada.id)


@at_noon
def test_answers_are_not_asked_about(awake: Stage, texts: Texts) -> None:
    Manners.objects.update(paused_at=NOON)
    row = awake.answers(awake.hears("Where is it?"))
    outbox.deliver_due()
    assert (became(row)[0], GateDecision.objects.count()) == ("accepted", 0)


@at_noon
def test_nothing_goes_where_nobody_can_be_asked(awake: Stage, texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "askers", [])
    row = awake.writes_first()
    outbox.deliver_due()
    assert (became(row)[0], texts.taken) == ("queued", [])


@pytest.mark.parametrize("why", ["consent", "blocked", "suppressed", "bounced", "gone", "paused", "no consent"])
@at_noon
def test_each_no_keeps_it_here_with_its_sentence(awake: Stage, texts: Texts, why: str) -> None:
    merchant = awake.shop.merchant
    row = awake.writes_first("marketing" if why == "no consent" else "service")
    if why == "consent":
        consent(awake.ada, "", "service", False, by=SYSTEM)
    elif why == "blocked":
        block(merchant, "phone", ADA, by=SYSTEM)
    elif why == "suppressed":
        suppress(merchant, "phone", ADA, "wrong", by=SYSTEM)
    elif why == "bounced":
        mark_bounced(merchant.id, "phone", ADA, by=SYSTEM, reason="5.1.1")
    elif why == "gone":
        awake.ada.handles.filter(kind="phone").delete()
    elif why == "paused":
        Manners.objects.update(paused_at=NOON)
    outbox.deliver_due()
    state, reason = became(row)
    assert state == ("queued" if why == "paused" else "failed")
    assert reason and not texts.taken


@at_noon
def test_a_later_waits_in_the_outbox_until_then(awake: Stage, texts: Texts) -> None:
    Manners.objects.update(quiet_from=time(11), quiet_to=time(14, 30))
    row = awake.writes_first()
    outbox.deliver_due()
    waiting = Delivery.objects.get(id=row.id)
    assert (waiting.state, waiting.not_before) == ("queued", NOON + timedelta(hours=2, minutes=30))
    with freeze_time(waiting.not_before):
        outbox.deliver_due()
    assert texts.taken == [ADA]


@at_noon
def test_caps_count_what_went_on_all_channels_and_by_whomever_they_were_merged_with(awake: Stage, texts: Texts) -> None:
    Manners.objects.update(a_day=2)
    ben = cast.ben().known(awake.shop)
    for outcome, rehearsal in (("yes", False), ("yes", True), ("no", False)):
        GateDecision.objects.create(
            merchant=awake.shop.merchant, customer=ben, channel="email", purpose="service", outcome=outcome,
            at=NOON - timedelta(hours=3), rehearsal=rehearsal,
        )  # fmt: skip
    merge(ben, awake.ada, by=SYSTEM)
    first, second = awake.writes_first(), awake.writes_first()
    while outbox.deliver_due():
        pass
    assert (became(first)[0], became(second)[0]) == ("accepted", "queued")
    assert Delivery.objects.get(id=second.id).not_before == NOON + timedelta(hours=21)


@at_noon
def test_offers_wait_while_we_talk_and_news_does_not(awake: Stage, texts: Texts) -> None:
    consent(awake.ada, "sms", "marketing", True, by=SYSTEM, wording="Yes please")
    cast.ada().writes(awake.shop, "Where are my boots?")
    assert may_contact(awake.ada, "sms", "marketing", NOON).rule == "talking"
    assert may_contact(awake.ada, "sms", "service", NOON).yes


@at_noon
def test_sm1_stop_ends_it_and_start_brings_news_back(awake: Stage, texts: Texts) -> None:
    assert not any(means_stop(text, by_text=True) for text in ("please stop by tomorrow", "I cancel my order", ""))
    for word in (
        "STOP",
        "stop.",
        "Stop!!",
        "“Unsubscribe”",
        "opt-out",
        "OPT OUT",
        "Revoke",
        "END",
        "baja",
        "Arrêt",
        "StopAll",
    ):
        assert means_stop(word, by_text=True), word
    assert not means_stop("cancel", by_text=False)
    heard, brought = awake.hears("Stop."), awake.writes_first()
    stop(heard)
    while outbox.deliver_due():
        pass
    assert became(brought)[0] == "failed"
    assert texts.taken == [ADA]  # one text that says so, and no more
    again(awake.hears("START"))
    assert may_contact(awake.ada, "sms", "service", NOON).yes
    assert may_contact(awake.ada, "sms", "marketing", NOON).rule == "opted_out"


@at_noon
def test_wn1_wn2_a_channel_closes_after_their_last_words_sooner_for_a_machine(awake: Stage, texts: Texts) -> None:
    texts.can = Abilities(window_hours=24, person_window_hours=7 * 24)
    assert may_contact(awake.ada, "sms", "service", NOON).rule == "window"
    awake.hears("Hello")
    assert may_contact(awake.ada, "sms", "service", NOON).yes
    inside = awake.writes_first()
    with freeze_time(NOON + timedelta(hours=25)):  # written inside, sent outside
        by_person = awake.writes_first()
        Entry.objects.filter(id=by_person.entry_id).update(actor=awake.shop.maya.actor.code)
        while outbox.deliver_due():
            pass
    assert (became(inside)[0], became(by_person)[0], texts.taken) == ("failed", "accepted", [ADA])


@at_noon
def test_sm4_help_says_who_we_are_and_how_to_end_it(awake: Stage, texts: Texts) -> None:
    help_them(awake.hears("HELP"))
    outbox.deliver_due()
    assert texts.taken == [ADA]
    assert "Juniper & Co." in Entry.objects.latest("id").text and "STOP" in Entry.objects.latest("id").text


@at_noon
def test_em4_a_dead_address_is_left_alone_until_it_writes(awake: Stage) -> None:
    ada = cast.ada()
    consume_all(_HEARING)  # whoever listens for the first time begins at the present
    mark_bounced(awake.shop.merchant.id, "email", ada.address, by=SYSTEM, reason="5.1.1")
    consume_all(_HEARING)
    assert Suppression.objects.get(lifted_at=None).why == "bounce"
    assert may_contact(awake.ada, "email", "service", NOON).rule == "suppressed"
    ada.writes(awake.shop, "I am here")
    consume_all(_HEARING)
    assert not Suppression.objects.filter(lifted_at=None).exists()
    assert may_contact(awake.ada, "email", "service", NOON).yes


@at_noon
def test_em4_whoever_marks_us_as_spam_is_not_written_to_first(awake: Stage) -> None:
    row = awake.writes_first()
    Delivery.objects.filter(id=row.id).update(kind="email", address="ada@example.com", state="accepted")
    said = DeliveryReported("c-1", "delivered", our_id=str(row.our_id), recipient="ada@example.com", complaint=True)
    cast.reported(awake.line, said)
    assert Suppression.objects.get().why == "complaint"
    cast.ada().writes(awake.shop, "Where are my boots?")
    assert may_contact(awake.ada, "email", "service", NOON).rule == "suppressed"


@at_noon
def test_sm9_what_was_somebody_elses_stays_so_until_a_person_lifts_it(awake: Stage) -> None:
    row = suppress(awake.shop.merchant, "phone", ADA, "wrong", by=SYSTEM)
    assert suppress(awake.shop.merchant, "phone", ADA, "bounce", by=SYSTEM).id == row.id
    assert may_contact(awake.ada, "sms", "service", NOON).rule == "suppressed"
    lift(row, by=awake.shop.tomas.actor)
    assert may_contact(awake.ada, "sms", "service", NOON).yes


@at_noon
def test_another_merchants_no_is_theirs(awake: Stage) -> None:
    suppress(cast.thistle().merchant, "phone", ADA, "person", by=SYSTEM)
    assert may_contact(awake.ada, "sms", "service", NOON).yes


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    """Two workers, two connections."""

    @at_noon
    def test_sm5_a_stop_that_is_being_written_down_goes_before_what_is_being_sent(
        self, awake: Stage, texts: Texts
    ) -> None:
        row, asked = awake.writes_first(), threading.Event()

        def send() -> None:
            asked.set()
            outbox.deliver_due()
            connection.close()

        worker = threading.Thread(target=send)
        with transaction.atomic():
            say(awake.ada, Said("sms", "service", False, "STOP by text"), by=SYSTEM)
            worker.start()
            asked.wait(5)
            until_waiting()
            assert not texts.taken
        worker.join(10)
        assert (became(row)[0], texts.taken) == ("failed", [])

    @at_noon
    def test_two_workers_never_pass_a_cap_together(self, awake: Stage, texts: Texts) -> None:
        Manners.objects.update(a_day=2)
        rows = [awake.writes_first() for _ in range(6)]
        ready = threading.Barrier(2)

        def send() -> None:
            ready.wait(5)
            while outbox.deliver_due():
                pass
            connection.close()

        workers = [threading.Thread(target=send) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(15)
        assert len(texts.taken) == 2
        assert sorted(became(row)[0] for row in rows) == ["accepted"] * 2 + ["queued"] * 4


def until_waiting() -> None:
    """Somebody waits for an advisory lock that we hold."""
    ends = monotonic() + 5
    with connection.cursor() as cursor:
        while monotonic() < ends:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
