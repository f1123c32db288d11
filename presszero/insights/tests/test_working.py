"""Hands at work are counted by the clock, once for a member, whatever their pages say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations.models import Conversation
from presszero.insights.models import Beat, Worked
from presszero.insights.working import MOST, beat
from tests import cast

from .world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(cast.juniper())


def worked() -> dict[int, int]:
    return dict(Worked.objects.order_by("conversation_id").values_list("conversation_id", "seconds"))


def test_beats_of_one_page_add_up_to_the_time_that_passed(world: World) -> None:
    row = world.matter()
    for n in range(1, 5):
        beat(world.shop.maya, [(row.id, 15)], NOON + timedelta(seconds=15 * n))
    assert worked() == {row.id: 60}


def test_parts_of_seconds_stand_over(world: World) -> None:
    row = world.matter()
    for n in range(41):
        beat(world.shop.maya, [(row.id, 15)], NOON + timedelta(seconds=14.9 * n))
    assert 14.9 * 40 + 14 <= worked()[row.id] <= 14.9 * 40 + 15


def test_two_pages_at_once_are_one_members_time(world: World) -> None:
    one, other = world.matter(), world.matter()
    for n in range(1, 9):
        beat(world.shop.maya, [(one.id, 15)], NOON + timedelta(seconds=15 * n))
        beat(world.shop.maya, [(other.id, 15)], NOON + timedelta(seconds=15 * n + 7))
    assert sum(worked().values()) <= 15 * 8 + 7
    assert worked()[one.id] and worked()[other.id]


def test_two_people_are_two_peoples_time(world: World) -> None:
    row = world.matter()
    assert [beat(member, [(row.id, 15)], NOON) for member in (world.shop.maya, world.shop.tomas)] == [15, 15]
    assert Worked.objects.count() == 2


def test_a_beat_that_claims_more_counts_no_more_than_its_most(world: World) -> None:
    row = world.matter()
    assert beat(world.shop.maya, [(row.id, 86_400)], NOON) == MOST
    assert beat(world.shop.maya, [(row.id, 86_400)], NOON) == 0


def test_an_old_beat_that_comes_late_counts_nothing_and_moves_nothing_back(world: World) -> None:
    row = world.matter()
    beat(world.shop.maya, [(row.id, 15)], NOON)
    assert beat(world.shop.maya, [(row.id, 15)], NOON - timedelta(hours=1)) == 0
    assert Beat.objects.get().last_at == NOON


def test_going_through_a_list_is_shared_out_in_order(world: World) -> None:
    one, other = world.matter(), world.matter()
    assert beat(world.shop.maya, [(one.id, 6), (other.id, 8), (10**9, 5)], NOON) == 14
    assert worked() == {one.id: 6, other.id: 8}


def test_it_counts_for_the_matter_as_it_is_today_by_its_last_channel_on_the_shops_day(world: World) -> None:
    whole = world.matter(last_channel="chat")
    part = world.matter(root=whole)
    beat(world.shop.maya, [(part.id, 15)], datetime(2026, 10, 5, 23, 30, tzinfo=UTC))  # in London it is tomorrow
    found = Worked.objects.get()
    assert (found.conversation_id, found.channel, found.day.isoformat()) == (whole.id, "chat", "2026-10-06")


def test_nothing_is_counted_for_another_shops_matter_or_one_out_of_sight(world: World) -> None:
    theirs = World(cast.thistle()).matter()
    limited = world.shop.limited("Lena Berg", world.shop.queue("Returns"))
    row = world.matter()
    assert beat(world.shop.maya, [(theirs.id, 15)], NOON) == 0
    assert beat(limited, [(row.id, 15)], NOON) == 0
    assert not Worked.objects.exists() and not Beat.objects.exists()
    Conversation.objects.filter(id=row.id).update(assignee=limited)
    assert beat(limited, [(row.id, 15)], NOON) == 15


_beats = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.integers(-5, 60)), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=_beats)
def test_no_beats_of_any_pages_ever_count_a_second_twice(world: World, told: list[tuple[int, int, int]]) -> None:
    Worked.objects.all().delete()
    Beat.objects.all().delete()
    rows = [world.matter() for _ in range(3)]
    for second, which, claimed in told:
        before = sum(worked().values())
        counted = beat(world.shop.maya, [(rows[which].id, claimed)], NOON + timedelta(seconds=second))
        assert sum(worked().values()) - before == counted
    span = max(second for second, _which, _claimed in told) - min(second for second, _which, _claimed in told)
    assert sum(worked().values()) <= span + MOST
