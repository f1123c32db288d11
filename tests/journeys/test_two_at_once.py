"""Two agents at one conversation see each other, and a customer gets one answer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from presszero.channels.models import Delivery
from tests.cast import Shop

from .customer import Customer
from .desk import Desk


def test_two_agents_see_each_other_and_the_second_is_warned(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Where is my order?", "Order 1042")
    maya = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    tomas = sit_down(shop.tomas).go_to("Unassigned").open("Order 1042")
    expect(maya.page.get_by_text("Tomas is looking")).to_be_visible()
    expect(tomas.page.get_by_text("Maya is looking")).to_be_visible()

    tomas.answer_box.press_sequentially("It left us")
    expect(maya.page.get_by_text("Tomas is writing")).to_be_visible()

    maya.answer_box.fill("Let me look.")
    tomas.answer("It left us this morning.").is_told("Sending.")
    maya.reads("It left us this morning.")
    expect(maya.page.get_by_text("A colleague answered while you were writing.")).to_be_visible()
    expect(maya.answer_box).to_have_value("Let me look.")  # never swapped away under her hands


def test_an_answer_to_what_was_not_read_waits(
    shop: Shop, ada: Customer, ben: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Please send it back.", "Order 1042")
    ben.posts(shop, "When do you open?", "Opening hours")
    tomas = sit_down(shop.tomas).go_to("Unassigned")
    expect(tomas.row("Opening hours")).to_be_visible()
    maya = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    with maya.forgiving():
        maya.without_news()
        maya.answer_box.fill("It is on its way back to you.")
        ada.posts(shop, "No wait, please keep it!", "Order 1042")
        tomas.open("Order 1042").reads("No wait, please keep it!")
        maya.send_button.click()
        expect(maya.page.get_by_text("They wrote again while you were writing.")).to_be_visible()
        expect(maya.answer_box).to_have_value("It is on its way back to you.")
        maya.reads("No wait, please keep it!")
        maya.answer_box.fill("We keep it.")
        tomas.answer("Gladly, we keep it.").is_told("Sending.")
        maya.page.get_by_role("button", name="Send it anyway").click()
        maya.is_told("Sending.").reads("We keep it.")


def test_a_double_click_sends_once(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    ada.posts(shop, "Where is my order?", "Order 1042")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    desk.answer_box.fill("It left us this morning.")
    desk.send_button.evaluate("button => { button.click(); button.form.requestSubmit(button); button.click(); }")
    desk.is_told("Sending.").reads("It left us this morning.")
    desk.page.wait_for_timeout(500)
    hers = Delivery.objects.filter(merchant=shop.merchant, entry__actor=shop.maya.actor.code)  # beside the "we have it"
    assert hers.count() == 1
    expect(desk.message("It left us this morning.")).to_have_count(1)
