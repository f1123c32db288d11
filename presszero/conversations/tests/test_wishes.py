"""What a customer said of the matter: kept, counted in the order of work, and put right by an agent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels import vocabulary
from presszero.conversations.actions import merge, take_back, unmerge
from presszero.conversations.actions.wish import wish
from presszero.conversations.models import Conversation, Wish
from presszero.conversations.order import AHEAD, SOONER, work_at
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.timeline.models import Event
from tests import cast

THEM = Actor("customer", 1)


def now_of(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def test_what_arrives_has_a_place_in_the_order_of_work(boots: Conversation) -> None:
    row = now_of(boots)
    assert row.work_at is not None and row.work_at == row.due_at


def test_an_answer_and_a_resolution_end_the_turn(shop: cast.Shop, boots: Conversation) -> None:
    cast.answer(boots, "They left today.", shop.maya)
    assert now_of(boots).work_at is None


def test_what_matters_a_lot_comes_sooner(shop: cast.Shop, boots: Conversation) -> None:
    shop.line.first_reply_minutes = 24 * 60
    Conversation.objects.filter(id=boots.id).update(due_at=timezone.now() + timedelta(days=1))
    wish(boots, vocabulary.Wish(matters=3), source="page", by=THEM)
    row = now_of(boots)
    assert row.matters == 3 and row.due_at is not None
    assert row.work_at == row.due_at - SOONER


def test_their_own_sentence_names_the_moment(shop: cast.Shop, boots: Conversation) -> None:
    Conversation.objects.filter(id=boots.id).update(due_at=timezone.now() + timedelta(days=40))
    made = wish(boots, vocabulary.Wish(words="I need them in five days"), source="form", by=THEM, language="en")
    assert made.needed_by is not None and made.words == "I need them in five days"
    assert timedelta(days=4) < made.needed_by - timezone.now() < timedelta(days=6)
    row = now_of(boots)
    assert row.needed_by == made.needed_by
    assert row.work_at == made.needed_by - AHEAD


def test_words_without_a_moment_are_kept_all_the_same(boots: Conversation) -> None:
    made = wish(boots, vocabulary.Wish(words="It is a present,\nfor my mother"), source="page", by=THEM)
    assert (made.needed_by, made.words) == (None, "It is a present, for my mother")


def test_what_is_left_out_stays_as_they_said_it(boots: Conversation) -> None:
    when = timezone.now() + timedelta(days=2)
    wish(boots, vocabulary.Wish(matters=3, channel="email"), source="form", by=THEM)
    wish(boots, vocabulary.Wish(needed_by=when), source="page", by=THEM)
    row = now_of(boots)
    assert (row.matters, row.needed_by, row.asked_channel) == (3, when, "email")


def test_an_agent_puts_it_right_and_takes_a_moment_away(shop: cast.Shop, boots: Conversation) -> None:
    wish(boots, vocabulary.Wish(3, timezone.now() + timedelta(days=2)), source="form", by=THEM)
    wish(boots, vocabulary.Wish(matters=2), source="agent", by=shop.maya.actor)
    row = now_of(boots)
    assert (row.matters, row.needed_by) == (2, None)
    assert row.work_at == work_at(row.waiting_since, row.due_at, 2, None)


def test_nonsense_is_refused_and_changes_nothing(boots: Conversation) -> None:
    with pytest.raises(Refused):
        wish(boots, vocabulary.Wish(matters=9), source="page", by=THEM)
    assert not Wish.objects.exists()
    assert now_of(boots).matters is None


def test_the_record_has_none_of_their_words(boots: Conversation) -> None:
    wish(boots, vocabulary.Wish(3, words="We leave on Saturday", channel="email"), source="form", by=THEM)
    event = Event.objects.get(kind="conversation.wished")
    assert event.data == {
        "wish_id": Wish.objects.get().id,
        "matters": 3,
        "needed_by_epoch": event.data["needed_by_epoch"],
    }


def test_merged_matters_share_what_was_said_and_unmerged_ones_do_not(
    shop: cast.Shop, boots: Conversation, invoice: Conversation
) -> None:
    wish(invoice, vocabulary.Wish(matters=3), source="page", by=THEM)
    made = merge(now_of(invoice), now_of(boots), by=shop.maya.actor)
    assert now_of(boots).matters == 3
    unmerge(made, by=shop.maya.actor)
    assert (now_of(boots).matters, now_of(invoice).matters) == (None, 3)


def test_an_answer_that_does_not_arrive_gives_the_turn_back(shop: cast.Shop, boots: Conversation) -> None:
    """The turn follows whoever waits, also when the answer was taken back."""
    sent = cast.answer(boots, "They left today.", shop.maya, send_at=timezone.now() + timedelta(hours=1))
    assert now_of(boots).work_at is None
    take_back(sent, by=shop.maya)
    row = now_of(boots)
    assert row.work_at is not None and row.work_at == row.due_at
