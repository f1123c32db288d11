"""Facts about orders."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Fact):
    kind = "order.placed"
    sentence = "An order was placed"
    source: str  # store · sheet · typed · page
    order_kind: str  # sale · replacement · exchange


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Fact):
    kind = "order.changed"
    sentence = "The order changed"
    paid: str
    sent: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Fact):
    kind = "order.cancelled"
    sentence = "The order was cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderAttached(Fact):
    kind = "order.attached"
    sentence = "The order was found to be theirs"
    proven: bool  # by a handle; else a member said so


@dataclass(frozen=True, kw_only=True)
class PaymentMade(Fact):
    kind = "payment.made"
    sentence = "The order was paid"
    minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RefundMade(Fact):
    kind = "refund.made"
    sentence = "Money went back"
    minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class ShipmentSent(Fact):
    kind = "shipment.sent"
    sentence = "A parcel went out"
    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(Fact):
    kind = "shipment.delivered"
    sentence = "A parcel arrived"
    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class CartChanged(Fact):
    kind = "cart.changed"
    sentence = "Shopping now"
    cart_id: int


@dataclass(frozen=True, kw_only=True)
class DraftSent(Fact):
    kind = "draft.sent"
    sentence = "{by} sent a link to pay"
    draft_id: int


@dataclass(frozen=True, kw_only=True)
class DraftOpened(Fact):
    kind = "draft.opened"
    sentence = "The link to pay was opened"
    draft_id: int


@dataclass(frozen=True, kw_only=True)
class DraftChanged(Fact):
    kind = "draft.changed"
    sentence = "The order to be paid by link changed"
    draft_id: int
    state: str  # making · open · expired · cancelled · failed


@dataclass(frozen=True, kw_only=True)
class DraftPaid(Fact):
    kind = "draft.paid"
    sentence = "Paid by the link"
    draft_id: int


@dataclass(frozen=True, kw_only=True)
class StoreTrouble(Fact):
    kind = "store.trouble"
    sentence = "A store could not be reached"
    store_id: int
