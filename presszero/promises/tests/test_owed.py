"""What was said in words is owed until it is done, whoever waits; what was taken back was never said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.conversations.actions import resolve, take_back
from presszero.conversations.models import Conversation, Message
from presszero.promises.actions import Made, break_due, called, make, promise_callback
from presszero.promises.models import Gap, Promise, Where
from presszero.promises.queries import open_in
from presszero.promises.watching import watch
from tests import cast

Heard = Callable[[], None]


@pytest.fixture
def boots(shop: cast.Shop, heard: Heard) -> Conversation:
    row = cast.the(cast.ada().writes(shop, "Where are my boots?", "Boots")).conversation
    heard()
    return Conversation.objects.get(id=row.id)


def says(shop: cast.Shop, row: Conversation, **more: object) -> tuple[Message, Promise]:
    """Maya answers that she will write by Friday; the chip is kept with the answer."""
    sent = cast.answer(row, "I'll get back to you by Friday.", shop.maya, **more)
    made = make(
        Made(
            merchant_id=row.merchant_id, customer_id=row.customer_id, kind="answer", whole_day=True, where=Where.AGENT,
            due_at=timezone.now() + timedelta(days=3), conversation_id=row.id, entry_id=sent.entry_id,
            quote="by Friday",
        ),
        shop.maya.actor,
    )  # fmt: skip
    return sent, made


def test_the_words_that_promise_keep_what_was_promised_before_and_not_themselves(
    shop: cast.Shop, boots: Conversation, heard: Heard
) -> None:
    _sent, made = says(shop, boots)
    heard()
    first = Promise.objects.order_by("id")[0]
    assert (first.state, [each.id for each in open_in(boots)]) == ("kept", [made.id])
    cast.answer(boots, "Here is what I found.", shop.maya)
    heard()
    made.refresh_from_db()
    assert made.state == "kept"


def test_settling_the_matter_does_not_settle_what_is_owed_and_the_clock_breaks_it(
    shop: cast.Shop, boots: Conversation, heard: Heard
) -> None:
    _sent, made = says(shop, boots)
    heard()
    resolve(Conversation.objects.get(id=boots.id), by=shop.maya.actor)
    heard()
    assert break_due(made.due_at) == 1
    made.refresh_from_db()
    assert made.state == "broken"


def test_taken_back_it_was_never_said_and_the_first_one_stands_again(
    shop: cast.Shop, boots: Conversation, heard: Heard
) -> None:
    sent, made = says(shop, boots, send_at=timezone.now() + timedelta(hours=1))
    heard()
    take_back(sent, by=shop.maya)
    heard()
    first = Promise.objects.order_by("id")[0]
    made.refresh_from_db()
    assert (made.state, first.state) == ("withdrawn", "open")


def test_a_call_keeps_a_call_back_and_an_answer_does_not(shop: cast.Shop, boots: Conversation, heard: Heard) -> None:
    made = promise_callback(boots, timezone.now() + timedelta(hours=3), shop.maya.actor)
    cast.answer(boots, "I'll call you at three.", shop.maya)
    heard()
    assert (watch(timezone.now()), watch(made.due_at - timedelta(minutes=50))) == (0, 1)
    assert Gap.objects.get().kind == "no_answer"
    assert called(boots, timezone.now(), shop.maya.actor) == 1
    made.refresh_from_db()
    assert (made.state, made.kept_by, Gap.objects.get().closed_because) == ("kept", shop.maya.actor.code, "over")


def test_a_missed_call_back_is_a_gap_of_its_own(shop: cast.Shop, boots: Conversation) -> None:
    made = promise_callback(boots, timezone.now() + timedelta(hours=3), shop.maya.actor)
    watch(made.due_at - timedelta(minutes=10))
    break_due(made.due_at)
    gap = Gap.objects.get()
    assert (gap.kind, gap.closed_at, gap.promise_id, gap.conversation_id) == ("overdue", None, made.id, boots.id)
