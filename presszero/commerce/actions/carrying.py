"""A carrier saw a parcel: where it is now, and what that makes of its order. The store's own word may come later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from presszero.core.actor import Actor
from presszero.core.text import one_line
from presszero.timeline.actions import record
from presszero.timeline.facts import Fact

from .. import facts, policy
from ..models import Order, OrderLine, Shipment
from ..vocabulary import StoreOrder, StoreShipment


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a parcel is, as its carrier says. `state` as Shipment.state; "" leaves it."""

    state: str = ""
    delivered_at: datetime | None = None
    expected_at: datetime | None = None  # None leaves it
    carrier: str = ""  # filled in where the store said nothing
    service: str = ""


@transaction.atomic
def carry(shipment: Shipment, said: Carried, by: Actor) -> Shipment:
    """Keeps it; the order follows, and what is new is told. The same again is harmless."""
    order = Order.objects.select_for_update().get(merchant_id=shipment.merchant_id, id=shipment.order_id)
    row = Shipment.objects.get(merchant_id=order.merchant_id, id=shipment.id)
    was = row.state
    if _changed(row, said):
        row.updated_at = timezone.now()
        row.save()
        record(*_told(order, row, was, _follow(order), by))
    return row


def as_far(news: StoreOrder, known: list[Shipment]) -> StoreOrder:
    """The store's news, but no parcel further back than its carrier has seen it."""
    ours = {row.external_id: row for row in known if row.external_id}
    shipments = tuple(_further(each, ours.get(each.external_id)) for each in news.shipments)
    return news if shipments == news.shipments else replace(news, shipments=shipments)


def _further(said: StoreShipment, known: Shipment | None) -> StoreShipment:
    if known is None or known.tracking != said.tracking:
        return said
    state = policy.further(known.state, said.state)
    return replace(
        said,
        state=state,
        carrier=said.carrier or known.carrier,
        service=said.service or known.service,
        warehouse=said.warehouse or known.warehouse,
        sent_at=said.sent_at or known.sent_at,
        expected_at=said.expected_at or known.expected_at,
        delivered_at=(said.delivered_at or known.delivered_at) if state == "delivered" else said.delivered_at,
    )


def _changed(row: Shipment, said: Carried) -> bool:
    wanted: dict[str, Any] = {
        "carrier": row.carrier or one_line(said.carrier, 80),
        "service": row.service or one_line(said.service, 80),
        "expected_at": said.expected_at or row.expected_at,
    }
    if said.state:
        wanted["state"] = said.state
        wanted["delivered_at"] = said.delivered_at if said.state == "delivered" else None
        if said.state in policy.ON_ITS_WAY | {"delivered"} and row.sent_at is None:
            wanted["sent_at"] = said.delivered_at or timezone.now()
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _follow(order: Order) -> bool:
    """What left the house, and where the whole order is; whether that changed."""
    owned = {"merchant_id": order.merchant_id, "order_id": order.id}
    parcels = list(Shipment.objects.filter(**owned).values_list("state", "lines"))
    pieces = []
    for line in OrderLine.objects.filter(**owned):
        said = [(state, None if not lines else _held(lines, line.id)) for state, lines in parcels]
        sent = policy.pieces_sent(line.quantity, said)
        if sent != line.sent:
            OrderLine.objects.filter(merchant_id=order.merchant_id, id=line.id).update(sent=sent)
        pieces.append(policy.Pieces(line.quantity, sent, line.refunded))
    before, order.sent = order.sent, policy.sent_state(pieces, [state for state, _lines in parcels])
    if before != order.sent:
        order.save(update_fields=["sent"])
    return before != order.sent


def _held(lines: list[dict[str, int]], line_id: int) -> int:
    return sum(each.get("quantity", 0) for each in lines if each.get("line") == line_id)


def _told(order: Order, row: Shipment, was: str, moved: bool, by: Actor) -> list[Fact]:
    ours: dict[str, Any] = {
        "merchant_id": order.merchant_id, "by": by, "order_id": order.id, "customer_id": order.customer_id,
    }  # fmt: skip
    told: list[Fact] = [facts.OrderChanged(**ours, paid=order.paid, sent=order.sent)] if moved else []
    if row.state in policy.ON_ITS_WAY and was not in policy.ON_ITS_WAY | {"delivered"}:
        told.append(facts.ShipmentSent(**ours, shipment_id=row.id))
    if row.state == "delivered" and was != "delivered":
        told.append(facts.ShipmentDelivered(**ours, shipment_id=row.id))
    return told
