"""Maya types "by Friday" and keeps it; the parcel is held up; Ada hears of another day in time, and of that alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from playwright.sync_api import expect

from presszero.commerce.actions.attaching import attach
from presszero.commerce.models import Order, Shipment
from presszero.commerce.vocabulary import StoreShipment
from presszero.conversations.models import Conversation
from presszero.fulfilment.lessons import learn
from presszero.fulfilment.models import Scan
from presszero.outreach.models import Manners
from presszero.promises.models import Gap, Promise
from tests import parcels
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

NOW = datetime.now(UTC)


def test_by_friday_is_kept_doubted_and_agreed_anew_before_friday(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    Manners.objects.create(merchant=shop.merchant, quiet_from="03:00", quiet_to="03:00")  # awake at any hour
    what_is_known_of_parcels(shop)
    maya = sit_down(shop.maya)
    order = she_asks(shop, ada, maya)
    friday = promises_by_a_named_day(shop, maya, order)
    the_parcel_is_held_up(shop, order)
    monday = agrees_on_another_day(shop, maya, friday)
    assert says(monday) in ada.reads(3).text
    old, new = Promise.objects.filter(merchant=shop.merchant, kind="delivery").order_by("id")
    assert (old.state, old.instead, new.state) == ("renegotiated", new, "open")
    assert datetime.now(UTC) < old.due_at < new.due_at
    assert not Gap.objects.filter(merchant=shop.merchant, order=order, closed_at=None).exists()
    maya.page.goto(f"/conversations/{new.conversation_id}")
    told = maya.is_live().panel.locator("#orders").get_by_role("listitem")
    expect(told.filter(has_text="Delivery by")).to_have_count(1)


def what_is_known_of_parcels(shop: Shop) -> None:
    """Four days each, now and then six; but those that the carrier had to hold up took twelve."""
    with transaction.atomic():  # the house learns by itself too, and is to find all of it or nothing
        parcels.history(shop, 24)
        held = {order.id for order in parcels.history(shop, 12, days=12)}
        late = Shipment.objects.filter(merchant=shop.merchant, order_id__in=held)
        owned = {"merchant_id": shop.merchant.id, "stage": "exception", "external_id": "held"}
        Scan.objects.bulk_create([Scan(**owned, shipment=each, at=each.sent_at + timedelta(days=2)) for each in late])
        learn(shop.merchant, NOW)


def she_asks(shop: Shop, ada: Customer, maya: Desk) -> Order:
    """An order of hers is on its way since yesterday."""
    way = StoreShipment("s4711", "in_transit", "Parcel North", "", "PN4711", sent_at=NOW - timedelta(days=1))
    ada.posts(shop, "When will the boots of order 4711 be here?", "My boots")
    maya.go_to("Unassigned").open("My boots")
    placed = NOW - timedelta(days=2)
    made = ada.order(shop, "4711", shop.shop, placed_at=placed, promised_by=None, shipments=(way,))
    hers = Conversation.objects.get(merchant=shop.merchant, subject="My boots").customer
    return attach(made, hers, shop.maya.actor, "She named its number and her address.")


def promises_by_a_named_day(shop: Shop, maya: Desk, order: Order) -> date:
    """Nothing but keys: the words, the chip, the sending."""
    day = (NOW + timedelta(days=5)).date()
    maya.press("r")
    expect(maya.answer_box).to_be_focused()
    maya.type(f"Hello Ada, they are on their way and will be with you by {day:%A}.")
    chip = maya.page.get_by_role("checkbox", name=re.compile("^Delivery by"))
    expect(chip).not_to_be_checked()
    maya.press("Alt+k")
    expect(chip).to_be_checked()
    maya.press("Control+Enter").reads("with you by")
    expect(maya.message("with you by")).to_contain_text(f"Delivery by {day:%a} {day.day} {day:%b}")
    made = Promise.objects.get(merchant=shop.merchant, kind="delivery")
    assert (made.order, made.state, made.where, made.by) == (order, "open", "agent", shop.maya.actor.code)
    assert made.quote == f"by {day:%A}" and made.entry_id is not None
    return day


def the_parcel_is_held_up(shop: Shop, order: Order) -> None:
    """The carrier says no more than that; what it meant for others tells how long it takes."""
    parcel = Shipment.objects.get(merchant=shop.merchant, order=order)
    parcels.scanned(shop, parcel, "exception", words="Held at the Leeds hub")
    doubtful = Promise.objects.filter(merchant=shop.merchant, kind="delivery", state="at_risk")
    until(doubtful.exists, 20, "the doubt")


def agrees_on_another_day(shop: Shop, maya: Desk, friday: date) -> date:
    """From the board, with words that are there already."""
    maya.press("Escape", "Escape", "g", "k")
    maya.page.get_by_role("link", name=re.compile("at risk")).click()
    row = maya.page.get_by_role("listitem").filter(has_text="Delivery by")
    expect(row).to_contain_text("Ada Kowalski")
    row.get_by_role("button", name="Another day").click()
    sheet = maya.page.get_by_role("dialog", name="Agree on another day")
    words = sheet.get_by_label("Your words to")
    expect(words).to_have_value(re.compile(f"will not be with you by {says(friday)}"))
    picked = sheet.locator("[name=day]:checked, [name=own_day]:not([value=''])").first
    day = date.fromisoformat(picked.input_value())
    assert day > friday and says(day) in words.input_value()
    sheet.get_by_role("button", name="Tell them").click()
    maya.is_told("Agreed: Delivery by")
    expect(row).to_be_hidden()
    return day


def says(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
