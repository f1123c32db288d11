"""Orders that no shop's program knows: typed in, imported, or paid on our own page. People say what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import Actor
from presszero.core.money import MOST, Money
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from .. import facts, policy, reading
from ..models import Order, OrderLine, Payment, Shipment, Variant
from ..vocabulary import Address, StoreLine, StoreOrder
from . import locking
from .around import whose
from .parts import put

_FIRST = 1001  # the number of a merchant's first order, when they do not say one

# The newest are looked at: numbers grow, and a million old ones are not read for the next.
_LAST = """
SELECT max(number_key::bigint) FROM (
  SELECT number_key FROM commerce_order WHERE merchant_id = %s AND store_id IS NULL ORDER BY id DESC LIMIT 200
) newest WHERE number_key ~ '^[0-9]{1,9}$'
"""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """Of a variant of ours, or of a thing that is in no catalogue. `price` of one, minor units."""

    title: str
    quantity: int
    price: int
    variant_id: int | None = None
    sku: str = ""
    cost: int | None = None
    discount: int = 0  # of the whole line


@dataclass(frozen=True, slots=True)
class TypedOrder:
    """`key` is made by the page, so that a double click types one order. Sums are worked out from the lines."""

    key: str
    currency: str
    lines: tuple[TypedLine, ...]
    customer: Customer | None = None  # None: found by a proven address, else it waits
    number: str = ""  # "": the next one
    email: str = ""
    phone: str = ""
    name: str = ""
    ship_to: Address | None = None
    bill_to: Address | None = None
    note: str = ""
    shipping: int = 0
    discount: int = 0  # of the whole order, beside those of lines
    tax: int = 0  # on top; 0 where prices hold it
    placed_at: datetime | None = None  # None: now
    promised_by: date | None = None
    source: str = "typed"  # typed · sheet · page
    kind: str = "sale"
    origin: Order | None = None  # what a replacement stands for


@dataclass(frozen=True, slots=True)
class Paying:
    """How money came. `key` is the payment's at its provider, or the page's: the same again is the same payment."""

    method: str = "transfer"
    label: str = ""  # what a receipt says: "Visa •••• 4242"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What went out, and by whom. No lines: all that is left."""

    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""
    lines: tuple[tuple[int, int], ...] = ()  # (OrderLine id, pieces)


class NotTyped(Refused):
    """A shop's own order is changed in the shop."""

    def __init__(self) -> None:
        super().__init__(_("This order belongs to a connected shop."), _("Change it in the shop; it follows here."))


@transaction.atomic
def type_order(merchant: Merchant, typed: TypedOrder, by: Actor) -> Order:
    """Keeps it; its pieces leave the stock that is counted here. The same key again is the same order.

    Raises Refused for an empty order, an unknown currency, sums that cannot be, or more than there is.
    """
    locking.whole(merchant.id, None)
    known = Order.objects.filter(merchant=merchant, store=None, external_id=typed.key).first()
    if known or not typed.key:
        return known or _refuse_keyless()
    row = Order(merchant=merchant, external_id=typed.key, source=typed.source, kind=typed.kind, origin=typed.origin)
    row.number = typed.number or _next_number(merchant.id)
    _write(row, typed, by)
    ours = _about(row, by)
    record(facts.OrderPlaced(**ours, source=row.source, order_kind=row.kind))
    audit("order.typed", f"order:{row.id}", by=by, merchant=merchant, after=_values(row))
    return row


@transaction.atomic
def change_typed(order: Order, typed: TypedOrder, by: Actor) -> Order:
    """Writes it anew: what is not in it any more is gone, and back in the stock. Raises Refused as `type_order`."""
    row = _held(order)
    if row.cancelled_at:
        raise Refused(_("This order was cancelled."), _("Type a new one."))
    before = _values(row)
    _write(row, replace(typed, number=typed.number or row.number, placed_at=typed.placed_at or row.placed_at), by)
    if row.captured - row.refunded > row.total:
        raise Refused(_("More was paid than it would come to."), _("Give the difference back first."))
    ours = _about(row, by)
    record(facts.OrderChanged(**ours, paid=row.paid, sent=row.sent))
    audit("order.changed", f"order:{row.id}", by=by, merchant=row.merchant, before=before, after=_values(row))
    return row


