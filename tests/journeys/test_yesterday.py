"""A lead looks at yesterday, and opens what stands behind a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from presszero.conversations.models import Topic
from presszero.insights.tests.world import World
from tests.cast import Shop

from .desk import Desk
from .test_every_page import look

ZONE = ZoneInfo("Europe/London")


@pytest.fixture
def lived(shop: Shop) -> Shop:
    """A day with something of everything: seven mails, five answers, one opened again, two still waiting."""
    world = World(shop)
    morning = datetime.combine(datetime.now(ZONE).date() - timedelta(days=1), time(9), ZONE)
    late = Topic.objects.create(merchant=shop.merchant, name="Late delivery")
    for number in range(7):
        at = morning + timedelta(minutes=47 * number)
        waits = {"waiting_since": at} if number > 4 else {}
        row = world.matter(topic=late if number % 3 == 0 else None, subject=f"Matter {number}", **waits)
        world.wrote(row, at)
        if number < 5:
            world.said(row, at + timedelta(minutes=4**number), shop.maya if number % 2 else shop.tomas)
            world.resolved(row, at + timedelta(hours=8), shop.tomas, at + timedelta(hours=9) if number == 1 else None)
    return shop


def test_a_number_opens_its_conversations_and_one_of_them_opens_beside_the_list(
    lived: Shop, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(lived.tomas)
    page = desk.page
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Yesterday").click()
    page.get_by_role("link", name="7 wrote to us").click()
    expect(page.locator("#rows a.row")).to_have_count(7)
    page.get_by_role("link", name="Back to the day").click()
    page.get_by_role("region", name="What it was about").get_by_role("link", name="Late delivery 3").click()
    expect(page.locator("#rows a.row")).to_have_count(3)
    page.locator("#rows a.row", has_text="Matter 3").click()
    expect(page.locator("#talk")).to_have_attribute("aria-label", "Matter 3")
    expect(page.locator("#rows a.row")).to_have_count(3)


def test_the_arrows_lead_from_day_to_day(lived: Shop, sit_down: Callable[..., Desk]) -> None:
    page = sit_down(lived.maya).page
    page.goto("/yesterday")
    page.get_by_role("link", name="The day before").click()
    expect(page.get_by_role("heading", name="A quiet day")).to_be_visible()
    page.get_by_role("link", name="The day after").click()
    expect(page.get_by_role("heading", name="Yesterday")).to_be_visible()
    page.get_by_role("link", name="The day after").click()
    expect(page.get_by_role("heading", name="Today so far")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_axe_finds_nothing_on_a_full_day(lived: Shop, sit_down: Callable[..., Desk], phone: bool) -> None:
    page = sit_down(lived.maya, phone=phone).page
    found = look(page, "/yesterday")
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true; })")
    found += page.evaluate("async () => (await axe.run()).violations.map((each) => each.id)")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert not found and width <= 0 and page.evaluate("document.querySelector('#talk').scrollWidth - innerWidth") <= 0
