"""One message to many: a dry run, a start that waits, and an end at any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from presszero.audit.models import Record
from presszero.channels import outbox
from presszero.channels.models import Delivery
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.actions import add_handle, consent
from presszero.customers.models import Customer
from presszero.outreach import batches, rehearsing
from presszero.outreach.batches import Wanted, progress, write
from presszero.outreach.models import Batch, GateDecision, Manners, Outreach
from presszero.outreach.sending import send_due
from presszero.outreach.whom import Whom, people
from tests import cast

from .conftest import Stage, Texts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
at_noon = freeze_time(NOON)
WANTED = Wanted(
    "Boots come later", Whom(state="sent"), "Your boots", "Your boots come later. {{ next }}", channel="sms"
)


@pytest.fixture
def crowd(stage: Stage) -> list[Customer]:
    """Five who wait for an order, one of whom wants no messages."""
    Manners.objects.create(merchant=stage.shop.merchant, quiet_from=time(0), quiet_to=time(0))
    made = []
    for n in range(5):
        shopper = cast.Shopper(f"Shopper {n}", f"shopper{n}@example.com")
        person = shopper.known(stage.shop)
        shopper.order(stage.shop, str(2000 + n))
        add_handle(person, "phone", f"+4477009001{n:02}", by=SYSTEM)
        made.append(person)
    consent(made[4], "sms", "service", False, by=SYSTEM)
    return made


def rehearsed(stage: Stage, wanted: Wanted = WANTED) -> Batch:
    row = write(stage.shop.merchant, wanted, by=stage.shop.tomas.actor)
    batches.ask_rehearsal(row, by=stage.shop.tomas.actor, at=NOON)
    assert rehearsing.work(NOON)
    return Batch.objects.get(id=row.id)


def work(at: datetime = NOON) -> None:
    """What a worker does until nothing is left."""
    while rehearsing.work(at) or send_due(at) or outbox.deliver_due():
        pass


@at_noon
def test_the_dry_run_counts_by_rule_and_sends_nothing(stage: Stage, crowd: list[Customer], texts: Texts) -> None:
    row = rehearsed(stage)
    assert {name: row.rehearsal[name] for name in ("yes", "later", "no", "rules")} == {
        "yes": 4, "later": 0, "no": 1, "rules": {"opted_out": 1},
    }  # fmt: skip
    assert row.rehearsal["who"] == {"opted_out": [crowd[4].id]}
    assert not Outreach.objects.exists() and not GateDecision.objects.exists() and not texts.taken


@at_noon
def test_few_start_at_once_and_the_report_says_what_became_of_each(
    stage: Stage, crowd: list[Customer], texts: Texts
) -> None:
    row = batches.start(rehearsed(stage), by=stage.shop.tomas.actor, at=NOON)
    late_comer = cast.ben()
    late_comer.known(stage.shop)
    late_comer.order(stage.shop, "3000")
    work()
    assert sorted(texts.taken) == [f"+4477009001{n:02}" for n in range(4)]
    assert progress(row).states.get("refused") == 1
    assert Outreach.objects.filter(batch=row).count() == 5  # those of the dry run, and nobody else
    assert Record.objects.filter(verb="batch.started").count() == 1
    Outreach.objects.filter(batch=row, state="queued").update(state="sent")  # as the facts of deliveries have it
    work()
    ended = Batch.objects.get(id=row.id)
    assert ended.ended_at and "picks" not in ended.rehearsal and progress(ended).total == 5


@at_noon
def test_many_start_in_five_minutes(
    stage: Stage, crowd: list[Customer], texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MANY", 3)
    row = batches.start(rehearsed(stage), by=stage.shop.tomas.actor, at=NOON)
    assert row.starts_at == NOON + timedelta(minutes=5)
    work(NOON + timedelta(minutes=4, seconds=59))
    assert not texts.taken
    with freeze_time(NOON + timedelta(minutes=5)):
        work(NOON + timedelta(minutes=5))
    assert len(texts.taken) == 4


@at_noon
def test_nothing_goes_after_a_stop(stage: Stage, crowd: list[Customer], texts: Texts) -> None:
    row = batches.start(rehearsed(stage), by=stage.shop.tomas.actor, at=NOON)
    while rehearsing.work(NOON) or send_due(NOON):
        pass
    outbox.deliver_due()
    assert len(texts.taken) == 1
    batches.stop(row, by=stage.shop.tomas.actor)
    work()
    assert len(texts.taken) == 1
    assert Delivery.objects.filter(state="queued").count() == 0
    assert progress(row).of("stopped") == 3
    assert batches.stop(row, by=stage.shop.tomas.actor).stopped_by == stage.shop.tomas.actor.code


@at_noon
def test_a_sending_asks_for_the_stop_itself(stage: Stage, crowd: list[Customer], texts: Texts) -> None:
    """Whatever the clearing away missed: the mark alone is enough."""
    row = batches.start(rehearsed(stage), by=stage.shop.tomas.actor, at=NOON)
    while rehearsing.work(NOON) or send_due(NOON):
        pass
    Batch.objects.filter(id=row.id).update(stopped_at=NOON)
    work()
    assert not texts.taken
    assert set(Delivery.objects.values_list("state", "reason")) == {("failed", "It was stopped.")}
    assert progress(row).of("stopped") == 4


@at_noon
def test_changed_words_need_a_dry_run_of_their_own(stage: Stage, crowd: list[Customer]) -> None:
    row, by = rehearsed(stage), stage.shop.tomas.actor
    write(stage.shop.merchant, replace(WANTED, text="Other words. {{ next }}"), by=by, row=row)
    with pytest.raises(Refused, match="on paper"):
        batches.start(row, by=by, at=NOON)
    batches.ask_rehearsal(row, by=by, at=NOON)
    rehearsing.work(NOON)
    batches.start(row, by=by, at=NOON)
    with pytest.raises(Refused, match="has started"):
        write(stage.shop.merchant, WANTED, by=by, row=row)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "no name"),
        ({"whom": Whom()}, "whom"),
        ({"text": "No day in here"}, "what happens next"),
        ({"text": "{{ merchant.secret }}"}, "stands for nothing"),
        ({"purpose": "spying"}, "what it is for"),
        ({"channel": "chat"}, "written to first"),
        ({"channel": "pigeon"}, "written to first"),
    ],
)
def test_what_makes_no_sense_is_refused(stage: Stage, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        write(stage.shop.merchant, replace(WANTED, **wrong), by=SYSTEM)
    assert not Batch.objects.exists()


def test_whom_reads_orders_once_each_and_never_another_merchants(stage: Stage, crowd: list[Customer]) -> None:
    cast.Shopper("Shopper 0", "shopper0@example.com").order(stage.shop, "2099")
    other = cast.thistle()
    cast.ada().known(other)
    cast.ada().order(other, "9")
    picks = people(stage.shop.merchant, Whom(state="sent"), NOON)
    assert [who for who, _order in picks] == [person.id for person in crowd]
    assert people(stage.shop.merchant, Whom(country="FR"), NOON) == []
    assert people(stage.shop.merchant, Whom(tag=99), NOON) == []
