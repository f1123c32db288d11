"""A rule is made, tried on the past, fired by a real mail, explained where it acted, and undone there."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from presszero.conversations.models import Conversation, Tagged
from presszero.rules.models import DryRun, Firing, Rule
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until


def test_a_rule_is_made_tried_fired_explained_and_undone(
    shop: Shop, ada: Customer, ben: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Where is my parcel? It should have been here on Monday.", "Order 1042")
    ben.posts(shop, "Do you sell laces?", "Laces")
    until(lambda: Conversation.objects.filter(merchant=shop.merchant).count() == 2)
    desk = sit_down(shop.tomas)
    page = desk.page

    page.goto("/settings/rules")
    expect(page.get_by_role("heading", name="Let the routine run by itself")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Late parcels")).click()
    expect(page.get_by_text("Here it is, switched off.")).to_be_visible()
    expect(page.locator("#says")).to_contain_text("When a message arrives and")
    expect(page.locator("#says")).to_contain_text("adds the tag late parcel and sets the priority to high")

    page.locator("#rule-form").get_by_label("Name").fill("Where is it")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Where is it", level=1)).to_be_visible()
    assert Rule.objects.get(merchant=shop.merchant).version == 2

    come = _programs_held(page)
    page.reload(wait_until="commit")
    page.get_by_role("button", name="Try it on the last 30 days").click()  # on a slow line
    come()
    expect(page.get_by_role("heading", name="It would have acted 1 time in 30 days")).to_be_visible()
    dry = page.locator("#dry-run")
    expect(dry.get_by_role("link", name="Order 1042")).to_be_visible()
    expect(dry.get_by_role("link", name="Laces")).to_have_count(0)
    assert DryRun.objects.get(merchant=shop.merchant).found["count"] == 1
    assert not Firing.objects.filter(merchant=shop.merchant).exists()

    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    eve = ada.__class__("Eve Stone", "eve.stone@example.com")
    eve.house, eve.provider = ada.house, ada.provider
    eve.posts(shop, "Hello, my boots have not arrived.", "Boots")
    until(lambda: Firing.objects.filter(merchant=shop.merchant, outcome="done").exists(), what="the rule")

    page.goto("/desk/unassigned")
    desk.is_live().open("Boots")
    row = _is_explained(desk, shop)
    desk.talk.locator(".firing").get_by_role("button", name="Undo this").click()
    until(lambda: Firing.objects.get(merchant=shop.merchant).undone_at)
    row.refresh_from_db()
    assert row.priority == Conversation.Priority.NORMAL
    assert not Tagged.objects.filter(merchant=shop.merchant, conversation=row, removed_at=None).exists()
    expect(desk.talk.get_by_text("(undone)")).to_be_visible()


def _programs_held(page: Page) -> Callable[[], None]:
    """From here on the page is seen, and its programs come when what this returns is called."""
    held: list[Route] = []
    page.route("**/htmx*.js", lambda route: held.append(route))

    def come() -> None:
        for each in held:
            each.continue_()
        page.unroute("**/htmx*.js")

    return come


def _is_explained(desk: Desk, shop: Shop) -> Conversation:
    """What the rule did stands in the conversation, with the reason."""
    told = desk.talk.get_by_text("Rule “Where is it” adds the tag late parcel and sets the priority to high")
    expect(told).to_be_visible()
    desk.talk.get_by_text("why?").click()
    why = desk.talk.locator(".firing")
    expect(why).to_contain_text("Because a message arrives")
    expect(why).to_contain_text("Newest message contains “not arrived”")
    expect(why).to_contain_text("hello, my boots have not arrived.")
    row = Conversation.objects.get(merchant=shop.merchant, subject="Boots")
    assert row.priority == Conversation.Priority.HIGH
    return row
