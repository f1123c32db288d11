"""The order of work keeps its promises for every combination of what people say, and asks nobody what they spend."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from presszero.channels import vocabulary
from presszero.conversations.actions.turns import give_missing_turns
from presszero.conversations.actions.wish import wish
from presszero.conversations.models import Conversation
from presszero.conversations.order import AHEAD, LATER, SOONER, put_in_order, work_at
from presszero.conversations.queries import view
from presszero.core.actor import Actor
from tests import cast

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes))
targets = st.integers(1, 6 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
words = st.sampled_from([None, 1, 2, 3])
needs = st.none() | st.integers(-5 * 24 * 60, 45 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes))


def turn(since: datetime, due: datetime | None, matters: int | None, needed: datetime | None) -> datetime:
    found = work_at(since, due, matters, needed)
    assert found is not None
    return found


def test_who_does_not_wait_has_no_turn() -> None:
    assert work_at(None, BEGAN, 3, BEGAN) is None


def test_who_says_nothing_has_their_turn_when_the_answer_is_due() -> None:
    assert turn(BEGAN, BEGAN + timedelta(hours=6), None, None) == BEGAN + timedelta(hours=6)
    assert turn(BEGAN, BEGAN + timedelta(hours=6), 2, None) == BEGAN + timedelta(hours=6)


def test_a_line_that_never_opens_still_has_an_order() -> None:
    assert turn(BEGAN, None, None, None) == BEGAN


def test_what_matters_a_lot_comes_four_hours_sooner_and_what_can_wait_four_later() -> None:
    due = BEGAN + timedelta(days=1)
    assert turn(BEGAN, due, 3, None) == due - SOONER
    assert turn(BEGAN, due, 1, None) == due + LATER


def test_the_moment_they_need_it_by_brings_it_comfortably_before() -> None:
    due, needed = BEGAN + timedelta(days=3), BEGAN + timedelta(days=1)
    assert turn(BEGAN, due, None, needed) == needed - AHEAD
    assert turn(BEGAN, due, 1, needed) == needed - AHEAD


def test_a_moment_that_has_passed_already_brings_it_no_further_than_their_writing() -> None:
    assert turn(BEGAN, BEGAN + timedelta(hours=2), 3, BEGAN - timedelta(days=3)) == BEGAN


@given(moments, targets, words, needs)
def test_a_turn_is_never_before_they_wrote_and_never_long_after_it_was_due(
    since: datetime, target: timedelta, matters: int | None, needed: datetime | None
) -> None:
    assert since <= turn(since, since + target, matters, needed) <= since + target + LATER


@given(moments, targets, targets, words, needs)
def test_to_be_due_later_never_means_to_be_served_sooner(
    since: datetime, target: timedelta, more: timedelta, matters: int | None, needed: datetime | None
) -> None:
    assert turn(since, since + target, matters, needed) <= turn(since, since + target + more, matters, needed)


@given(moments, targets, needs)
def test_to_matter_more_never_means_to_wait_longer(since: datetime, target: timedelta, needed: datetime | None) -> None:
    low, usual, high = (turn(since, since + target, matters, needed) for matters in (1, 2, 3))
    assert high <= usual <= low
    assert usual == turn(since, since + target, None, needed)


@given(moments, targets, words, moments, targets)
def test_to_need_it_sooner_never_means_to_wait_longer(
    since: datetime, target: timedelta, matters: int | None, needed: datetime, later: timedelta
) -> None:
    sooner = turn(since, since + target, matters, needed)
    assert sooner <= turn(since, since + target, matters, needed + later)
    assert sooner <= turn(since, since + target, matters, None)


@given(moments, targets, moments, targets, words, needs)
def test_who_says_nothing_is_passed_only_by_those_who_began_to_wait_before_their_answer_was_due(
    since: datetime, target: timedelta, other: datetime, others: timedelta, matters: int | None, needed: datetime | None
) -> None:
    due = since + target
    if turn(other, other + others, matters, needed) < turn(since, due, None, None):
        assert other < due


@given(moments, targets, moments, targets, words, needs)
def test_words_pass_nobody_by_more_than_they_may(
    since: datetime, target: timedelta, other: datetime, others: timedelta, matters: int | None, needed: datetime | None
) -> None:
    """Without a date, somebody due more than SOONER later than another can not come before them."""
    if turn(other, other + others, matters, None) < turn(since, since + target, None, None):
        assert other + others <= since + target + SOONER
    if turn(since, since + target, None, None) < turn(other, other + others, matters, needed):
        assert since + target < other + others + LATER


def test_the_order_is_asked_of_what_they_said_alone_and_of_nothing_they_spent() -> None:
    assert list(inspect.signature(work_at).parameters) == ["waiting_since", "due_at", "matters", "needed_by"]


def test_a_row_is_put_in_order_by_its_own_columns() -> None:
    row = Conversation(waiting_since=BEGAN, due_at=BEGAN + timedelta(hours=9), matters=3)
    put_in_order(row)
    assert row.work_at == BEGAN + timedelta(hours=5)
    row.waiting_since = row.due_at = None
    put_in_order(row)
    assert row.work_at is None


def test_a_moment_that_was_over_when_they_wrote_again_hurries_nobody() -> None:
    row = Conversation(waiting_since=BEGAN, due_at=BEGAN + timedelta(hours=9), needed_by=BEGAN - timedelta(days=20))
    put_in_order(row)
    assert row.work_at == row.due_at


def test_the_waiting_view_stands_in_the_order_of_work(
    shop: cast.Shop, boots: Conversation, invoice: Conversation
) -> None:
    assert [row.id for row in view(shop.maya, "waiting")] == [boots.id, invoice.id]
    wish(invoice, vocabulary.Wish(matters=3), source="page", by=Actor("customer", 1))
    assert [row.id for row in view(shop.maya, "waiting")] == [invoice.id, boots.id]
    cast.answer(invoice, "Here it is.", shop.maya)
    assert [row.id for row in view(shop.maya, "waiting")] == [boots.id]


def test_rows_of_an_older_version_get_their_turn(shop: cast.Shop, boots: Conversation, invoice: Conversation) -> None:
    Conversation.objects.filter(id=boots.id).update(work_at=None)
    assert [row.id for row in view(shop.maya, "waiting")] == [invoice.id]
    assert (give_missing_turns(), give_missing_turns()) == (1, 0)
    assert [row.id for row in view(shop.maya, "waiting")] == [boots.id, invoice.id]


def test_an_older_version_that_answers_leaves_nobody_in_the_view(shop: cast.Shop, boots: Conversation) -> None:
    Conversation.objects.filter(id=boots.id).update(waiting_since=None, due_at=None)
    assert view(shop.maya, "waiting") == []
