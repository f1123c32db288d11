"""What the demo shop's customers bought: Ada's three, of which 1042 is late; what the stories speak of; and the rest.

They come in as a history that was brought, by the same verb. Some are guests: their orders wait, and are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from presszero.commerce.bulk import bring
from presszero.commerce.models import Order
from presszero.commerce.vocabulary import (
    Address,
    StoreDiscount,
    StoreLine,
    StoreOrder,
    StorePayment,
    StoreRefund,
    StoreReturn,
    StoreShipment,
)
from presszero.core.actor import SYSTEM
from presszero.merchants.models import Merchant

from . import stories
from .cast import ADA, BEN, Person
from .goods import variant_of

_S = stories
_HOMES = {
    ADA: ("2 Mill Lane", "YO1 7HX", "York", "GB"),
    BEN: ("Flat 5, 18 Canal Road", "M1 3BN", "Manchester", "GB"),
    _S.LENA: ("Husova 12", "602 00", "Brno", "CZ"),
    _S.MARYAM: ("9 Crescent View", "LS6 2AB", "Leeds", "GB"),
    _S.GRACE: ("31 Hill Street", "BS1 5QD", "Bristol", "GB"),
    _S.KLARA: ("Lindenweg 4", "50674", "Köln", "DE"),
    _S.OSKAR: ("Storgatan 8", "413 01", "Göteborg", "SE"),
}
_SOMEWHERE = ("14 High Street", "S1 2HE", "Sheffield", "GB")
MIRA = Person("Mira Kent", "mira@kent.example")
HUGO = Person("Hugo Prowse", "hugo.prowse@example.net")
_POST_FREE = 10_000  # pence; below it the post costs
_POST = 495


@dataclass(frozen=True)
class Bought:
    """`days` ago. `how`: new · waiting (not paid) · sent · late · arrived · returned · refunded · cancelled."""

    number: str
    who: Person
    days: int
    things: tuple[tuple[str, int], ...]  # (sku, pieces)
    how: str = "arrived"
    pays: str = "Visa •••• 4242"
    code: str = ""  # ten percent off
    again_for: str = ""  # the number it replaces
    note: str = ""


ORDERS = (
    Bought("1042", ADA, 9, (("FELL-BLACK-41", 1), ("LACES-BLACK-120CM", 1), ("SOCKS-OAT-M", 2)), "late"),
    Bought("0987", ADA, 96, (("FELL-BROWN-41", 1), ("WAX", 1))),
    Bought("0911", ADA, 402, (("GALE-OLIVE-M", 1),), pays="PayPal"),
    Bought("1071", BEN, 16, (("FELL-BLACK-42", 1),), pays="Mastercard •••• 5100"),
    Bought("1071-R", BEN, 5, (("FELL-BLACK-42", 1),), again_for="1071"),
    Bought("0991", _S.LENA, 74, (("TARN-SAND-39", 1), ("SOCKS-HEATHER-M", 1))),
    Bought("1077", _S.MARYAM, 8, (("MOOR-CHESTNUT-40", 1), ("WAX", 1)), "sent", "PayPal"),
    Bought("1088", _S.GRACE, 3, (("DRIFT-GREY-M", 1),), "new", note="Please ring twice."),
    Bought("1031", _S.PAUL, 33, (("FELL-BLACK-43", 1), ("BRUSH", 1))),
    Bought("1090", _S.SAM, 1, (("FELL-BROWN-43", 1),), "new"),
    Bought("1064", _S.JUN, 19, (("TARN-SLATE-42", 1), ("FLASK", 1)), "returned"),
    Bought("1085", _S.INES, 6, (("PACK-RUST", 1), ("FLASK", 1)), "sent", "Klarna"),
    Bought("1020", _S.TOM, 41, (("FELL-BROWN-44", 1), ("WAX", 2), ("BRUSH", 1))),
    Bought("1012", _S.PRIYA, 47, (("LACES-RED-150CM", 3),), pays="Apple Pay"),
    Bought("1003", _S.OSKAR, 55, (("SQUALL-YELLOW-ONESIZE", 2), ("GAITERS-GREEN-L", 1)), pays="Bank transfer"),
    Bought("0969", _S.NOA, 130, (("MOSS-GREEN-39", 1), ("SOCKS-HEATHER-S", 2))),
    Bought("0978", _S.KLARA, 112, (("MOOR-CHESTNUT-41", 1), ("WAX", 1), ("LACES-BROWN-150CM", 1)), pays="PayPal"),
    Bought("0958", _S.GRACE, 151, (("FELL-BLACK-39", 1), ("SOCKS-OAT-S", 1), ("WAX", 1)), "refunded"),
    Bought("0942", _S.TOM, 203, (("FELL-BROWN-44", 1), ("LACES-BROWN-120CM", 1))),
    Bought("0949", _S.PRIYA, 188, (("TARN-SAND-38", 1), ("WAX", 1)), code="HELLO10"),
    Bought("1033", _S.NOA, 31, (("GAITERS-GREEN-M", 1), ("FLASK", 1))),
    Bought("1049", _S.LENA, 25, (("GALE-NAVY-S", 1),), pays="Mastercard •••• 8210"),
    Bought("1055", _S.SAM, 23, (("SOCKS-OAT-L", 3), ("WAX", 1)), code="HELLO10"),
    Bought("1058", _S.PAUL, 22, (("LACES-BLACK-150CM", 2),), "cancelled"),
    Bought("1067", _S.KLARA, 17, (("DRIFT-GREY-L", 1),), "cancelled", "Klarna"),
    Bought("1080", _S.TOM, 7, (("PACK-OLIVE", 1),), "sent"),
    Bought("1086", _S.OSKAR, 4, (("FELL-BLACK-43", 1), ("FELL-BROWN-40", 1)), "waiting", "Bank transfer"),
    Bought("1046", MIRA, 27, (("FELL-BROWN-38", 1), ("WAX", 1), ("SOCKS-OAT-S", 1))),
    Bought("1092", MIRA, 1, (("BRUSH", 1), ("WAX", 1)), "new"),
    Bought("1015", HUGO, 45, (("FELL-BLACK-42", 1), ("WAX", 1), ("SOCKS-HEATHER-L", 2))),
    Bought("0973", HUGO, 121, (("MOOR-CHESTNUT-43", 1), ("WAX", 1))),
    Bought("0936", _S.JUN, 221, (("FELL-BLACK-42", 1), ("SOCKS-OAT-M", 2))),
    Bought("0931", _S.INES, 240, (("TARN-SLATE-38", 1), ("SOCKS-HEATHER-S", 1))),
    Bought("0927", _S.PAUL, 260, (("FELL-BROWN-43", 1), ("WAX", 1), ("BRUSH", 1)), pays="PayPal"),
    Bought("0923", _S.MARYAM, 281, (("GALE-OLIVE-S", 1), ("SQUALL-YELLOW-ONESIZE", 1))),
    Bought("0919", _S.LENA, 305, (("FELL-BLACK-38", 1), ("LACES-BLACK-120CM", 1))),
    Bought("0916", _S.SAM, 340, (("MOOR-CHESTNUT-42", 1), ("WAX", 1), ("SOCKS-OAT-L", 1))),
    Bought("0914", _S.GRACE, 372, (("FLASK", 2),), code="HELLO10"),
    Bought("0904", _S.NOA, 431, (("FELL-BROWN-38", 1), ("SOCKS-HEATHER-S", 1))),
    Bought("0902", HUGO, 440, (("GAITERS-GREEN-L", 1), ("FLASK", 1))),
)


def place(shop: Merchant) -> None:
    """Brings them in; those under an address that somebody has proven find their customer."""
    bring_in(shop, ORDERS)
    rows = {row.external_id: row for row in Order.objects.filter(merchant=shop, store=None)}
    for each in ORDERS:
        if each.again_for:
            again = rows[f"demo-{each.number}"]
            again.origin = rows[f"demo-{each.again_for}"]
            again.save(update_fields=["origin"])


def bring_in(shop: Merchant, those: Iterable[Bought]) -> None:
    """As a table of orders is brought in."""
    now = datetime.now(UTC).replace(microsecond=0)
    bring(shop.id, None, [_order(each, now) for each in those], source="sheet", by=SYSTEM)


def _order(bought: Bought, now: datetime) -> StoreOrder:
    placed = now - timedelta(days=bought.days, hours=int(bought.number[:4]) % 9, minutes=int(bought.number[:4]) % 50)
    lines = tuple(_line(bought, place, *thing) for place, thing in enumerate(bought.things))
    goods = sum(line.price * line.quantity for line in lines)
    off = sum(line.discount for line in lines)
    post = 0 if goods >= _POST_FREE or bought.again_for else _POST
    total = goods - off + post
    home = _home(bought.who)
    return StoreOrder(
        external_id=f"demo-{bought.number}",
        number=f"#{bought.number}",
        currency="GBP",
        total=total,
        placed_at=placed,
        lines=lines,
        payments=_payments(bought, total, placed),
        refunds=_refunds(bought, lines, placed),
        discounts=(StoreDiscount(off, bought.code, "Ten percent off"),) if off else (),
        shipments=_parcels(bought, placed),
        returns=_returns(bought, lines, placed),
        email=bought.who.address,
        name=bought.who.name,
        ship_to=home,
        bill_to=home,
        note=bought.note,
        subtotal=goods,
        discount=off,
        shipping=post,
        kind="replacement" if bought.again_for else "sale",
        cancelled_at=placed + timedelta(hours=5) if bought.how == "cancelled" else None,
        promised_from=(placed + timedelta(days=3)).date(),
        promised_by=(placed + timedelta(days=6)).date(),
        updated_at=placed + timedelta(hours=6),
    )


def _line(bought: Bought, place: int, sku: str, pieces: int) -> StoreLine:
    thing, variant = variant_of(sku)
    price = 0 if bought.again_for else variant.price
    off = price * pieces // 10 if bought.code else 0
    back = pieces if place == 0 and bought.how in ("returned", "refunded") else 0
    return StoreLine(
        f"{thing.title}, {variant.title}" if variant.title else thing.title,
        pieces,
        price,
        price * pieces - off,
        external_id=f"{bought.number}-{place + 1}",
        variant=variant.external_id,
        sku=sku,
        discount=off,
        refunded=back,
        cost=variant.cost,
    )


def _payments(bought: Bought, total: int, placed: datetime) -> tuple[StorePayment, ...]:
    if not total:
        return ()
    state = {"waiting": "pending", "cancelled": "voided"}.get(bought.how, "captured")
    method = "card" if "••••" in bought.pays else bought.pays.lower().replace(" ", "_")
    return (StorePayment(total, state, placed, f"pay-{bought.number}", method, bought.pays, bought.pays),)


def _refunds(bought: Bought, lines: tuple[StoreLine, ...], placed: datetime) -> tuple[StoreRefund, ...]:
    """What came back, or never should have gone: the first line."""
    if bought.how not in ("returned", "refunded"):
        return ()
    back = ((lines[0].external_id, lines[0].quantity),)
    reason = "Sent back" if bought.how == "returned" else "The sole came off"
    at = placed + timedelta(days=min(12, bought.days))
    return (StoreRefund(lines[0].total, at, f"back-{bought.number}", 0, reason, lines=back),)


def _parcels(bought: Bought, placed: datetime) -> tuple[StoreShipment, ...]:
    if bought.how in ("new", "waiting", "cancelled"):
        return ()
    number = int(bought.number[:4])
    sent, arrived = placed + timedelta(days=2), placed + timedelta(days=7 if number % 11 == 0 else 4 + number % 2)
    on_its_way = bought.how in ("sent", "late")
    digits = "".join(sign for sign in bought.number if sign.isdigit())
    return (
        StoreShipment(
            f"parcel-{bought.number}",
            "in_transit" if on_its_way else "delivered",
            "Royal Mail" if _home(bought.who).country == "GB" else "Parcel North",
            "Tracked 48",
            f"RM{digits}4417{bought.days:03}GB",
            sent_at=sent,
            expected_at=placed + timedelta(days=6),
            delivered_at=None if on_its_way else arrived,
        ),
    )


def _returns(bought: Bought, lines: tuple[StoreLine, ...], placed: datetime) -> tuple[StoreReturn, ...]:
    if bought.how != "returned":
        return ()
    at = placed + timedelta(days=8)
    held = ((lines[0].external_id, lines[0].quantity),)
    tracking = f"RM9{bought.number}GB"
    return (StoreReturn(f"ret-{bought.number}", "received", "Too small", held, tracking, at, at + timedelta(days=3)),)


def _home(who: Person) -> Address:
    line1, postcode, city, country = _HOMES.get(who, _SOMEWHERE)
    return Address(who.name, line1=line1, postcode=postcode, city=city, country=country)
