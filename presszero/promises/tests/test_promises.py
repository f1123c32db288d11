"""What we said is kept by an answer, broken by the clock, and follows its matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from presszero.conversations.actions import merge, reopen, resolve, split, take_back, unmerge
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.promises.actions import break_due, forget_told, may_tell, open_promises, promise
from presszero.promises.models import Acknowledged, Promise
from presszero.timeline.models import Event
from tests import cast

Heard = Callable[[], None]


def now_of(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="promise.").order_by("id").values_list("kind", flat=True))


@pytest.fixture
def boots(shop: cast.Shop, heard: Heard) -> Conversation:
    row = cast.the(cast.ada().writes(shop, "Where are my boots?", "Boots")).conversation
    heard()
    return now_of(row)


@pytest.fixture
def due(boots: Conversation) -> datetime:
    return Promise.objects.get().due_at


def test_an_answer_before_it_keeps_it(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    cast.answer(boots, "On their way.", shop.maya)
    heard()
    made = Promise.objects.get()
    assert made.kept_at is not None and made.kept_at < made.due_at
    assert Event.objects.get(kind="promise.kept").data == {"promise_id": made.id, "late": False}
    assert break_due(made.due_at + timedelta(hours=1)) == 0


def test_the_clock_breaks_it_when_its_moment_has_passed_and_not_before(boots: Conversation, due: datetime) -> None:
    assert break_due(due - timedelta(seconds=1)) == 0
    assert (break_due(due), break_due(due + timedelta(minutes=5))) == (1, 0)
    made = Promise.objects.get()
    assert (made.broken_at, made.kept_at, made.withdrawn_at) == (due, None, None)
    assert kinds() == ["promise.made", "promise.broken"]


def test_an_answer_after_it_was_broken_is_noted_as_late(
    shop: cast.Shop, boots: Conversation, due: datetime, heard: Heard
) -> None:
    break_due(due)
    cast.answer(boots, "Sorry for the wait.", shop.maya)
    heard()
    made = Promise.objects.get()
    assert made.broken_at == due and made.kept_at is not None
    assert Event.objects.get(kind="promise.kept").data["late"] is True


def test_the_clock_breaks_nothing_that_was_answered_but_not_yet_heard(
    shop: cast.Shop, boots: Conversation, due: datetime, heard: Heard
) -> None:
    cast.answer(boots, "On their way.", shop.maya)
    assert break_due(due + timedelta(hours=1)) == 0
    heard()
    assert kinds() == ["promise.made", "promise.kept"]


def test_a_new_promise_takes_the_place_of_the_old_one(shop: cast.Shop, boots: Conversation, due: datetime) -> None:
    break_due(due)
    later = timezone.now() + timedelta(days=1)
    made = promise(boots, later, entry=None, by=shop.maya.actor)
    assert [each.id for each in open_promises(boots)] == [made.id]
    assert kinds() == ["promise.made", "promise.broken", "promise.withdrawn", "promise.made"]


def test_taken_back_it_is_open_again_and_then_kept_anew(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    sent = cast.answer(boots, "On their way.", shop.maya, send_at=timezone.now() + timedelta(hours=1))
    heard()
    assert not open_promises(boots).exists()
    take_back(sent, by=shop.maya)
    heard()
    assert open_promises(boots).count() == 1
    cast.answer(now_of(boots), "On their way now.", shop.maya)
    heard()
    assert not open_promises(boots).exists()


def test_a_settled_matter_has_nothing_to_keep(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    resolve(boots, by=shop.maya.actor)
    heard()
    made = Promise.objects.get()
    assert made.withdrawn_at is not None and made.kept_at is None
    reopen(now_of(boots), by=shop.maya.actor)
    heard()
    assert not open_promises(boots).exists()


def test_a_matter_opened_again_before_it_was_heard_keeps_its_promise(
    shop: cast.Shop, boots: Conversation, heard: Heard
) -> None:
    resolve(boots, by=shop.maya.actor)
    reopen(now_of(boots), by=shop.maya.actor)
    heard()
    assert open_promises(boots).count() == 1


def test_merged_matters_are_kept_by_one_answer(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    other = cast.the(cast.ada().writes(shop, "And an invoice?", "Invoice")).conversation
    promise(other, timezone.now() + timedelta(hours=3), entry=None, by=SYSTEM)
    joined = merge(now_of(other), now_of(boots), by=shop.maya.actor)
    assert open_promises(now_of(boots)).count() == 2
    cast.answer(now_of(boots), "Both are here.", shop.maya)
    heard()
    assert Promise.objects.filter(kept_at=None).count() == 0
    unmerge(joined, by=shop.maya.actor)
    assert Promise.objects.get(conversation=other).kept_at is not None


def test_what_was_said_goes_with_the_part_that_still_waits(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    first = Message.objects.get(conversation=boots, inbound=True)
    cast.ada().writes(shop, "Something else entirely.", "Re: Boots")
    heard()
    part = split(now_of(boots), list(Message.objects.filter(inbound=True)), [], by=shop.maya.actor)
    heard()
    assert first.at and open_promises(part).count() == 1
    assert not open_promises(now_of(boots)).exists()


def test_a_promise_of_another_merchant_is_never_touched(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    other = cast.thistle()
    row = cast.the(cast.ben().writes(other, "Hello, is this the shop?", "Hello")).conversation
    heard()
    cast.answer(boots, "On their way.", shop.maya)
    heard()
    assert open_promises(now_of(row)).count() == 1


def test_whom_we_told_long_ago_is_forgotten(db: None) -> None:
    now = timezone.now()
    may_tell("ada@example.com", now - timedelta(days=3))
    may_tell("ben@example.org", now)
    assert (forget_told(now), Acknowledged.objects.count()) == (1, 1)
