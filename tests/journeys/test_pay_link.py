"""Somebody asks for boots by mail; the order is made beside the conversation, and paid on a phone by the link in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from presszero.commerce.models import DraftOrder, Order
from presszero.commerce.payments.stripe.tests.fake_stripe import SECRET, FakeStripe
from presszero.commerce.payments.tests.wares import boots
from presszero.core.actor import Actor
from tests.cast import Shop

from .customer import Customer
from .desk import Desk

pytestmark = pytest.mark.slow

_LINK = re.compile(r"http://\S+/pay/[A-Za-z0-9]{34}")


def test_an_order_is_made_sent_opened_on_a_phone_paid_and_seen_paid(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk], stripe: FakeStripe
) -> None:
    boots(shop)
    connect_stripe(sit_down(shop.team["rosa"]))
    ada.posts(shop, "Do you still have the brown boots in 41?", "Brown boots")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Brown boots")
    strip = desk.page.locator(".side-line")

    desk.press("p")
    sheet = desk.page.locator("#draft-dialog")
    expect(sheet.get_by_placeholder("Find a product")).to_be_focused()
    desk.type("juniper 41")
    expect(sheet.locator("[data-thing]")).to_contain_text(re.compile("Brown / 41.*£189.00.*3 in stock", re.DOTALL))
    desk.press("Enter")
    expect(sheet.locator(".draft-total")).to_contain_text("£189.00")
    sheet.get_by_label("Shipping").fill("4.95")
    expect(sheet.locator(".draft-total")).to_contain_text("£193.95")
    sheet.get_by_role("button", name="Put the link into the answer").click()
    expect(desk.answer_box).to_have_value(re.compile("ready to pay: Juniper boots · Brown / 41, £193.95"))
    expect(strip).to_contain_text("not sent yet")
    desk.send_button.click()
    expect(strip).to_contain_text("sent")

    link = _LINK.search(ada.reads().text)
    assert link
    phone = sit_down(phone=True)
    phone.page.goto(link[0])
    expect(phone.page.get_by_role("heading", name="Your order")).to_be_visible()
    expect(strip).to_contain_text("opened")
    phone.page.get_by_role("button", name="Pay £193.95").click()
    expect(phone.page.get_by_role("heading", name="Pay 19395 gbp")).to_be_visible()
    phone.page.get_by_role("button", name="Pay").click()
    expect(phone.page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible()

    expect(strip.locator(".tag")).to_have_text("paid")  # by itself: nothing was loaded anew
    order = Order.objects.get(merchant=shop.merchant)
    expect(desk.talk).to_contain_text("Paid by the link")
    expect(desk.panel).to_contain_text(order.number)
    assert (order.total, order.captured, order.paid) == (19395, 19395, "paid")
    draft = DraftOrder.objects.get(merchant=shop.merchant)
    assert Actor("member", shop.maya.id).code == draft.by and draft.order_id == order.id


def connect_stripe(desk: Desk) -> None:
    """An admin pastes the key; nothing else is needed."""
    desk.page.goto("/settings/payments")
    desk.page.get_by_label("Secret key").fill(SECRET)
    desk.page.get_by_role("button", name="Connect").click()
    expect(desk.page.get_by_text("Connected as Juniper & Co.")).to_be_visible()
    expect(desk.page.get_by_text("Stripe tells us of every payment at once.")).to_be_visible()
