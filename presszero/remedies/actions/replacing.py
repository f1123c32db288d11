"""Orders and returns made here, where no shop's program makes them."""

from __future__ import annotations

from presszero.commerce.actions.typing import TypedLine, TypedOrder, type_order
from presszero.commerce.models import Order, Return
from presszero.commerce.vocabulary import Address
from presszero.core.actor import Actor

from ..models import Remedy
from ..vocabulary import Asked, Kind
from ..ways import goods, lines_of

_MARK = {Kind.REPLACE: "R", Kind.EXCHANGE: "X"}


def pack(row: Remedy, asked: Asked, by: Actor) -> Order:
    """The order that replaces what went wrong: nothing to pay, to the same address. Its pieces leave the stock."""
    first = row.order
    assert first is not None
    typed = TypedOrder(
        key=row.key,
        currency=first.currency,
        lines=tuple(_lines(row, asked)),
        customer=row.customer,
        number=_number(first, row.kind),
        email=first.email,
        phone=first.phone,
        name=first.name,
        ship_to=Address(**first.ship_to) if first.ship_to else None,
        kind="exchange" if row.kind == Kind.EXCHANGE else "replacement",
        origin=first,
    )
    made = type_order(row.merchant, typed, by)
    made.key = row.key
    made.save(update_fields=["key"])
    row.made_order = made
    row.save(update_fields=["made_order"])
    return made


def send_back(row: Remedy, asked: Asked) -> Return:
    """What is expected to come back."""
    lines = [{"line": line.id, "quantity": pieces} for line, pieces in lines_of(row, asked)]
    return Return.objects.create(
        merchant_id=row.merchant_id, order=row.order, key=row.key, reason=row.reason[:300], lines=lines
    )


def _number(first: Order, kind: str) -> str:
    """The first order's with a letter: 1042-R, and 1042-R2 for the next."""
    before = Order.objects.filter(merchant_id=first.merchant_id, origin=first, kind__in=("replacement", "exchange"))
    count = before.count() + 1
    return f"{first.number[:50]}-{_MARK[Kind(kind)]}{count if count > 1 else ''}"


def _lines(row: Remedy, asked: Asked) -> list[TypedLine]:
    """Free for the customer; what they cost us stays beside them."""
    if not asked.variants:
        return [
            TypedLine(line.title, pieces, 0, line.variant_id, line.sku, line.cost)
            for line, pieces in lines_of(row, asked)
        ]
    return [
        TypedLine(f"{variant.product.title} {variant.title}".strip(), pieces, 0, variant.id, variant.sku, variant.cost)
        for variant, pieces in goods(row, asked)
        if variant
    ]
