"""Whose an order is: by an address they have proven, or because a member says so.

A claimed or merely seen address attaches nothing. An order keeps the id of whom the address was born to, so a merge
brings it along and taking the merge back leaves it where it belongs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.models import Customer
from presszero.timeline.actions import record, record_all

from ..facts import OrderAttached, OrderChanged
from ..models import Order
from ..policy import BY_ITSELF, decides
from .around import whose

# Orders without a customer that name an address which the family has proven; who has the e-mail address is looked at
# again, since a phone number decides nothing where that is somebody else's.
_WAITING = """
WITH family AS (
  SELECT c.id FROM customers_customer c
  WHERE c.merchant_id = %(merchant)s AND (c.id = %(root)s OR c.root_id = %(root)s)
), proven AS (
  SELECT h.kind, h.address, h.customer_id FROM customers_handle h JOIN family f ON f.id = h.customer_id
  WHERE h.merchant_id = %(merchant)s AND h.proof = 'verified' AND h.kind IN ('email', 'phone')
), waiting AS (
  SELECT o.id, o.email, p.kind, p.customer_id FROM proven p JOIN commerce_order o
    ON o.merchant_id = %(merchant)s AND o.customer_id IS NULL AND p.kind = 'email' AND o.email = p.address
  UNION ALL
  SELECT o.id, o.email, p.kind, p.customer_id FROM proven p JOIN commerce_order o
    ON o.merchant_id = %(merchant)s AND o.customer_id IS NULL AND p.kind = 'phone' AND o.phone = p.address
)
SELECT w.id, w.kind, w.customer_id, coalesce(c.root_id, c.id), h.proof = 'verified'
FROM waiting w
LEFT JOIN customers_handle h ON w.email <> '' AND h.merchant_id = %(merchant)s AND h.kind = 'email'
  AND h.address = w.email AND h.proof <> 'refuted'
LEFT JOIN customers_customer c ON c.merchant_id = h.merchant_id AND c.id = h.customer_id
ORDER BY w.id, w.kind
"""

_POSSIBLE = """
SELECT DISTINCT said.merchant, said.customer
FROM unnest(%s::bigint[], %s::bigint[]) AS said(merchant, customer)
JOIN customers_customer c ON c.merchant_id = said.merchant AND c.id = said.customer
CROSS JOIN LATERAL (
  SELECT coalesce(c.root_id, c.id) AS id
  UNION ALL
  SELECT m.id FROM customers_customer m WHERE m.merchant_id = said.merchant AND m.root_id = coalesce(c.root_id, c.id)
) f
JOIN customers_handle h ON h.merchant_id = said.merchant AND h.customer_id = f.id AND h.proof = 'verified'
WHERE h.kind = 'email' AND EXISTS (SELECT FROM commerce_order o
    WHERE o.merchant_id = said.merchant AND o.customer_id IS NULL AND o.email = h.address)
  OR h.kind = 'phone' AND EXISTS (SELECT FROM commerce_order o
    WHERE o.merchant_id = said.merchant AND o.customer_id IS NULL AND o.phone = h.address)
"""

# What they are putting together just now, under an address they have proven.
_CARTS = """
UPDATE commerce_cart cart SET customer_id = h.customer_id
FROM customers_handle h JOIN customers_customer c ON c.merchant_id = h.merchant_id AND c.id = h.customer_id
WHERE cart.merchant_id = %(merchant)s AND cart.customer_id IS NULL AND cart.ended_at IS NULL AND cart.email <> ''
  AND h.merchant_id = %(merchant)s AND h.kind = 'email' AND h.address = cart.email AND h.proof = 'verified'
  AND (c.id = %(root)s OR c.root_id = %(root)s)
