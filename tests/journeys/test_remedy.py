"""Whoever answers can put it right: damaged boots sent again in a few keys; beyond her limit, granted on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from presszero.commerce.actions.typing import TypedLine, TypedOrder, mark_paid, mark_sent, type_order
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import Remedy
from tests.cast import Shop

from .customer import Customer
from .desk import Desk


def bought(shop: Shop, row: Conversation, number: str, *lines: TypedLine) -> Order:
    """Typed in by Rosa, paid and on its way."""
    by = shop.team["rosa"].actor
    typed = TypedOrder(f"typed-{number}", shop.merchant.currency, lines, row.customer, number)
    made = mark_paid(type_order(shop.merchant, typed, by), by)
    mark_sent(made, by)
    return made


def opened(shop: Shop, ada: Customer, desk: Desk, words: str, subject: str) -> Conversation:
    """Ada's mail has come; what is hers stands in the books before Maya opens it."""
    set_default_limits(shop.merchant)
    ada.writes(shop, words, subject)
    desk.go_to("Unassigned")
    expect(desk.row(subject)).to_be_visible()
    return Conversation.objects.select_related("customer").get(merchant=shop.merchant, subject=subject)


def test_damaged_boots_are_replaced_in_at_most_six_keys(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(shop.maya)
    row = opened(shop, ada, desk, "The left boot of order 1042 came with a torn seam.", "Torn boots")
    bought(shop, row, "1042", TypedLine("Fell boots", 1, 12900), TypedLine("Wool laces", 2, 295))
    bought(shop, row, "1061", TypedLine("Beeswax", 1, 1290))  # the newest, but she names another
    desk.open("Torn boots")
    expect(desk.panel.get_by_text("#1061").or_(desk.panel.get_by_text("1061")).first).to_be_visible()
    sheet = desk.page.get_by_role("dialog", name="Put it right")
    pressed = 0

    def press(key: str) -> None:
        nonlocal pressed
        desk.press(key)
        pressed += 1

    press("y")
    expect(sheet.get_by_label("Order")).to_have_value(str(Order.objects.get(merchant=shop.merchant, number="1042").id))
    press("2")
    expect(sheet.get_by_role("radio", name=re.compile("^Replacement"))).to_be_checked()
    press("a")
    expect(sheet.get_by_text("Fell boots is sent again")).to_be_visible()
    press("Enter")
    card = desk.talk.get_by_role("article", name="Replacement")
    expect(card).to_contain_text("Fell boots is sent again")
    expect(card).to_contain_text("to be done by hand")
    assert pressed <= 6
    made = Remedy.objects.get(merchant=shop.merchant)
    assert (made.kind, made.state, made.by) == ("replace", "task", shop.maya.actor.code)
    assert made.made_order is not None and made.made_order.kind == "replacement"
    expect(desk.panel.get_by_text("replacement")).to_be_visible()
    card.get_by_role("button", name="Take it back").click()
    expect(card).to_contain_text("taken back")
    assert Remedy.objects.get(merchant=shop.merchant).state == "undone"


def test_what_is_beyond_her_is_asked_and_granted_on_a_phone(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    maya = sit_down(shop.maya)
    row = opened(shop, ada, maya, "They never came. I want my money back.", "Never came")
    order = bought(shop, row, "2001", TypedLine("Fell boots", 1, 18900))
    maya.open("Never came").press("y")
    sheet = maya.page.get_by_role("dialog", name="Put it right")
    expect(sheet.get_by_role("radio", name=re.compile("^Refund"))).to_be_visible()
    maya.press("1")
    expect(sheet.get_by_text("£189.00 goes back to the customer")).to_be_visible()
    expect(sheet.get_by_text("You may give up to £50.00 at once")).to_be_visible()
    sheet.get_by_label("Why").fill("Lost on the way, says the carrier")
    sheet.get_by_role("button", name="Ask a lead").click()
    card = maya.talk.get_by_role("article", name="Refund")
    expect(card).to_contain_text("waits for a lead")
    expect(maya.answer_box).to_have_value(re.compile("you hear from us", re.IGNORECASE))
    asked = Remedy.objects.get(merchant=shop.merchant)
    assert asked.given_at is None

    tomas = sit_down(shop.tomas, phone=True)
    strip = tomas.page.get_by_role("region", name="Waits for your answer")
    expect(strip).to_contain_text("£189.00 goes back to the customer")
    strip.get_by_role("link", name="All of it").click()
    main = tomas.page.get_by_role("main")
    for words in ("£189.00", "Lost on the way", "2001", "Ada Kowalski", "You may give up to £50.00"):
        expect(main).to_contain_text(words)
    tomas.page.get_by_label(re.compile("^A word to")).fill("Of course")
    tomas.page.get_by_role("button", name="Grant").click()
    expect(main).to_contain_text("granted it")

    expect(card).to_contain_text("said yes.")
    expect(card).to_contain_text("Of course")
    given = Remedy.objects.get(merchant=shop.merchant)
    assert given.state == "task" and given.authority == shop.tomas.actor.code
    order.refresh_from_db()
    assert order.refunded == 0  # nobody has paid it back yet
    card.get_by_label("Reference").fill("SEPA 77")
    card.get_by_role("button", name="It is done").click()
    expect(card.get_by_text("done", exact=True)).to_be_visible()
    order.refresh_from_db()
    assert (order.refunded, order.paid) == (18900, "refunded")
