"""A day on one screen: each number opens exactly the conversations it counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations.models import Topic
from presszero.insights.tests.world import World
from tests import cast

from .conftest import At, words

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SATURDAY = NOON + timedelta(days=1)
_ROW = re.compile(r'<a class="row[^"]*" id="c(\d+)"')
_LINK = re.compile(r'<a [^>]*href="(/yesterday/conversations\?[^"]*)"[^>]*aria-label="[^"]*: (\d+)"')


@pytest.fixture
def world(shop: cast.Shop) -> World:
    return World(shop)


def listed(member: At, url: str) -> list[int]:
    """The rows behind an address, through every page of it."""
    page = member.open(url)
    assert page.status_code == 200, url
    body = page.content.decode()
    found = [int(number) for number in _ROW.findall(body)]
    more = re.search(r'hx-get="(/yesterday/conversations[^"]*)"', body)
    return found + (listed(member, unescape(more[1])) if more else [])


def numbers(member: At, url: str = "/yesterday?day=2026-11-20") -> dict[str, int]:
    """Address → the number on the screen that opens it."""
    body = member.open(url).content.decode()
    return {unescape(link): int(count) for link, count in _LINK.findall(body)}


def counted(member: At, what: str) -> int:
    what = what.replace(":", "%3A")
    return numbers(member)[f"/yesterday/conversations?day=2026-11-20&what={what}"]


_happens = st.tuples(st.sampled_from(["wrote", "said", "resolved"]), st.integers(0, 3), st.integers(-600, 800))


@freeze_time(SATURDAY)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(_happens, min_size=1, max_size=10))
def test_every_number_opens_as_many_rows_as_it_counts(world: World, maya: At, told: list[tuple[str, int, int]]) -> None:
    topic = Topic.objects.get_or_create(merchant=world.shop.merchant, name="Late parcel")[0]
    rows = [world.matter(topic=topic if number % 2 else None) for number in range(4)]
    for what, which, minutes in told:
        at = NOON + timedelta(minutes=minutes)
        if what == "wrote":
            world.wrote(rows[which], at, world.lines[which % 2])
        elif what == "said":
            world.said(rows[which], at, world.shop.maya)
        elif not rows[which].resolutions.exists():
            world.resolved(rows[which], at, world.shop.tomas, at + timedelta(minutes=9) if which % 2 else None)
    shown = numbers(maya)
    assert shown
    for url, count in shown.items():
        found = listed(maya, url)
        assert len(found) == count and len(set(found)) == count, url


@freeze_time(SATURDAY)
def test_more_than_a_page_of_rows_are_all_reached(world: World, maya: At) -> None:
    made = [world.matter() for _ in range(53)]
    for row in made:
        world.wrote(row, NOON)
    assert counted(maya, "all") == 53
    assert listed(maya, "/yesterday/conversations?day=2026-11-20&what=all") == sorted(
        (r.id for r in made), reverse=True
    )
    fresh = maya.asks("/yesterday/conversations", day="2026-11-20", what="all", pages="2").content.decode()
    assert len(_ROW.findall(fresh)) == 53


@freeze_time(SATURDAY)
def test_without_a_day_it_is_yesterday_where_the_shop_is(world: World, maya: At) -> None:
    world.shop.merchant.timezone = "Pacific/Auckland"  # there it is Sunday already
    world.shop.merchant.save()
    page = words(maya.open("/yesterday"))
    assert "Yesterday" in page and "Saturday 21 November" in page


@freeze_time(SATURDAY)
def test_a_day_nobody_wrote_says_so(maya: At) -> None:
    assert "A quiet day" in words(maya.open("/yesterday?day=2026-11-18"))


@freeze_time(SATURDAY)
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026-11-22", "has not come yet"),
        ("soon", "not a day"),
        ("0001-01-01", "that long ago"),
        ("20261120x", "not a day"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(maya: At, asked: str, said: str) -> None:
    for path in ("/yesterday", "/yesterday/conversations"):
        page = maya.client.get(path, {"day": asked, "what": "all"})
        assert page.status_code == 422 and said in words(page)


@freeze_time(SATURDAY)
def test_today_has_no_day_after_it(maya: At) -> None:
    assert "/yesterday?day=2026-11-22" not in maya.open("/yesterday?day=2026-11-21").content.decode()
    assert "/yesterday?day=2026-11-21" in maya.open("/yesterday?day=2026-11-20").content.decode()


@freeze_time(SATURDAY)
@pytest.mark.parametrize(
    "what",
    [
        "",
        "all:1",
        "everything",
        "channel:",
        "channel:pigeon",
        "topic:0",
        "topic:x",
        "hour:24",
        "answered:0",
        "first:soon",
    ],
)
def test_what_is_no_number_is_not_found(world: World, maya: At, what: str) -> None:
    page = maya.client.get("/yesterday/conversations", {"day": "2026-11-20", "what": what})
    assert page.status_code == 404


@freeze_time(SATURDAY)
def test_a_number_that_changed_since_says_so(world: World, maya: At) -> None:
    topic = Topic.objects.create(merchant=world.shop.merchant, name="Late parcel")
    page = maya.client.get("/yesterday/conversations", {"day": "2026-11-20", "what": f"topic:{topic.id}"})
    assert "None any more" in words(page) and "Late parcel" in words(page)


@freeze_time(SATURDAY)
def test_who_helped_stands_in_the_order_of_names_for_everyone(world: World, shop: cast.Shop, maya: At) -> None:
    shop.member("Zoe Abel", "agent", "zoe@juniper.example")
    reader = shop.member("Rob Reader", "read_only", "rob@juniper.example")
    boots = world.matter()
    world.wrote(boots, NOON)
    for name, times in (("zoe", 3), ("maya", 1), ("tomas", 2)):
        for minute in range(times):
            world.said(boots, NOON + timedelta(minutes=minute), shop.team[name])
    for looks in (maya, At(reader)):
        page = words(looks.open("/yesterday?day=2026-11-20"))
        helped = page[page.index("Who helped") :]
        assert helped.index("Maya Okafor") < helped.index("Tomas Lind") < helped.index("Zoe Abel")


@freeze_time(SATURDAY)
def test_the_same_weekday_before_stands_beside_it(world: World, maya: At) -> None:
    for weeks, count in ((1, 3), (2, 1)):
        for _ in range(count):
            world.wrote(world.matter(), NOON - timedelta(weeks=weeks))
    world.wrote(world.matter(), NOON)
    assert "usually 1\u00a0–\u00a03" in maya.open("/yesterday?day=2026-11-20").content.decode()


def test_a_day_of_the_products_own_verbs(maya: At, shop: cast.Shop, ada: cast.Shopper) -> None:
    boots = cast.the(ada.writes(shop, "Order 1042 is late.", "Boots")).conversation
    cast.answer(boots, "Sorry!", shop.maya)
    cast.the(cast.ben().writes(shop, "Out of office", "Away", Auto_Submitted="auto-replied"))
    day = timezone.now().astimezone(ZoneInfo(shop.merchant.timezone)).date()
    shown = numbers(maya, f"/yesterday?day={day}")
    start = f"/yesterday/conversations?day={day}&what="
    assert shown[f"{start}all"] == shown[f"{start}channel%3Aemail"] == shown[f"{start}first%3A5m"] == 1
    assert shown[f"{start}answered%3A{shop.maya.id}"] == 1
    assert "Boots" in words(maya.open(f"{start}first%3A5m"))


@freeze_time(SATURDAY)
def test_another_shop_sees_nothing_of_this_one(world: World, maya: At) -> None:
    topic = Topic.objects.create(merchant=world.shop.merchant, name="Late parcel")
    boots = world.matter(topic=topic, waiting_since=NOON, subject="Unmistakable boots")
    world.wrote(boots, NOON)
    world.said(boots, NOON, world.shop.maya)
    mallory = At(cast.thistle().team["mallory"])
    assert "A quiet day" in words(mallory.open("/yesterday?day=2026-11-20"))
    for what in ("all", "channel:email", "waiting", "new"):
        page = mallory.client.get("/yesterday/conversations", {"day": "2026-11-20", "what": what})
        assert page.status_code == 200 and "Unmistakable" not in words(page) and not _ROW.findall(page.content.decode())
    for what in (f"topic:{topic.id}", f"answered:{world.shop.maya.id}"):
        page = mallory.client.get("/yesterday/conversations", {"day": "2026-11-20", "what": what})
        assert page.status_code == 404