@transaction.atomic
def cancel_typed(order: Order, by: Actor, reason: str = "") -> Order:
    """It will not be sent, and its pieces are for sale again; what was paid is given back as a remedy. Once."""
    row = _held(order)
    if row.cancelled_at:
        return row
    if row.sent in ("sent", "delivered"):
        raise Refused(_("It is on its way already."), _("Let it come back as a return instead."))
    row.cancelled_at = timezone.now()
    row.save(update_fields=["cancelled_at"])
    _settle(row)
    _move_stock(row.merchant_id, _pieces(row.lines.filter(merchant_id=row.merchant_id)), Counter())
    ours = _about(row, by)
    record(facts.OrderCancelled(**ours))
    audit("order.cancelled", f"order:{row.id}", by=by, merchant=row.merchant, after=_values(row), why=reason)
    return row


@transaction.atomic
def mark_paid(order: Order, by: Actor, amount: Money | None = None, how: Paying = Paying()) -> Order:
    """Money came: all that is open, or a part of it. Raises Refused for more."""
    row = _held(order)
    key = one_line(how.key, 120)
    if key and row.payments.filter(merchant_id=row.merchant_id, external_id=key).exists():
        return row
    open_sum = row.money(row.total - row.captured)
    paid = amount or open_sum
    if paid.minor <= 0 or paid > open_sum or row.cancelled_at:
        raise Refused(_("There is no more to pay on it than %(sum)s.") % {"sum": open_sum.says()})
    Payment.objects.create(
        merchant_id=row.merchant_id,
        order=row,
        external_id=key,
        method=one_line(how.method, 40),
        label=reading.label(how.label),
        currency=row.currency,
        amount=paid.minor,
        state="captured",
        at=timezone.now(),
    )
    _settle(row)
    ours = _about(row, by)
    record(facts.PaymentMade(**ours, minor=paid.minor, currency=row.currency))
    after = {"paid": paid.minor, "currency": row.currency, "method": how.method}
    audit("order.paid", f"order:{row.id}", by=by, merchant=row.merchant, after=after)
    return row


@transaction.atomic
def mark_sent(order: Order, by: Actor, parcel: Parcel = Parcel()) -> Shipment:
    """A parcel went out. Raises Refused when there are not so many pieces left."""
    row = _held(order)
    if row.cancelled_at:
        raise Refused(_("This order was cancelled."), _("Type a new one."))
    open_lines = {each.id: each for each in row.lines.filter(merchant_id=row.merchant_id).order_by("position")}
    left = {each.id: max(0, each.quantity - each.sent - each.refunded) for each in open_lines.values()}
    going = Counter(dict(parcel.lines) or {number: pieces for number, pieces in left.items() if pieces})
    if not going or any(pieces <= 0 or pieces > left.get(number, 0) for number, pieces in going.items()):
        raise Refused(_("There are not so many pieces left to send."), _("Look at what has gone out already."))
    made = Shipment.objects.create(
        merchant_id=row.merchant_id,
        order=row,
        carrier=one_line(parcel.carrier, 80),
        tracking=one_line(parcel.tracking, 120).replace(" ", ""),
        tracking_url=reading.link(parcel.tracking_url),
        lines=[{"line": number, "quantity": pieces} for number, pieces in going.items()],
        sent_at=timezone.now(),
    )
    for number, pieces in going.items():
        open_lines[number].sent += pieces
        open_lines[number].save(update_fields=["sent"])
    _settle(row)
    ours = _about(row, by)
    record(facts.ShipmentSent(**ours, shipment_id=made.id))
    audit("order.sent", f"order:{row.id}", by=by, merchant=row.merchant, after={"lines": made.lines})
    return made


