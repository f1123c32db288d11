"""What was promised of an order, to a customer, in a conversation; and the one day they were told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from presszero.conversations.models import Conversation
from presszero.conversations.queries import family
from presszero.customers import queries as customers
from presszero.customers.models import Customer

from ..models import Expectation, Gap, Promise

# What we said last: in a message since, else what stands. Never two.
_TOLD = """
SELECT o.id, coalesce(
  (SELECT e.by_day FROM promises_expectation e WHERE e.merchant_id = %(merchant)s AND e.order_id = o.id
    AND e.kind = 'delivery' AND e.source = 'message' AND e.withdrawn_at IS NULL
    AND (p.id IS NULL OR e.at >= p.at) ORDER BY e.id DESC LIMIT 1),
  (p.due_at AT TIME ZONE m.timezone)::date)
FROM unnest(%(orders)s::bigint[]) AS o (id)
JOIN merchants_merchant m ON m.id = %(merchant)s
LEFT JOIN promises_promise p ON p.merchant_id = %(merchant)s AND p.order_id = o.id AND p.kind = 'delivery'
  AND p.kept_at IS NULL AND p.withdrawn_at IS NULL AND p.renegotiated_at IS NULL
"""


def of_order(merchant_id: int, order_id: int) -> list[Promise]:
    """Everything that was promised of an order, newest first."""
    return list(Promise.objects.filter(merchant_id=merchant_id, order_id=order_id).order_by("-id"))


def of_customer(customer: Customer, limit: int = 50) -> list[Promise]:
    """Everything that was promised to them, whoever they were then, newest first."""
    theirs = Promise.objects.filter(merchant_id=customer.merchant_id, customer_id__in=customers.family(customer))
    return list(theirs.select_related("order").order_by("-id")[:limit])


def open_in(conversation: Conversation) -> list[Promise]:
    """What stands open in a conversation and whatever is merged into it, due soonest first."""
    here = Promise.objects.filter(merchant_id=conversation.merchant_id, conversation_id__in=family(conversation))
    return list(_standing(here).select_related("order").order_by("due_at", "id"))


def expectations_in(conversation: Conversation) -> list[Expectation]:
    """What they said there that they need or believe, newest first."""
    here = Expectation.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id__in=family(conversation), withdrawn_at=None
    )
    return list(here.select_related("order").order_by("-id")[:50])


def gap_of(merchant_id: int, order_id: int) -> Gap | None:
    """Where the three differ for an order, if they do."""
    return Gap.objects.filter(merchant_id=merchant_id, order_id=order_id, closed_at=None).first()


def open_gaps(merchant_id: int, limit: int = 100) -> list[Gap]:
    """Where they differ now, newest first."""
    rows = Gap.objects.filter(merchant_id=merchant_id, closed_at=None)
    return list(rows.select_related("order", "customer", "promise", "expectation").order_by("-id")[:limit])


def day_told(merchant_id: int, order_id: int) -> date | None:
    """The one day that this order's buyer was told, wherever: every page and message says this one and no other."""
    return days_told(merchant_id, [order_id]).get(order_id)


def days_told(merchant_id: int, order_ids: Collection[int]) -> dict[int, date]:
    """The same for many; orders of which no day was told are left out."""
    values: dict[str, Any] = {"merchant": merchant_id, "orders": sorted(order_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, values)
        return {number: day for number, day in cursor.fetchall() if day}


def _standing(rows: QuerySet[Promise]) -> QuerySet[Promise]:
    return rows.filter(kept_at=None, withdrawn_at=None, renegotiated_at=None)
