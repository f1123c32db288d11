"""Who waits goes to whoever is free: on the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from presszero.routing.actions import Asked, be_away, be_ready, decide, decline, enter, finish, leave, miss, pick, take
from presszero.routing.models import Presence, Queue, Turn, Waiting
from presszero.routing.queries import Staffed, main_queue, place_of, staffed
from presszero.team.models import Membership
from tests import cast

Left, Outcome = Waiting.Left, Turn.Outcome
_calls = iter(range(1, 10_000))


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def ready(*members: Membership) -> None:
    for member in members:
        be_ready(member, True)


def rings(shop: cast.Shop, queue: Queue | None = None, **more: object) -> Waiting:
    """A call that waits."""
    at = more.pop("at", None) or timezone.now()
    return enter(Asked(queue or main_queue(shop.merchant), "call", next(_calls), **more), at)


def test_a_call_goes_to_whoever_is_ready_and_says_why(shop: cast.Shop) -> None:
    waiting = rings(shop)
    assert decide(shop.merchant.id, timezone.now()) == [], "nobody is ready"
    ready(shop.maya)
    (turn,) = decide(shop.merchant.id, timezone.now())
    assert (turn.member_id, turn.waiting_id) == (shop.maya.id, waiting.id)
    assert turn.why["codes"] == ["longest", "only"]
    assert decide(shop.merchant.id, timezone.now()) == []


def test_taking_answers_and_frees_after_wrapping_up(shop: cast.Shop) -> None:
    first, second, now = rings(shop), rings(shop), timezone.now()
    ready(shop.maya)
    (turn,) = decide(shop.merchant.id, now)
    assert take(turn.id, now) and take(turn.id, now), "asked twice is taken once"
    first.refresh_from_db()
    assert (first.left, first.taken_by_id) == (Left.ANSWERED, shop.maya.id)
    finish(turn.id, now, 30)
    assert decide(shop.merchant.id, now + timedelta(seconds=29)) == []
    (next_turn,) = decide(shop.merchant.id, now + timedelta(seconds=31))
    assert next_turn.waiting_id == second.id


def test_whoever_hung_up_cannot_be_taken(shop: cast.Shop) -> None:
    waiting, now = rings(shop), timezone.now()
    ready(shop.maya)
    (turn,) = decide(shop.merchant.id, now)
    assert leave(waiting.id, Left.ABANDONED, now)
    assert leave(waiting.id, Left.CLOSED, now) is None
    assert not take(turn.id, now)
    turn.refresh_from_db()
    assert turn.outcome == Outcome.WITHDRAWN


def test_who_declines_is_passed_over_for_a_while(shop: cast.Shop) -> None:
    rings(shop)
    now = timezone.now()
    ready(shop.maya, shop.tomas)
    (first,) = decide(shop.merchant.id, now)
    decline(first.id, now)
    (second,) = decide(shop.merchant.id, now)
    assert second.member_id != first.member_id
    decline(second.id, now)
    assert decide(shop.merchant.id, now + timedelta(seconds=30)) == []
    assert len(decide(shop.merchant.id, now + timedelta(seconds=61))) == 1, "nobody is passed over for ever"


def test_two_misses_in_a_row_are_being_away(shop: cast.Shop) -> None:
    ready(shop.maya)
    now = timezone.now()
    for n in range(2):
        rings(shop)
        (turn, *_rest) = decide(shop.merchant.id, now + timedelta(minutes=2 * n))
        miss(turn.id, now + timedelta(minutes=2 * n))
        be_seen(shop.maya, now + timedelta(minutes=2 * (n + 1)))
    row = Presence.objects.get(member=shop.maya)
    assert (row.ready, row.reason) == (False, "missed")


def test_lunch_ends_by_itself(shop: cast.Shop) -> None:
    rings(shop)
    now = timezone.now()
    be_away(shop.maya, "lunch", now + timedelta(minutes=30))
    assert decide(shop.merchant.id, now) == []
    be_seen(shop.maya, now + timedelta(minutes=30))
    assert len(decide(shop.merchant.id, now + timedelta(minutes=30, seconds=1))) == 1


def test_another_hand_takes_it_and_the_one_it_was_offered_to_is_free(shop: cast.Shop) -> None:
    waiting, now = rings(shop), timezone.now()
    ready(shop.maya)
    (offered,) = decide(shop.merchant.id, now)
    taken = pick(waiting.id, shop.tomas, now)
    assert taken and taken.outcome == Outcome.TAKEN and taken.why["codes"] == ["hand"]
    offered.refresh_from_db()
    assert offered.outcome == Outcome.WITHDRAWN
    assert pick(waiting.id, shop.maya, now) is None
    again = rings(shop)
    assert pick(again.id, shop.tomas, now) is None, "on a call already"


def test_a_kept_place_is_kept_and_the_estimate_is_honest(shop: cast.Shop) -> None:
    now = timezone.now()
    later = rings(shop)
    earlier = rings(shop, since=now - timedelta(minutes=9))
    assert (place_of(earlier, now).place, place_of(later, now).place) == (1, 2)
    assert place_of(later, now).seconds is None, "nobody is on duty"
    assert staffed(main_queue(shop.merchant), now).ready == 0
    ready(shop.maya)
    for n in range(4):
        turn = pick(rings(shop).id, shop.maya, now - timedelta(minutes=30 - n))
        assert turn
        finish(turn.id, now - timedelta(minutes=30 - n) + timedelta(seconds=100), 20)
    Presence.objects.update(reason="", until=None)
    busy = pick(rings(shop).id, shop.maya, now)
    assert busy
    assert [place_of(w, now).seconds for w in (earlier, later)] == [120, 240]
    assert staffed(main_queue(shop.merchant), now) == Staffed(1, 0)


def test_one_shop_never_answers_for_another(shop: cast.Shop) -> None:
    other = cast.thistle()
    ready(other.team["mallory"])
    rings(shop)
    assert decide(shop.merchant.id, timezone.now()) == decide(other.merchant.id, timezone.now()) == []


def be_seen(member: Membership, at: datetime) -> None:
    Presence.objects.filter(member=member).update(seen_at=at.astimezone(UTC))
