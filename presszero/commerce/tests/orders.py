"""Orders of the cast, as a store tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from presszero.commerce.models import Store
from presszero.commerce.vocabulary import (
    Address,
    StoreLine,
    StoreOrder,
    StorePayment,
    StoreProduct,
    StoreShipment,
    StoreVariant,
)
from tests import cast

MARCH = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

BOOTS = StoreProduct(
    "p-boots",
    "Juniper boots",
    "GBP",
    (
        StoreVariant("v-boots-41", 18900, "Brown / 41", "JB-41", 7200, 4),
        StoreVariant("v-boots-42", 18900, "Brown / 42", "JB-42", 7200, 0),
    ),
    "Boots",
    updated_at=MARCH,
)

ADAS = StoreOrder(
    external_id="5001042",
    number="#1042",
    currency="GBP",
    total=19490,
    placed_at=MARCH,
    lines=(
        StoreLine("Juniper boots", 1, 18900, 18900, "l-1", "v-boots-41", "JB-41"),
        StoreLine("Wool laces", 2, 295, 590, "l-2"),
    ),
    payments=(StorePayment(19490, "captured", MARCH, "pay-1", "card", "Visa •••• 4242"),),
    shipments=(StoreShipment("s-1", "in_transit", "Parcel North", "", "PN123456789GB", sent_at=MARCH),),
    email="Ada@Example.com",
    name="Ada Kowalski",
    ship_to=Address("Ada Kowalski", line1="2 Mill Lane", city="York", postcode="YO1 7HX", country="GB"),
    subtotal=19490,
    updated_at=MARCH,
)


def store_of(shop: cast.Shop, **values: Any) -> Store:
    """A shop of theirs that is connected."""
    given = {"kind": "shopify", "address": f"{shop.merchant.slug}.myshopify.com", "name": "Juniper", "currency": "GBP"}
    return Store.objects.create(merchant=shop.merchant, brand=shop.brand, **(given | values))


def later(news: StoreOrder, minutes: int = 1, **values: Any) -> StoreOrder:
    """The same order, changed after it was placed."""
    return replace(news, **values, updated_at=MARCH + timedelta(minutes=minutes))
