"""One order, made the same as the whole that a store sent; what that changed is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from presszero.core.actor import Actor
from presszero.timeline.facts import Fact

from .. import facts, policy, values
from ..forgotten import forgotten_at, nameless
from ..models import Discount, Order, OrderLine, Payment, Refund, Return, Shipment
from ..vocabulary import StoreOrder, StoreRefund
from .adopting import adopt
from .around import Around
from .carrying import as_far
from .parts import Put, Values, put


@dataclass
class Written:
    """The order as it is now, and the facts of what is new about it; none when nothing is."""

    order: Order
    told: list[Fact]


@dataclass
class _Parts:
    lines: Put[OrderLine]
    payments: Put[Payment]
    refunds: Put[Refund]
    shipments: Put[Shipment]
    discounts: Put[Discount]
    returns: Put[Return]

    @property
    def changed(self) -> bool:
        every = (self.lines, self.payments, self.refunds, self.shipments, self.discounts, self.returns)
        return any(each.changed for each in every)


def write(around: Around, news: StoreOrder, source: str, by: Actor) -> Written:
    """`news` has been read, `around` looked up; the caller holds the order's lock. Older news changes nothing."""
    row = around.rows.get(news.external_id)
    if row and policy.older(row.store_updated_at, news.updated_at):
        return Written(row, [])
    before = _glance(row) if row else None
    stamp = row.store_updated_at if row else None
    row = row or Order(merchant_id=around.merchant_id, store=around.store, external_id=news.external_id, source=source)
    if before is None:
        row.forgotten_at = forgotten_at(news, around.erased)
    if row.forgotten_at:
        news = nameless(news)
    news = as_far(news, around.parts.get(Shipment, {}).get(row.id, []) if before else [])
    _set(row, values.head(news) | values.buyer(news))
    _attach(row, around)
    if before is None:
        row.save()
    lines = values.lines(news, around.variants)
    parts = _parts(row, news, around, lines)
    refunded = sum(each.amount for each in parts.refunds.rows if each.state != "failed")
    _set(row, values.sums(news, lines, refunded))
    if before is None or before != _glance(row) or stamp != row.store_updated_at:
        row.save()
    around.rows[news.external_id] = row
    return Written(row, _told(row, before, parts, by))


def _set(row: Order, given: Values) -> None:
    for name, value in given.items():
        setattr(row, name, value)


def _attach(row: Order, around: Around) -> None:
    """To whoever has proven its address. What a member decided stands; what a shop blanks out takes it from nobody."""
    if row.attached_because not in policy.BY_ITSELF or row.forgotten_at:
        return
    if row.customer_id is None or row.email or row.phone:
        row.customer_id, row.attached_because = around.owners.of(row.email, row.phone)


def _parts(row: Order, news: StoreOrder, around: Around, wanted: Sequence[Values]) -> _Parts:
    owned = {"merchant_id": row.merchant_id, "order_id": row.id}
    known = {model: rows.get(row.id, []) for model, rows in around.parts.items()}
    lines = put(OrderLine, owned, known[OrderLine], wanted)
    line_ids = {line.external_id: line.id for line in lines.rows if line.external_id}
    shipments = [values.shipment(each, line_ids) for each in news.shipments]
    returns = [values.returned(each, news, line_ids) for each in news.returns]
    of_the_store = [each for each in known[Return] if each.external_id]  # ours have no id of the store's yet
    return _Parts(
        lines,
        put(Payment, owned, known[Payment], [values.payment(each, row.currency) for each in news.payments]),
        _refunds(row, owned, known[Refund], news.refunds),
        put(Shipment, owned, known[Shipment], shipments),
        put(Discount, owned, known[Discount], values.discounts(news)),
        put(Return, owned, of_the_store, returns),
    )


def _refunds(row: Order, owned: Values, known: Sequence[Refund], said: Sequence[StoreRefund]) -> Put[Refund]:
    """Those asked for here stay, though the store's list does not hold them yet."""
    adopted, left = adopt(row, known, said)
    named = {each.external_id for each in adopted}
    ours = [each for each in left if each.key and each.external_id not in named]
    wanted = [values.refund(each, row.currency) for each in adopted]
    found = put(Refund, owned, [each for each in left if each not in ours], wanted)
    found.rows += ours
    return found


def _glance(row: Order) -> dict[str, Any]:
    """What makes an order changed when it differs. When the store wrote it last is no news."""
    skip = {"store_updated_at", "attached_because", "id"}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in skip}


def _told(row: Order, before: dict[str, Any] | None, parts: _Parts, by: Actor) -> list[Fact]:
    """The facts. Money and parcels are told of an order that was known, and with the first word of a new one."""
    ours: dict[str, Any] = {
        "merchant_id": row.merchant_id, "by": by, "order_id": row.id, "customer_id": row.customer_id,
    }  # fmt: skip
    told: list[Fact] = []
    if before is None:
        told.append(facts.OrderPlaced(**ours, source=row.source, order_kind=row.kind))
    elif before != _glance(row) or parts.changed:
        told.append(facts.OrderChanged(**ours, paid=row.paid, sent=row.sent))
    if row.cancelled_at and not (before and before["cancelled_at"]):
        told.append(facts.OrderCancelled(**ours))
    if before and row.customer_id and before["customer_id"] is None:
        told.append(facts.OrderAttached(**ours, proven=True))
    for pay in parts.payments.rows:
        if pay.state == "captured" and parts.payments.was(pay, "state") != "captured":
            told.append(facts.PaymentMade(**ours, minor=pay.amount, currency=pay.currency))
    for back in parts.refunds.rows:
        if back.state == "done" and parts.refunds.was(back, "state") != "done":
            told.append(facts.RefundMade(**ours, minor=back.amount, currency=back.currency))
    return [*told, *_parcels(parts.shipments, ours)]


def _parcels(shipments: Put[Shipment], ours: dict[str, Any]) -> list[Fact]:
    told: list[Fact] = []
    for parcel in shipments.rows:
        was = shipments.was(parcel, "state")
        if parcel.state in policy.ON_ITS_WAY and was not in policy.ON_ITS_WAY:
            told.append(facts.ShipmentSent(**ours, shipment_id=parcel.id))
        if parcel.state == "delivered" and was != "delivered":
            told.append(facts.ShipmentDelivered(**ours, shipment_id=parcel.id))
    return told