@transaction.atomic
def mark_delivered(shipment: Shipment, by: Actor) -> Order:
    """A parcel arrived. Again is harmless."""
    row = _held(shipment.order)
    known = Shipment.objects.filter(merchant_id=row.merchant_id, order=row, id=shipment.id)
    if known.exclude(state="delivered").update(state="delivered", delivered_at=timezone.now()):
        _settle(row)
        ours = _about(row, by)
        record(facts.ShipmentDelivered(**ours, shipment_id=shipment.id))
        audit("order.delivered", f"order:{row.id}", by=by, merchant=row.merchant, after={"shipment": shipment.id})
    return row


def _write(row: Order, typed: TypedOrder, by: Actor) -> None:
    """Head and lines, read as outsiders' words are, and stock moved by the difference."""
    if not typed.lines or not any(line.quantity > 0 for line in typed.lines):
        raise Refused(_("There is nothing in this order."), _("Add what they bought."))
    said = reading.order(_as_news(row, typed))
    for name in ("number", "currency", "total", "subtotal", "discount", "shipping", "tax", "placed_at", "promised_by"):
        setattr(row, name, getattr(said, name))
    row.number_key = policy.number_key(said.number)
    if row.forgotten_at is None:
        row.email, row.phone, row.name, row.note = said.email, said.phone, said.name, said.note
        row.ship_to, row.bill_to = reading.kept(said.ship_to), reading.kept(said.bill_to)
    _attach(row, typed.customer, by)
    before = _pieces(row.lines.filter(merchant_id=row.merchant_id)) if row.pk else Counter[int]()
    row.save()
    variants = _variants(row, typed)
    owned = {"merchant_id": row.merchant_id, "order_id": row.id}
    known = list(OrderLine.objects.filter(**owned).order_by("position", "id"))
    lines = [_line(place, line, variants) for place, line in enumerate(zip(typed.lines, said.lines, strict=True))]
    after = put(OrderLine, owned, known, lines)
    if any(each.sent > each.quantity for each in after.rows) or any(each.sent for each in after.gone):
        raise Refused(_("Something in it has gone out already."), _("Leave the pieces that were sent."))
    _move_stock(row.merchant_id, before, _pieces(after.rows))
    _settle(row)


def _as_news(row: Order, typed: TypedOrder) -> StoreOrder:
    lines = tuple(
        StoreLine(
            x.title, x.quantity, x.price, x.quantity * x.price - x.discount, "", "", x.sku, x.discount, cost=x.cost
        )
        for x in typed.lines
    )
    subtotal = sum(x.quantity * x.price for x in typed.lines)
    discount = typed.discount + sum(x.discount for x in typed.lines)
    return StoreOrder(
        external_id=row.external_id,
        number=typed.number or row.number,
        currency=typed.currency,
        total=subtotal - discount + typed.shipping + typed.tax,
        placed_at=typed.placed_at or timezone.now(),
        lines=lines,
        email=typed.email,
        phone=typed.phone,
        name=typed.name,
        ship_to=typed.ship_to,
        bill_to=typed.bill_to,
        note=typed.note,
        subtotal=subtotal,
        discount=discount,
        shipping=typed.shipping,
        tax=typed.tax,
        promised_by=typed.promised_by,
    )


def _comes_to(line: TypedLine) -> int:
    return line.quantity * line.price - line.discount


def _line(place: int, both: tuple[TypedLine, StoreLine], variants: Mapping[int, Variant]) -> dict[str, Any]:
    typed, said = both
    variant = variants.get(typed.variant_id or 0)
    cost = said.cost if said.cost is not None or variant is None else variant.cost
    values = {name: getattr(said, name) for name in ("title", "quantity", "price", "discount", "total")}
    sku = said.sku or (variant.sku if variant else "")
    return {**values, "position": place, "variant_id": variant.id if variant else None, "sku": sku, "cost": cost}