"""


@transaction.atomic
def attach_proven(merchant_id: int, customer_id: int, at: datetime | None = None) -> int:
    """Gives this customer, and who they are merged with, the orders under addresses they have proven; how many.

    What a member took from somebody stays taken.
    """
    person = Customer.objects.filter(merchant_id=merchant_id, id=customer_id).first()
    if person is None:
        return 0
    known = {"merchant": merchant_id, "root": person.now_id}
    with connection.cursor() as cursor:
        cursor.execute(_CARTS, known)
        cursor.execute(_WAITING, known)
        found = cursor.fetchall()
    wanted: dict[int, tuple[int, str]] = {}
    for order_id, kind, born_to, email_of, proven in found:
        if decides(email_of, bool(proven), person.now_id if kind == "phone" else None) == kind:
            wanted.setdefault(order_id, (born_to, f"{kind} proven"))
    rows = Order.objects.filter(merchant_id=merchant_id, id__in=wanted, customer=None, forgotten_at=None)
    waiting = list(rows.filter(attached_because__in=BY_ITSELF).select_for_update().order_by("id"))
    for row in waiting:
        row.customer_id, row.attached_because = wanted[row.id]
        row.save(update_fields=["customer_id", "attached_because"])
    record_all(
        OrderAttached(
            merchant_id=merchant_id, by=SYSTEM, at=at, order_id=row.id, customer_id=row.customer_id, proven=True
        )
        for row in waiting
    )
    return len(waiting)


def waited_for(known: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of these (merchant, customer), those for whom an order waits under an address that they have proven."""
    if not known:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_POSSIBLE, [list(each) for each in zip(*sorted(known), strict=True)])
        return [(merchant_id, customer_id) for merchant_id, customer_id in cursor.fetchall()]


@transaction.atomic
def settle(merchant_id: int, order_id: int) -> bool:
    """Looks again whose an order is that waits; whether it found somebody. For proof that came at the same moment."""
    row = Order.objects.select_for_update().filter(merchant_id=merchant_id, id=order_id, customer=None).first()
    if row is None or row.forgotten_at or row.attached_because not in BY_ITSELF:
        return False
    row.customer_id, row.attached_because = whose(merchant_id, [(row.email, row.phone)]).of(row.email, row.phone)
    if row.customer_id is None:
        return False
    row.save(update_fields=["customer_id", "attached_because"])
    record(OrderAttached(merchant_id=merchant_id, by=SYSTEM, order_id=row.id, customer_id=row.customer_id, proven=True))
    return True


@transaction.atomic
def attach(order: Order, customer: Customer, by: Actor, reason: str) -> Order:
    """A member says that the order is this customer's, and why. Raises Refused without a reason or for a stranger."""
    if order.merchant_id != customer.merchant_id:
        raise Refused(_("The order and the customer are not of the same shop."))
    row = _held(order)
    was = row.customer_id
    row.customer_id, row.attached_because = customer.id, f"{by.code}: {_reason(reason)}"[:60]
    row.save(update_fields=["customer_id", "attached_because"])
    _write_down(row, was, by, reason)
    record(
        OrderAttached(merchant_id=row.merchant_id, by=by, order_id=row.id, customer_id=row.customer_id, proven=False)
    )
    return row


@transaction.atomic
def detach(order: Order, by: Actor, reason: str) -> Order:
    """A member says that the order is not theirs: it waits again, and no proof attaches it by itself any more."""
    row = _held(order)
    was = row.customer_id
    row.customer_id, row.attached_because = None, f"not {by.code}: {_reason(reason)}"[:60]
    row.save(update_fields=["customer_id", "attached_because"])
    _write_down(row, was, by, reason)
    record(
        OrderChanged(merchant_id=row.merchant_id, by=by, order_id=row.id, customer_id=was, paid=row.paid, sent=row.sent)
    )
    return row


def _held(order: Order) -> Order:
    return Order.objects.select_for_update().get(merchant_id=order.merchant_id, id=order.id)


def _reason(reason: str) -> str:
    found = one_line(reason, 300)
    if not found:
        raise Refused(_("Say why."), _("A few words are enough; whoever looks later will want to know."))
    return found


def _write_down(row: Order, was: int | None, by: Actor, reason: str) -> None:
    audit(
        "order.attached" if row.customer_id else "order.detached",
        f"order:{row.id}",
        by=by,
        merchant=row.merchant,
        before={"customer": was},
        after={"customer": row.customer_id},
        why=reason,
    )
