"""Somebody waits, and the screen on the wall says so; a lead asks what one more would do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from presszero.routing import actions
from presszero.routing.models import Waiting
from presszero.workforce.tests.planted import Waits
from tests.cast import Shop

from .desk import Desk


def test_the_wall_counts_who_waits_and_a_lead_asks_what_one_more_would_do(
    shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    waits = Waits(shop)
    waits.past(timezone.localdate() - timedelta(days=22), 22, 60)
    lead = sit_down(shop.team["rosa"])
    page = lead.page
    page.goto("/workforce/wall")
    expect(page.locator("pz-wall[data-live-now]")).to_be_attached()
    waiting_now, longest = page.locator(".wall-tiles b").nth(0), page.locator(".wall-tiles b").nth(1)
    expect(waiting_now).to_have_text("0")
    now = timezone.now()
    row = actions.enter(actions.Asked(waits.queue, "call", 4711, since=now - timedelta(seconds=75)), now)
    expect(waiting_now).to_have_text("1")
    expect(longest).to_contain_text("1:")
    actions.leave(row.id, Waiting.Left.ABANDONED, timezone.now())
    expect(waiting_now).to_have_text("0")

    page.goto("/workforce/staffing")
    level = page.locator(".what-if .tile b:visible").first
    nobody = level.inner_text()
    page.get_by_role("slider").press("ArrowRight")
    expect(page.get_by_text("1 more", exact=True)).to_be_visible()
    expect(level).not_to_have_text(nobody)
