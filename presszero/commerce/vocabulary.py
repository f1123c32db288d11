"""The few words every store speaks inside the product. Frozen, no Django, no platform's names.

A store's adapter turns what a platform sends into these, and these into what a platform wants. Money is minor units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Where something goes. Any part may be empty."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""  # as the store writes it: "CA", "Bayern"
    country: str = ""  # ISO 3166 alpha-2
    phone: str = ""


@dataclass(frozen=True, slots=True)
class StoreVariant:
    external_id: str
    price: int
    title: str = ""
    sku: str = ""
    cost: int | None = None
    stock: int | None = None  # None: not counted
    sells_without_stock: bool = False


@dataclass(frozen=True, slots=True)
class StoreProduct:
    external_id: str
    title: str
    currency: str
    variants: tuple[StoreVariant, ...] = ()
    kind: str = ""
    url: str = ""
    picture_url: str = ""
    active: bool = True
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoreLine:
    title: str
    quantity: int
    price: int  # of one, before discount
    total: int  # what the buyer pays for the line
    external_id: str = ""
    variant: str = ""  # the variant's external id; "" when the store does not say
    sku: str = ""
    discount: int = 0
    tax: int = 0
    refunded: int = 0  # pieces
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class StorePayment:
    amount: int
    state: str  # pending · authorised · captured · failed · voided
    at: datetime
    external_id: str = ""
    method: str = ""
    label: str = ""  # "Visa •••• 4242"; never more digits than four
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class StoreRefund:
    amount: int
    at: datetime
    external_id: str = ""
    shipping: int = 0
    reason: str = ""
    state: str = "done"  # pending · done · failed
    key: str = ""  # our remedy's key, where the store hands it back
    lines: tuple[tuple[str, int], ...] = ()  # (line's external id, pieces)


@dataclass(frozen=True, slots=True)
class StoreShipment:
    external_id: str
    state: str = "sent"  # see commerce.models.Shipment
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    tracking_url: str = ""
    lines: tuple[tuple[str, int], ...] = ()  # (line's external id, pieces)
    sent_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None
    warehouse: str = ""  # where it was packed, as the store calls it


@dataclass(frozen=True, slots=True)
class StoreReturn:
    external_id: str
    state: str = "open"  # see commerce.models.Return
    reason: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    tracking: str = ""
    at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoreDiscount:
    amount: int
    code: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """An order as it stands now, whole: what is not in it any more is gone."""

    external_id: str
    number: str  # as people say it
    currency: str
    total: int
    placed_at: datetime
    lines: tuple[StoreLine, ...] = ()
    payments: tuple[StorePayment, ...] = ()
    refunds: tuple[StoreRefund, ...] = ()
    discounts: tuple[StoreDiscount, ...] = ()
    shipments: tuple[StoreShipment, ...] = ()
    returns: tuple[StoreReturn, ...] = ()
    email: str = ""
    phone: str = ""
    name: str = ""
    account: str = ""  # the store's id of the buyer's account; "" for a guest
    ship_to: Address | None = None
    bill_to: Address | None = None
    note: str = ""
    subtotal: int = 0
    discount: int = 0
    shipping: int = 0
    tax: int = 0
    captured: int | None = None  # None: the sum of captured payments
    paid: str = ""  # commerce.models.orders.Paid; "": worked out from the sums
    sent: str = ""  # commerce.models.orders.Sent; "": worked out from the shipments
    kind: str = "sale"  # sale · replacement · exchange
    key: str = ""  # our remedy's or draft's key, where the store hands it back
    url: str = ""
    cancelled_at: datetime | None = None
    promised_from: date | None = None
    promised_by: date | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoreCart:
    external_id: str
    currency: str
    total: int
    lines: tuple[StoreLine, ...] = ()
    email: str = ""
    url: str = ""
    ended: bool = False
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Something changed and the store did not say how: fetch it."""

    what: str  # order · product
    external_id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Deleted in the store."""

    what: str  # order · product
    external_id: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The merchant took our access away in the shop."""

    reason: str = ""


News = StoreOrder | StoreProduct | StoreCart | Changed | Gone | Disconnected


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a store's history. `cursor` is "" on the last one."""

    found: tuple[StoreOrder | StoreProduct, ...]
    cursor: str = ""
    total: int | None = None  # of all pages, where the store counts
    rejected: tuple[str, ...] = ()  # a sentence for each that made no sense: "#1042: no currency"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing we want a store to do. `key` is the same for every try, and is put where the store will show it again.

    kind: refund · cancel · address · order (without payment: a replacement) · gift_card · code · return · expedite ·
    draft · edit. What a kind needs is in the fields named after it.
    """

    kind: str
    key: str
    order: str = ""  # external id
    currency: str = ""
    amount: int = 0  # refund, gift_card, code (an amount); minor units
    shipping: int = 0  # of a refund: the part of `amount` that is shipping
    percent: int | None = None  # of a code
    payment: str = ""  # external id of the payment that a refund goes back to; "": the store decides
    lines: tuple[tuple[str, int], ...] = ()  # refund, return, cancel: (line's external id, pieces)
    variants: tuple[tuple[str, int, int], ...] = ()  # order, draft: (variant's external id, pieces, price of one)
    restock: bool = False
    address: Address | None = None
    email: str = ""
    name: str = ""
    account: str = ""  # the store's id of the buyer's account
    reason: str = ""
    notify: bool = False  # the store writes to the customer itself
    expires_at: datetime | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What a store answered. `state`: accepted · refused (for good) · later (again) · unknown (evidence needed)."""

    state: str
    external_id: str = ""  # of the refund, order, card, return or draft that came of it
    code: str = ""  # of a gift card or discount
    url: str = ""  # of a pay page or a return label
    reason: str = ""  # a sentence for the agent
    retry_after: float | None = None  # seconds
    news: StoreOrder | None = None  # the order as it stands after it, where the store says