def _variants(row: Order, typed: TypedOrder) -> dict[int, Variant]:
    wanted = {line.variant_id for line in typed.lines if line.variant_id}
    found = Variant.objects.filter(merchant_id=row.merchant_id, id__in=wanted).in_bulk()
    if wanted - found.keys():
        raise Refused(_("One of these things is not in your catalogue any more."), _("Choose it again."))
    if any(each.currency != row.currency for each in found.values()):
        raise Refused(_("The prices of these things are in different currencies."), _("Type one order for each."))
    return found


def _attach(row: Order, customer: Customer | None, by: Actor) -> None:
    if customer is not None:
        if customer.merchant_id != row.merchant_id:
            raise Refused(_("The order and the customer are not of the same shop."))
        if row.customer_id != customer.id:
            row.customer_id, row.attached_because = customer.id, f"{by.code}: typed for them"[:60]
    elif row.attached_because in policy.BY_ITSELF and row.forgotten_at is None:
        owners = whose(row.merchant_id, [(row.email, row.phone)])
        row.customer_id, row.attached_because = owners.of(row.email, row.phone)


def _pieces(lines: Iterable[OrderLine]) -> Counter[int]:
    """How many of each variant."""
    found: Counter[int] = Counter()
    for line in lines:
        if line.variant_id:
            found[line.variant_id] += line.quantity
    return found


def _move_stock(merchant_id: int, before: Counter[int], after: Counter[int]) -> None:
    """Where pieces are counted here, and no shop counts them."""
    wanted = sorted(number for number in before | after if before[number] != after[number])
    rows = Variant.objects.filter(merchant_id=merchant_id, id__in=wanted, store=None, stock__isnull=False)
    for variant in rows.select_for_update().order_by("id"):
        more = after[variant.id] - before[variant.id]
        variant.stock = (variant.stock or 0) - more
        if more > 0 and variant.stock < 0 and not variant.sells_without_stock:
            name = f"{variant.product} {variant.title}".strip()
            left = _("There are only %(left)s of “%(name)s” left.") % {"left": variant.stock + more, "name": name}
            raise Refused(left, _("Take fewer, or allow it to be sold without stock."))
        variant.save(update_fields=["stock"])


def _settle(row: Order) -> None:
    """Sums and states anew, from the rows."""
    owned = {"merchant_id": row.merchant_id}
    states = list(row.payments.filter(**owned).values_list("state", "amount"))
    row.captured = min(MOST, sum(amount for state, amount in states if state == "captured"))
    row.refunded = sum(row.refunds.filter(**owned).exclude(state="failed").values_list("amount", flat=True))
    cancelled = row.cancelled_at is not None
    row.paid = policy.stands(row.total, row.captured, row.refunded, [state for state, _amount in states], cancelled)
    pieces = [policy.Pieces(each.quantity, each.sent, each.refunded) for each in row.lines.filter(**owned)]
    row.sent = policy.sent_state(pieces, list(row.shipments.filter(**owned).values_list("state", flat=True)))
    row.save(update_fields=["captured", "refunded", "paid", "sent"])


def _next_number(merchant_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [merchant_id])
        (last,) = cursor.fetchone()
    return f"#{(last or _FIRST - 1) + 1}"


def _held(order: Order) -> Order:
    row = Order.objects.select_for_update().get(merchant_id=order.merchant_id, id=order.id)
    if row.store_id is not None:
        raise NotTyped
    return row


def _refuse_keyless() -> Order:
    raise Refused(_("This page is too old to keep an order."), _("Load it again."))


def _about(row: Order, by: Actor) -> dict[str, Any]:
    """What every fact of ours says."""
    return {"merchant_id": row.merchant_id, "by": by, "order_id": row.id, "customer_id": row.customer_id}


def _values(row: Order) -> dict[str, Any]:
    """For the audit record: nothing personal."""
    return {"number": row.number, "total": row.total, "currency": row.currency, "customer": row.customer_id}
