"""Whose turn it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from presszero.routing.actions import GONE_AFTER, be_here, be_ready, had_turn
from presszero.routing.models import Presence
from presszero.routing.policy import Candidate, next_turn
from presszero.routing.queries import ready_now
from presszero.timeline.models import Event
from tests import cast

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_nobody_ready_is_nobodys_turn() -> None:
    assert next_turn([]) is None


def test_whoever_is_full_is_passed_over() -> None:
    assert next_turn([Candidate(1, 5, 5, None), Candidate(2, 4, 5, NOON)]) == 2
    assert next_turn([Candidate(1, 5, 5, None), Candidate(2, 0, 0, None)]) is None


def test_whoever_had_no_turn_for_longest_is_next() -> None:
    waited = [Candidate(1, 0, 5, NOON), Candidate(2, 3, 5, NOON - timedelta(hours=1)), Candidate(3, 1, 5, None)]
    assert next_turn(waited) == 3
    assert next_turn(waited[:2]) == 2


def test_equal_waits_have_one_answer_whatever_the_order() -> None:
    equal = [Candidate(n, 0, 5, NOON) for n in (3, 1, 2)]
    assert {next_turn(equal), next_turn(equal[::-1])} == {1}


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def test_ready_and_here_takes_part_gone_or_away_does_not(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    be_ready(shop.tomas, False)
    now = timezone.now()
    assert [c.member_id for c in ready_now(shop.merchant.id, {shop.maya.id: 7}, now)] == [shop.maya.id]
    assert ready_now(shop.merchant.id, {shop.maya.id: 7}, now)[0].load == 7
    assert ready_now(shop.merchant.id, {}, now + GONE_AFTER + timedelta(seconds=1)) == []
    shop.maya.left_at = now
    shop.maya.save()
    assert ready_now(shop.merchant.id, {}, now) == []


def test_saying_the_same_twice_is_one_fact(shop: cast.Shop) -> None:
    for _ in range(2):
        be_ready(shop.maya, True)
    assert Event.objects.filter(kind="presence.changed").count() == 1


def test_being_here_is_written_now_and_then_only(shop: cast.Shop) -> None:
    row = be_ready(shop.maya, True)
    be_here(shop.maya)
    assert Presence.objects.get().seen_at == row.seen_at
    long_ago = timezone.now() - timedelta(minutes=5)
    Presence.objects.update(seen_at=long_ago)
    be_here(shop.maya)
    assert Presence.objects.get().seen_at > long_ago


def test_a_turn_of_one_merchant_is_not_of_another(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    other = cast.thistle()
    be_ready(other.team["mallory"], True)
    had_turn(shop.merchant.id, shop.maya.id, NOON)
    assert Presence.objects.get(member=shop.maya).last_turn_at == NOON
    assert Presence.objects.get(member=other.team["mallory"]).last_turn_at is None
    assert [c.member_id for c in ready_now(other.merchant.id, {}, timezone.now())] == [other.team["mallory"].id]
