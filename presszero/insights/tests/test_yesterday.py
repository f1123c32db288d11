"""The numbers of a day, told by example and counted again by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations.models import Conversation, Message, Resolution, Topic
from presszero.insights import days, queries
from presszero.insights.yesterday import SPEEDS, Day
from presszero.mailroom.models import Received
from presszero.merchants.models import Hours, Merchant
from presszero.team.models import Membership
from tests import cast

from .world import World

pytestmark = pytest.mark.slow

FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return World(cast.juniper())


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def friday(world: World, now: datetime = LATER) -> Day:
    return queries.day_of(world.shop.merchant, FRIDAY, now)


def test_what_came_counts_conversations_by_each_channel_they_used(world: World) -> None:
    boots, laces = world.matter(), world.matter()
    for at in (NOON, NOON + minutes(5)):
        world.wrote(boots, at)
    world.wrote(boots, NOON + minutes(9), world.lines[1])
    world.wrote(laces, NOON)
    day = friday(world)
    assert day.ids("all") == [laces.id, boots.id]
    assert day.ids("channel:email") == [laces.id, boots.id] and day.ids("channel:custom") == [boots.id]


def test_topics_share_out_what_came(world: World) -> None:
    late = Topic.objects.create(merchant=world.shop.merchant, name="Late parcel")
    boots, laces = world.matter(topic=late), world.matter()
    world.wrote(boots, NOON)
    world.wrote(laces, NOON)
    day = friday(world)
    assert day.ids(f"topic:{late.id}") == [boots.id] and day.ids("topic:none") == [laces.id]


def test_machines_acknowledgements_and_archives_do_not_count(world: World) -> None:
    machine, old, boots = world.matter(), world.matter(), world.matter()
    world.wrote(machine, NOON, automatic="auto_reply")
    world.wrote(old, NOON, archived=True)
    world.wrote(boots, NOON)
    world.said(boots, NOON + minutes(1), None)
    day = friday(world)
    assert day.ids("all") == [boots.id]
    assert day.ids("first:none") == [boots.id] and day.half_within() is None and not day.helped


def test_a_first_answer_is_counted_from_the_first_question(world: World) -> None:
    boots = world.matter()
    world.wrote(boots, NOON)
    world.wrote(boots, NOON + minutes(10))
    world.said(boots, NOON + minutes(14), world.shop.maya)
    day = friday(world)
    assert day.ids("first:15m") == [boots.id] and day.ids("slower:5m") == [boots.id]
    assert day.half_within() == minutes(14)


@pytest.mark.parametrize(
    ("seconds", "speed"), [(0, "5m"), (300, "5m"), (301, "15m"), (86_400, "1d"), (86_401, "later")]
)
def test_each_speed_holds_its_own_limit(world: World, seconds: int, speed: str) -> None:
    boots = world.matter()
    world.wrote(boots, NOON)
    world.said(boots, NOON + timedelta(seconds=seconds), world.shop.maya)
    assert friday(world).ids(f"first:{speed}") == [boots.id]


def test_an_answer_that_was_taken_back_or_never_arrived_is_none(world: World) -> None:
    boots, laces = world.matter(), world.matter()
    for row in (boots, laces):
        world.wrote(row, NOON)
    world.said(boots, NOON + minutes(1), world.shop.maya, taken_back_at=NOON + minutes(1))
    world.said(laces, NOON + minutes(1), world.shop.maya, state="failed")
    day = friday(world)
    assert day.count("first:none") == 2 and not day.helped


def test_what_we_began_is_nobodys_first_answer(world: World) -> None:
    boots = world.matter()
    world.said(boots, NOON, world.shop.maya)
    world.wrote(boots, NOON + minutes(3))
    world.said(boots, NOON + minutes(4), world.shop.maya)
    day = friday(world)
    assert day.count("all") == 1 and day.count("new") == 0
    assert day.count(f"answered:{world.shop.maya.id}") == 1 and day.count(f"first-by:{world.shop.maya.id}") == 0


def test_a_matter_of_another_day_is_not_new(world: World) -> None:
    boots = world.matter()
    world.wrote(boots, NOON - timedelta(days=2))
    world.wrote(boots, NOON)
    day = friday(world)
    assert day.count("all") == 1 and day.count("new") == 0


def test_merged_conversations_are_one(world: World) -> None:
    boots = world.matter()
    twin = world.matter(root=boots)
    world.wrote(twin, NOON)
    world.wrote(boots, NOON + minutes(30))
    world.said(boots, NOON + minutes(40), world.shop.maya)
    day = friday(world)
    assert day.ids("all") == [boots.id] and day.ids("first:1h") == [boots.id]


def test_half_within_counts_who_has_no_answer_as_slowest(world: World) -> None:
    rows = [world.matter() for _ in range(4)]
    for row in rows:
        world.wrote(row, NOON)
    for row, after in zip(rows, (2, 9), strict=False):
        world.said(row, NOON + minutes(after), world.shop.maya)
    assert friday(world).half_within() == minutes(9)
    world.wrote(world.matter(), NOON)
    assert friday(world).half_within() is None


def test_settled_without_an_answer_is_not_slow(world: World) -> None:
    boots = world.matter()
    world.wrote(boots, NOON)
    world.resolved(boots, NOON + minutes(1), world.shop.maya)
    day = friday(world)
    assert day.ids("first:settled") == [boots.id]
    assert day.count("slower:5m") == 0 and day.share("first:5m", "slower:5m") is None


def test_on_time_is_counted_in_the_lines_open_hours(world: World) -> None:
    nine_to_five = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    hours = Hours.objects.create(
        merchant=world.shop.merchant, name="Shop", timezone="Europe/London", weekly=nine_to_five
    )
    world.shop.line.hours, world.shop.line.first_reply_minutes = hours, 60
    world.shop.line.save()
    evening = NOON.replace(hour=20)
    boots, laces = world.matter(), world.matter()
    for row in (boots, laces):
        world.wrote(row, evening)
    monday = NOON + timedelta(days=3)
    world.said(boots, monday.replace(hour=9, minute=59), world.shop.maya)
    assert friday(world, monday.replace(hour=9, minute=30)).ids("target:open") == [laces.id]
    day = friday(world, monday)
    assert day.ids("target:inside") == [boots.id] and day.ids("target:missed") == [laces.id]
    assert day.share("target:inside", "target:missed") == 0.5


def test_reopened_and_still_waiting(world: World) -> None:
    boots, laces, asleep = (
        world.matter(),
        world.matter(waiting_since=NOON),
        world.matter(waiting_since=NOON, state="snoozed"),
    )
    world.matter(waiting_since=NOON - timedelta(days=1))
    world.resolved(boots, NOON - timedelta(days=9), world.shop.maya, reopened_at=NOON)
    day = friday(world)
    assert day.ids("reopened") == [boots.id] and day.ids("waiting") == [asleep.id, laces.id]


def test_who_helped_is_each_with_what_they_did(world: World) -> None:
    maya, tomas = world.shop.maya, world.shop.tomas
    boots = world.matter()
    world.wrote(boots, NOON)
    world.said(boots, NOON + minutes(1), maya)
    world.said(boots, NOON + minutes(2), tomas)
    world.said(boots, NOON + minutes(3), tomas)
    world.resolved(boots, NOON + minutes(4), tomas)
    day = friday(world)
    assert [day.count(f"{part}:{maya.id}") for part in ("answered", "first-by", "resolved")] == [1, 1, 0]
    assert [day.count(f"{part}:{tomas.id}") for part in ("answered", "first-by", "resolved")] == [1, 0, 1]


def test_the_edges_of_a_day_are_the_merchants_own(world: World) -> None:
    Merchant.objects.filter(id=world.shop.merchant.id).update(timezone="America/New_York")
    world.shop.merchant.refresh_from_db()
    inside, after = world.matter(), world.matter()
    world.wrote(inside, datetime(2026, 11, 21, 4, 59, 59, tzinfo=UTC))
    world.wrote(after, datetime(2026, 11, 21, 5, tzinfo=UTC))
    day = friday(world)
    assert day.ids("all") == [inside.id] and day.ids("hour:23") == [inside.id]


def test_the_weeks_before_end_where_the_shop_began(world: World) -> None:
    merchant = world.shop.merchant
    world.wrote(world.matter(), NOON - timedelta(weeks=2))
    earlier = queries.before(merchant, FRIDAY, LATER)
    assert [each.day for each in earlier] == [FRIDAY - timedelta(weeks=1), FRIDAY - timedelta(weeks=2)]
    assert [each.count("all") for each in earlier] == [0, 1]


def test_another_merchants_day_is_empty(world: World) -> None:
    boots = world.matter(waiting_since=NOON)
    world.wrote(boots, NOON)
    world.said(boots, NOON, world.shop.maya)
    other = queries.day_of(cast.thistle().merchant, FRIDAY, LATER)
    assert (other.matters, other.reopened, other.waiting, other.helped) == ([], [], [], [])


def test_what_is_no_number_is_a_mistake(world: World) -> None:
    with pytest.raises(KeyError):
        friday(world).ids("everything")


_moments = st.integers(-40 * 60, 70 * 60)  # minutes since the day began
_happens = st.tuples(
    st.sampled_from(
        ["wrote", "wrote", "wrote", "said", "said", "resolved", "reopened", "machine", "archive", "lost", "ack"]
    ),
    st.integers(0, 3),  # which conversation
    _moments,
    st.integers(0, 1),  # which line, which member
)
_zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
_random_days = st.sampled_from([FRIDAY, date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(_happens, max_size=14), merged=st.booleans(), day=_random_days, zone=_zones)
def test_random_days_are_counted_as_by_hand(
    world: World, told: list[tuple[str, int, int, int]], merged: bool, day: date, zone: str
) -> None:
    merchant = world.shop.merchant
    sid = transaction.savepoint()
    try:
        merchant.timezone = zone
        merchant.save()
        start, end = days.bounds(day, ZoneInfo(zone))
        _tell(world, told, merged, start)
        now = end + timedelta(days=3)
        found, counted = queries.day_of(merchant, day, now), _by_hand(merchant, start, end)
        assert {what: found.ids(what) for what in counted} == counted
        assert sum(found.count(f"first:{speed}") for speed in (*SPEEDS, "none", "settled")) == found.count("new")
    finally:
        transaction.savepoint_rollback(sid)
        world.threads.clear()


def _tell(world: World, told: list[tuple[str, int, int, int]], merged: bool, start: datetime) -> None:
    rows = [world.matter() for _ in range(4)]
    team = [world.shop.maya, world.shop.tomas]
    for what, which, after, other in told:
        row, at, by = rows[which], start + minutes(after), team[other]
        if what in ("wrote", "machine", "archive"):
            world.wrote(row, at, world.lines[other], "list" if what == "machine" else "", what == "archive")
        elif what in ("said", "lost"):
            world.said(row, at, by, "unknown" if what == "lost" else "delivered")
        elif what == "ack":
            world.said(row, at, None)
        elif not Resolution.objects.filter(conversation=row, reopened_at=None).exists():
            world.resolved(row, at, by, at + minutes(30) if what == "reopened" else None)
    if merged:
        Conversation.objects.filter(id=rows[1].id).update(root=rows[0])


def _by_hand(merchant: Merchant, start: datetime, end: datetime) -> dict[str, list[int]]:
    """Every number again, one message after the other."""
    roots = {row.id: row.now_id for row in Conversation.objects.filter(merchant=merchant)}
    archived = set(Received.objects.filter(merchant=merchant, backfill=True).values_list("id", flat=True))
    asked: dict[int, list[Any]] = defaultdict(list)
    said: dict[int, list[Any]] = defaultdict(list)
    found: dict[str, set[int]] = defaultdict(set)
    rows = Message.objects.filter(merchant=merchant).select_related("entry__thread__line").order_by("at", "id")
    for m in rows.prefetch_related("entry__deliveries"):
        root, today = roots[m.conversation_id], start <= m.at < end
        if m.inbound and not m.entry.automatic:
            asked[root].append(m.at)
            if today and m.entry.received_id not in archived:
                found["all"].add(root)
                found[f"channel:{m.entry.thread.line.kind}"].add(root)
                found[f"hour:{int((m.at - start).total_seconds() // 3600)}"].add(root)
        lost = any(d.state in ("failed", "unknown") for d in m.entry.deliveries.all())
        if not m.inbound and m.entry.actor != "system" and not lost:
            said[root].append((m.at, m.entry.actor))
            if today:
                found[f"answered:{m.entry.actor.partition(':')[2]}"].add(root)
    for root in {roots[number] for number in roots}:
        first = asked[root][0] if asked[root] else None
        at, actor = said[root][0] if said[root] else (None, "")
        if first and at and at >= first and start <= at < end:
            found[f"first-by:{actor.partition(':')[2]}"].add(root)
        if root in found["all"] and first >= start and (at is None or at >= first):
            settled = Conversation.objects.get(id=root).state == "resolved"
            limits = (speed for speed, limit in SPEEDS.items() if at and at - first <= limit)
            found["new"].add(root)
            found[f"first:{next(limits, 'settled' if settled else 'none')}"].add(root)
    for r in Resolution.objects.filter(merchant=merchant):
        if start <= r.at < end:
            found[f"resolved:{r.by.partition(':')[2]}"].add(roots[r.conversation_id])
        if r.reopened_at and start <= r.reopened_at < end:
            found["reopened"].add(roots[r.conversation_id])
    members = [f"{part}:{n}" for part in ("answered", "first-by", "resolved") for n in _team(merchant)]
    rest = ["all", "new", "reopened", "channel:email", "channel:custom", *(f"hour:{n}" for n in range(25)), *members]
    rest += [f"first:{speed}" for speed in (*SPEEDS, "none", "settled")]
    return {what: sorted(found[what], reverse=True) for what in {*found, *rest}}


def _team(merchant: Merchant) -> list[int]:
    return list(Membership.objects.filter(merchant=merchant).values_list("id", flat=True))
