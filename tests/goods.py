"""What the cast's shop sells, and what Ada bought: as any store would tell it. Dates are counted from today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from presszero.commerce.vocabulary import (
    Address,
    StoreLine,
    StoreOrder,
    StorePayment,
    StoreProduct,
    StoreShipment,
    StoreVariant,
)

BOOTS = StoreProduct(
    "boots",
    "Juniper boots",
    "GBP",
    (
        StoreVariant("boots-41", 14800, "Brown / 41", "JB-41", 5900, 3),
        StoreVariant("boots-42", 14800, "Brown / 42", "JB-42", 5900, 0),
    ),
    "Boots",
)
COAT = StoreProduct("coat", "Heather coat", "GBP", (StoreVariant("coat-m", 24500, "M", "HC-M", 11000, 5),), "Coats")
LACES = StoreProduct("laces", "Waxed laces", "GBP", (StoreVariant("laces-120", 650, "120 cm", "WL-120", 120, 40),))
GOODS = (BOOTS, COAT, LACES)

HOME = Address("Ada Kowalski", line1="2 Mill Lane", postcode="YO1 7HX", city="York", country="GB")


def order(number: str, **values: Any) -> StoreOrder:
    """1042 is on its way and late; 1008 and 0931 arrived long ago. Any other number is like 1042."""
    now = datetime.now(UTC)
    made = {"1008": _arrived, "0931": _arrived_long_ago}.get(number, _late)(number, now)
    return _with(made, values)


def _late(number: str, now: datetime) -> StoreOrder:
    placed, sent = now - timedelta(days=9), now - timedelta(days=7)
    lines = (
        StoreLine("Juniper boots", 1, 14800, 14800, f"{number}-1", "boots-41", "JB-41", cost=5900),
        StoreLine("Waxed laces", 2, 650, 1300, f"{number}-2", "laces-120", "WL-120", cost=120),
    )
    parcel = StoreShipment(
        f"s{number}", "in_transit", "Parcel North", "", f"PN{number}0042GB", sent_at=sent,
        expected_at=now - timedelta(days=2),
    )  # fmt: skip
    return _order(number, placed, lines, parcel, promised_by=(now - timedelta(days=2)).date())


def _arrived(number: str, now: datetime) -> StoreOrder:
    placed = now - timedelta(days=100)
    lines = (StoreLine("Heather coat", 1, 24500, 24500, f"{number}-1", "coat-m", "HC-M", cost=11000),)
    return _order(number, placed, lines, _delivered(number, placed))


def _arrived_long_ago(number: str, now: datetime) -> StoreOrder:
    placed = now - timedelta(days=400)
    lines = (StoreLine("Waxed laces", 1, 650, 650, f"{number}-1", "laces-120", "WL-120", cost=120),)
    return _order(number, placed, lines, _delivered(number, placed))


def _delivered(number: str, placed: datetime) -> StoreShipment:
    sent, arrived = placed + timedelta(days=1), placed + timedelta(days=3)
    return StoreShipment(
        f"s{number}", "delivered", "Parcel North", "", f"PN{number}0042GB", sent_at=sent, delivered_at=arrived
    )


def _order(
    number: str, placed: datetime, lines: tuple[StoreLine, ...], parcel: StoreShipment, **more: Any
) -> StoreOrder:
    goods, shipping = sum(line.total for line in lines), 495
    made = StoreOrder(
        external_id=f"50{number}",
        number=f"#{number}",
        currency="GBP",
        total=goods + shipping,
        placed_at=placed,
        lines=lines,
        payments=(StorePayment(goods + shipping, "captured", placed, f"pay{number}", "card", "Visa •••• 4242"),),
        shipments=(parcel,),
        ship_to=HOME,
        bill_to=HOME,
        subtotal=goods,
        shipping=shipping,
        updated_at=placed,
    )
    return _with(made, more)


def _with(made: StoreOrder, values: dict[str, Any]) -> StoreOrder:
    return replace(made, **values)
