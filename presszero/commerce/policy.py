"""Rules about orders, and nothing else: no database, no clock, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from .models.orders import Order, Paid, Sent
from .models.shipments import Shipment

# Of Shipment.state: the parcel left the house.
ON_ITS_WAY = frozenset({"sent", "in_transit", "out_for_delivery", "exception"})
# Of Order.attached_because: what was found by proof alone, and may be found anew. Anything else somebody decided.
BY_ITSELF = frozenset({"", "email proven", "phone proven"})
_ARRIVED = ("delivered", "returned", "cancelled")  # nobody waits for such a parcel
_LEFT = ON_ITS_WAY | {"delivered", "returned"}
# How far a parcel is. A shop that knows of no scans says "sent" for ever; the carrier knows better.
_FAR = {"waiting": 0, "sent": 1, "exception": 2, "in_transit": 2, "out_for_delivery": 3, "delivered": 4}


def is_late(order: Order, shipments: Iterable[Shipment], today: date) -> bool:
    """Whether it should have been there by now: by the shop's word at checkout, else by the carrier's."""
    if order.cancelled_at or order.sent in ("delivered", "returned", "nothing"):
        return False
    if order.promised_by and order.promised_by < today:
        return True
    return any(
        each.state == "exception"
        or (each.expected_at and each.state not in _ARRIVED and timezone.localtime(each.expected_at).date() < today)
        for each in shipments
    )


def number_key(number: str) -> str:
    """What two ways to say an order's number have in common, letters and digits: "#1042", "1042" and " No. 1042 "."""
    bare = "".join(sign for sign in number.casefold() if sign.isalnum())
    for word in ("order", "no", "nr"):
        if bare.startswith(word) and bare[len(word) :].isdigit():
            return bare[len(word) :]
    return bare[:60]


def older(ours: datetime | None, theirs: datetime | None) -> bool:
    """Whether news is of before what we know. Two of one moment are not: the same again is harmless."""
    return ours is not None and theirs is not None and theirs < ours


def stands(total: int, captured: int, refunded: int, payments: Iterable[str], cancelled: bool) -> Paid:
    """How the money stands, from an order's sums in minor units and its payments' states."""
    states = set(payments)
    if refunded > 0:
        return Paid.REFUNDED if refunded >= captured else Paid.PART_REFUNDED
    if captured >= total and (captured > 0 or not cancelled):
        return Paid.PAID
    if "authorised" in states:
        return Paid.AUTHORISED
    if captured == 0 and (cancelled or states == {"voided"}):
        return Paid.VOIDED
    return Paid.PENDING


def further(known: str, said: str) -> str:
    """The state of a parcel (models.Shipment.state) of which a store says one thing, and we know another."""
    if known == "returned" and said in _FAR:
        return known
    return known if _FAR.get(known, 0) > _FAR.get(said, len(_FAR)) else said


@dataclass(frozen=True, slots=True)
class Pieces:
    """Of one order line."""

    bought: int
    sent: int
    refunded: int = 0


def pieces_sent(bought: int, said: Sequence[tuple[str, int | None]]) -> int:
    """How many pieces of a line left the house. `said`: each parcel's state, and its pieces; None: it does not say.

    A parcel that does not say what is in it holds everything.
    """
    left = [pieces for state, pieces in said if state in _LEFT]
    return bought if None in left else sum(pieces or 0 for pieces in left)


def sent_state(lines: Sequence[Pieces], parcels: Sequence[str]) -> Sent:
    """Where the things of an order are, from its lines and its parcels' states (models.Shipment.state)."""
    left = [state for state in parcels if state in _LEFT]
    if not left:
        return Sent.NOT if lines else Sent.NOTHING
    if all(state == "returned" for state in left):
        return Sent.RETURNED
    if any(line.sent < line.bought - line.refunded for line in lines):
        return Sent.PART
    return Sent.DELIVERED if all(state in ("delivered", "returned") for state in left) else Sent.SENT


def decides(email_of: int | None, email_proven: bool, phone_of: int | None) -> str:
    """Which address says whose an order is: "email", "phone", or "" while it waits for proof.

    `email_of` has its e-mail address, proven or not; `phone_of` has proven its phone number. Where the e-mail address
    is known as somebody else's, a phone number decides nothing.
    """
    if email_of is not None and email_proven:
        return "email"
    return "phone" if phone_of is not None and email_of in (None, phone_of) else ""
