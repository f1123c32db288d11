"""Orders and products out of a table. Rows of one number are one order; the same table again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from presszero.commerce import bulk, reading
from presszero.commerce.models import Order, OrderLine, Product, Variant
from presszero.commerce.reading import BadNews
from presszero.commerce.vocabulary import Address, StoreLine, StoreOrder, StorePayment, StoreRefund, StoreShipment

from ..models import ImportRow
from ..sources.sheet.orders import OrderRowFound, ProductRowFound
from ..vocabulary import Where
from .hand import Hand, Outcome
from .registry import Looked

MOST = 1000  # rows in a transaction
T = TypeVar("T")

Rows = Sequence[tuple[Where, OrderRowFound]]
Products = Sequence[tuple[Where, ProductRowFound]]


def bring(hand: Hand, rows: Rows) -> None:
    """What stood in an earlier batch of this import is a part of the order; what stood there before it is not."""
    there = _there(hand, [found.external_id for _, found in rows])
    ours = set(
        ImportRow.objects.filter(
            merchant_id=hand.merchant.id, job=hand.job, kind="order", target_id__in=[each.id for each in there.values()]
        ).values_list("target_id", flat=True)
    )
    fresh: list[tuple[Where, StoreOrder]] = []
    for where, made in _sound(hand, rows):
        known = there.get(made.external_id)
        if known is None:
            fresh.append((where, made))
        elif known.id in ours:
            _write(hand, _with_earlier(known, made))
        else:
            changed = _write(hand, made).changed
            hand.note(where, "order", Outcome.CHANGED if changed else Outcome.KNOWN, target_id=known.id)
        hand.counts["order_line"]["new" if known is None or known.id in ours else "known"] += len(made.lines)
    bulk.bring(hand.merchant.id, None, [made for _, made in fresh], source="sheet", by=hand.by)
    made_now = _there(hand, [made.external_id for _, made in fresh])
    for where, made in fresh:
        number = made_now[made.external_id].id
        hand.note(where, "order", Outcome.NEW, external_id=made.external_id, target_id=number)


def check(hand: Hand, rows: Rows) -> Iterator[Looked]:
    """Each order once, and each of its lines."""
    there = _there(hand, [found.external_id for _, found in rows])
    seen: set[str] = set()
    sound = {made.external_id for _, made in _sound(hand, rows)}
    for where, found in rows:
        if found.external_id not in sound:
            continue
        outcome = Outcome.KNOWN if found.external_id in there else Outcome.NEW
        if found.external_id not in seen and not hand.met(f"order:{found.external_id}"):
            yield Looked(where, "order", found.number, outcome, (f"order:{found.external_id}",))
        seen.add(found.external_id)
        yield Looked(where, "order_line", f"{found.number}: {found.quantity} × {found.title}", outcome)


def bring_products(hand: Hand, rows: Products) -> None:
    for where, found in rows:
        owned: dict[str, Any] = {"merchant": hand.merchant, "store": None}
        said = {"kind": found.kind, "url": reading.link(found.url), "picture_url": reading.link(found.picture_url)}
        key = f"sheet:{found.title.casefold()}"[:120]
        product, _new = Product.objects.update_or_create(
            **owned, external_id=key, defaults={"title": found.title, **{k: v for k, v in said.items() if v}}
        )
        variant, new = Variant.objects.update_or_create(
            **owned,
            external_id=found.external_id,
            defaults={
                "product": product, "title": found.variant, "sku": found.sku, "price": found.price, "cost": found.cost,
                "currency": found.currency or hand.merchant.currency, "stock": found.stock, "gone_at": None,
            },
        )  # fmt: skip
        hand.note(where, "product", Outcome.NEW if new else Outcome.KNOWN, target_id=variant.id)


def check_products(hand: Hand, rows: Products) -> Iterator[Looked]:
    known = set(
        Variant.objects.filter(
            merchant=hand.merchant, store=None, external_id__in=[found.external_id for _, found in rows]
        ).values_list("external_id", flat=True)
    )
    for where, found in rows:
        outcome = Outcome.KNOWN if found.external_id in known else Outcome.NEW
        shown = f"{found.title}, {found.variant}" if found.variant else found.title
        yield Looked(where, "product", shown, outcome, (f"product:{found.external_id}",))


def remove(row: ImportRow) -> bool:
    """What somebody put right since stays, and so does what was not new."""
    if row.outcome != Outcome.NEW:
        return True
    found = Order.objects.filter(merchant_id=row.merchant_id, id=row.target_id or 0).first()
    try:
        return found is None or bool(found.delete())
    except (ProtectedError, RestrictedError):
        return False


def remove_product(row: ImportRow) -> bool:
    """A variant, and its product with the last of them; what was sold stays."""
    found = Variant.objects.filter(merchant_id=row.merchant_id, id=row.target_id or 0).select_related("product").first()
    if row.outcome != Outcome.NEW or found is None:
        return True
    if OrderLine.objects.filter(merchant_id=row.merchant_id, variant=found).exists():
        return False
    found.delete()
    if not found.product.variants.exists():
        found.product.delete()
    return True


def _sound(hand: Hand, rows: Rows) -> list[tuple[Where, StoreOrder]]:
    """Each order of the batch at its first row; those that make no sense are noted and left out."""
    grouped: dict[str, list[tuple[Where, OrderRowFound]]] = {}
    for where, found in rows:
        grouped.setdefault(found.external_id, []).append((where, found))
    made = []
    for of in grouped.values():
        where = of[0][0]
        try:
            order = _order(hand, [found for _, found in of])
            reading.order(order)
            made.append((where, order))
        except BadNews as why:
            for each, found in of:
                hand.note(each, "order", Outcome.REJECTED, reason=str(why), external_id=found.external_id)
    return made


def _order(hand: Hand, rows: Sequence[OrderRowFound]) -> StoreOrder:
    """Of what is said once, the first row that says it counts. What nobody says of a history: it was paid and sent."""
    first = rows[0]
    currency = _one([row.currency for row in rows], hand.merchant.currency)
    lines = tuple(
        StoreLine(row.title, row.quantity, row.price, row.quantity * row.price, f"{row.external_id}:{n}", sku=row.sku)
        for n, row in enumerate(rows)
    )
    subtotal = sum(line.total for line in lines)
    shipping, discount, tax, refunded = (
        _first([getattr(row, name) for row in rows]) or 0 for name in ("shipping", "discount", "tax", "refunded")
    )
    total = _first([row.total for row in rows])
    total = subtotal - discount + shipping if total is None else total
    at = _first([row.placed_at for row in rows]) or timezone.now()
    paid = _first([row.paid for row in rows])
    sent = _one([row.sent for row in rows], "sent")
    place = next((row.place for row in rows if row.place), {})
    return StoreOrder(
        external_id=first.external_id,
        number=first.number,
        currency=currency,
        total=total,
        placed_at=at,
        lines=lines,
        payments=(StorePayment(total, "captured", at, "sheet"),) if paid is not False and total > 0 else (),
        refunds=(StoreRefund(refunded, at, "sheet"),) if refunded else (),
        shipments=_parcel(rows, sent),
        email=_one([row.email for row in rows], ""),
        phone=_one([row.phone for row in rows], ""),
        name=_one([row.name for row in rows], ""),
        ship_to=Address(**{**place, "country": place.get("country", "")[:2].upper()}) if place else None,
        note=_one([row.note for row in rows], ""),
        subtotal=subtotal,
        discount=discount,
        shipping=shipping,
        tax=tax,
    )


def _parcel(rows: Sequence[OrderRowFound], sent: str) -> tuple[StoreShipment, ...]:
    if sent == "not":
        return ()
    carrier, tracking = _one([row.carrier for row in rows], ""), _one([row.tracking for row in rows], "")
    return (StoreShipment("sheet", "delivered" if sent == "delivered" else "sent", carrier, tracking=tracking),)


def _with_earlier(known: Order, made: StoreOrder) -> StoreOrder:
    """The lines of rows further up in the file, and these."""
    rows = list(known.lines.order_by("position", "id"))
    lines = [
        StoreLine(row.title, row.quantity, row.price, row.total, row.external_id, sku=row.sku, discount=row.discount)
        for row in rows
    ]
    more = [replace(line, external_id=f"{made.external_id}:{len(lines) + n}") for n, line in enumerate(made.lines)]
    subtotal = sum(line.total for line in [*lines, *more])
    grown = sum(line.total for line in more) if known.total == known.subtotal - known.discount + known.shipping else 0
    total = known.total + grown
    paid = tuple(replace(each, amount=total) for each in made.payments) if known.captured else ()
    return replace(
        made, lines=(*lines, *more), subtotal=subtotal, total=total, payments=paid, placed_at=known.placed_at,
        shipping=known.shipping, discount=known.discount, tax=known.tax, email=known.email or made.email,
        name=known.name or made.name, phone=known.phone or made.phone,
    )  # fmt: skip


def _write(hand: Hand, made: StoreOrder) -> bulk.Brought:
    return bulk.bring(hand.merchant.id, None, [made], source="sheet", by=hand.by)


def _there(hand: Hand, names: Sequence[str]) -> Mapping[str, Order]:
    rows = Order.objects.filter(merchant=hand.merchant, store=None, external_id__in=set(names))
    return {row.external_id: row for row in rows}


def _first(found: Sequence[T | None]) -> T | None:
    return next((each for each in found if each is not None), None)


def _one(found: Sequence[str], otherwise: str) -> str:
    return next((each for each in found if each), otherwise)
