"""Orders and what is for sale, as other programs see them.

Every sum is whole minor units of `currency`: 1840 in EUR is €18.40.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from .kinds import Out, Paging, QueryId

PaidState = Literal["pending", "authorised", "paid", "part_refunded", "refunded", "voided"]
SentState = Literal["not", "part", "sent", "delivered", "returned", "nothing"]


class OrderLineOut(Out):
    """So many of one thing. `price` is of one, before `discount`; `total` is what the buyer paid for the line."""

    id: int
    variant_id: int | None
    title: str
    sku: str
    quantity: int
    price: int
    discount: int
    total: int
    sent: int
    refunded: int


class PaymentOut(Out):
    """Money that came. `label` is what a receipt says; never a card's number."""

    id: int
    method: str
    label: str
    amount: int
    state: Literal["pending", "authorised", "captured", "failed", "voided"]
    at: datetime


class RefundOut(Out):
    """Money that went back. `shipping` is the part of it that was."""

    id: int
    amount: int
    shipping: int
    reason: str
    state: Literal["pending", "done", "failed"]
    at: datetime


class ShipmentOut(Out):
    """A parcel."""

    id: int
    carrier: str
    tracking: str
    tracking_url: str
    state: str
    sent_at: datetime | None
    expected_at: datetime | None
    delivered_at: datetime | None


class PromiseOut(Out):
    """What was said to happen by when. `due_at` of a whole day is its end where the shop is; `kind` may be `own:7`."""

    id: int
    kind: str
    due_at: datetime
    whole_day: bool
    state: Literal["open", "at_risk", "kept", "broken", "withdrawn", "renegotiated"]
    where: str
    at: datetime
    kept_at: datetime | None


class OrderOut(Out):
    """Sums are whole minor units: 1840 in EUR is €18.40. `customer_id` is null while nobody has proven its address."""

    id: int
    number: str
    kind: Literal["sale", "replacement", "exchange"]
    origin_id: int | None
    store_id: int | None
    external_id: str
    customer_id: int | None
    email: str
    phone: str
    name: str
    ship_to: dict[str, str]
    currency: str
    subtotal: int
    discount: int
    shipping: int
    tax: int
    total: int
    captured: int
    refunded: int
    paid: PaidState
    sent: SentState
    placed_at: datetime
    cancelled_at: datetime | None
    promised_by: date | None
    lines: list[OrderLineOut]
    payments: list[PaymentOut]
    refunds: list[RefundOut]
    shipments: list[ShipmentOut]
    promises: list[PromiseOut]


class OrderQuery(Paging):
    number: str = Field("", max_length=60, description="As people say it: `#1042` and `1042` are one.")
    tracking: str = Field("", max_length=120, description="Exactly this tracking number.")
    customer: QueryId | None = Field(None, description="Of this customer, by any number they were ever known by.")


class VariantOut(Out):
    """What can be put into a parcel. `stock` is null where it is not counted."""

    id: int
    sku: str
    title: str
    currency: str
    price: int
    stock: int | None
    sells_without_stock: bool


class ProductOut(Out):
    id: int
    title: str
    kind: str
    url: str
    active: bool
    store_id: int | None
    variants: list[VariantOut]


class ProductQuery(Paging):
    q: str = Field("", max_length=200, description="Part of a title.")
