"""A view is made, forty conversations in it are done at once, and all of it is undone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from presszero.conversations.models import Bulk, Conversation, Tag, Tagged
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

MANY = 40


def test_a_view_is_made_and_forty_in_it_are_done_and_undone(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Where is it?", "Spring sale 0")
    first = until(lambda: Conversation.objects.filter(merchant=shop.merchant).first(), what="the first conversation")
    for number in range(1, MANY + 20):
        subject = f"Spring sale {number}" if number < MANY else f"Something else {number}"
        Conversation.objects.create(merchant=shop.merchant, customer=first.customer, line=first.line, subject=subject)
    tag = Tag.objects.create(merchant=shop.merchant, name="Sale")
    desk = sit_down(shop.tomas)
    page = desk.page

    page.goto("/views/new?from=unassigned")
    page.get_by_label("What stands in it").fill("Spring")
    page.get_by_role("button", name="Add a condition").last.click()
    condition = page.locator("pz-filter li").last
    condition.get_by_label("What", exact=True).select_option("Subject")
    condition.get_by_label("How", exact=True).select_option("contains")
    condition.get_by_role("textbox").fill("spring sale")
    expect(page.locator("#view-found")).to_contain_text(f"{MANY} conversations")
    expect(desk.row("Something else")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/views/\d+$"))
    expect(desk.views.get_by_role("link", name=re.compile(f"^Spring {MANY}"))).to_be_visible()

    desk.is_live().press("x", "Control+a")
    expect(page.get_by_text(f"Selected: {MANY}")).to_be_visible()
    desk.press("l")
    page.get_by_role("button", name="Sale", exact=True).click()
    expect(page.locator(".bulk-card")).to_contain_text(f"{MANY} done")
    assert Tagged.objects.filter(merchant=shop.merchant, tag=tag, removed_at=None).count() == MANY
    expect(desk.row("Spring sale 7").first.get_by_text("Sale", exact=True)).to_be_visible()

    desk.press("z")
    expect(page.locator(".bulk-card")).to_contain_text(f"{MANY} are as they were")
    assert not Tagged.objects.filter(merchant=shop.merchant, tag=tag, removed_at=None).exists()
    expect(desk.row("Spring sale 7").first.get_by_text("Sale", exact=True)).to_have_count(0)

    desk.open("Spring sale 9")  # quick fingers mean those selected, not the one that is open
    desk.press("x", "Shift+J", "e")
    expect(page.locator(".bulk-card")).to_contain_text("2 done")
    expect(desk.views.get_by_role("link", name=re.compile(f"^Spring {MANY - 2}"))).to_be_visible()
    assert Bulk.objects.filter(merchant=shop.merchant).count() == 2


def test_on_a_phone_a_long_press_selects(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    ada.posts(shop, "Where is it?", "Order 1042")
    phone = sit_down(shop.maya, phone=True).go_to("Unassigned")
    row = phone.row("Order 1042").first
    row.dispatch_event("touchstart")
    expect(phone.page.get_by_text("Selected: 1")).to_be_visible()
    row.dispatch_event("touchend")
    row.dispatch_event("click")
    phone.page.locator("#bulk").get_by_role("button", name="Resolve").click()
    expect(phone.page.locator(".bulk-card")).to_contain_text("1 done")
    assert Conversation.objects.get(merchant=shop.merchant).state == "resolved"


# Who else is here, asked for while the customer's panel was there still, and answered when it is not.
_LATE = """() => htmx.ajax("GET", location.pathname + "/colleagues?panel=1", { source: "#talk", swap: "none" })"""


def test_an_earlier_conversation_is_read_while_one_writes(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Which laces fit?", "Laces")
    ada.posts(shop, "Where is my order?", "Order 1042")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    desk.answer_box.fill("It left us")
    desk.panel.get_by_role("link", name=re.compile("^Laces")).click()
    beside = desk.page.get_by_role("region", name="Earlier conversation")
    expect(beside).to_contain_text("Which laces fit?")
    desk.page.evaluate(_LATE)  # what the page complains of fails the journey
    expect(beside).to_contain_text("Which laces fit?")
    expect(desk.answer_box).to_have_value("It left us")
    beside.get_by_role("button", name="Back to the customer").click()
    expect(desk.panel).to_contain_text("Good to know")
    expect(desk.answer_box).to_have_value("It left us")
