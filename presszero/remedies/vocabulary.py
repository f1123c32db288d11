"""What can be given. Frozen, no Django models.

A kind of remedy is one of `Kind`, or "own:<id>" for one that the merchant defined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from presszero.commerce.vocabulary import Address
from presszero.core.money import Money


class Kind(StrEnum):
    REFUND = "refund"
    REPLACE = "replace"
    CREDIT = "credit"  # store credit
    GIFT_CARD = "gift_card"
    CODE = "code"  # a discount code
    CANCEL = "cancel"
    ADDRESS = "address"
    EXPEDITE = "expedite"
    RETURN = "return"  # a label, and the things come back
    EXCHANGE = "exchange"
    PRICE_MATCH = "price_match"
    GOODWILL = "goodwill"


GIVES_MONEY = frozenset({Kind.REFUND, Kind.PRICE_MATCH, Kind.GOODWILL})  # back to what was paid with
COSTS_NOTHING = frozenset({Kind.ADDRESS, Kind.CANCEL, Kind.RETURN})  # of the merchant's own purse


@dataclass(frozen=True, slots=True)
class Asked:
    """One remedy, as somebody wants to give it. Ids are of our own rows; what a kind needs is in the fields it uses.

    `amount` of a refund is everything that goes back, its shipping included; None: worked out from `lines`.
    """

    kind: str
    merchant_id: int
    customer_id: int
    conversation_id: int | None = None
    order_id: int | None = None
    amount: Money | None = None
    shipping: int = 0  # minor units, the part of `amount` that is shipping
    lines: tuple[tuple[int, int], ...] = ()  # (OrderLine id, pieces)
    variants: tuple[tuple[int, int], ...] = ()  # (Variant id, pieces) of an exchange or a replacement by another thing
    percent: int | None = None
    address: Address | None = None
    restock: bool = False
    days: int | None = None  # a credit, card or code is good for so many days
    values: dict[str, str] = field(default_factory=dict)  # the fields of an own remedy
