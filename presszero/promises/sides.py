"""Expectation, promise and plan of an order, side by side as they stand in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from .actions.making import zone_of
from .comparing import Difference, Expected, Manner, Plan, Promised, compare
from .days import day_of, end_of_day
from .models import Expectation, Gap, Keeping, Where

_NEEDS = (Expectation.Source.SAID, Expectation.Source.ASKED)

# Orders about which something is open: a day that stands, a difference, or a day they said they need.
_ALL = """
SELECT order_id FROM promises_promise WHERE merchant_id = %(merchant)s AND kind = 'delivery' AND kept_at IS NULL
  AND withdrawn_at IS NULL AND renegotiated_at IS NULL AND order_id IS NOT NULL
UNION SELECT order_id FROM promises_gap WHERE merchant_id = %(merchant)s AND closed_at IS NULL AND order_id IS NOT NULL
UNION SELECT order_id FROM promises_expectation WHERE merchant_id = %(merchant)s AND source IN ('said', 'asked')
  AND withdrawn_at IS NULL AND order_id IS NOT NULL AND by_day >= %(today)s::date - 30
"""
_THESE = "SELECT unnest(%(orders)s::bigint[]) AS order_id"

_ROWS = """
SELECT o.id, o.customer_id, o.promised_by, o.sent IN ('part', 'sent'),
  o.cancelled_at IS NOT NULL OR o.forgotten_at IS NOT NULL OR o.sent IN ('delivered', 'returned', 'nothing')
    OR (o.sent = 'not' AND o.paid IN ('refunded', 'voided')),
  p.id, p.due_at, p.broken_at IS NOT NULL, p.where, p.risk_at IS NOT NULL, p.risk_because,
  e.id, e.by_day, e.source, e.firm, e.conversation_id,
  f.promised, f.on_time, f.p50, f.p80, f.p90, f.p95,
  g.id, g.kind, g.expected, g.promised, g.planned, g.chance
FROM ({asked}) asked
JOIN commerce_order o ON o.merchant_id = %(merchant)s AND o.id = asked.order_id
{stands}
LEFT JOIN LATERAL (
  SELECT id, by_day, source, firm, conversation_id FROM promises_expectation
  WHERE merchant_id = %(merchant)s AND order_id = o.id AND kind = 'delivery' AND withdrawn_at IS NULL
  ORDER BY source = 'checkout', id DESC LIMIT 1  -- what was shown never hides what they said or were told
) e ON true
"""
_STANDS = """
LEFT JOIN promises_promise p ON p.merchant_id = %(merchant)s AND p.order_id = o.id AND p.kind = 'delivery'
  AND p.kept_at IS NULL AND p.withdrawn_at IS NULL AND p.renegotiated_at IS NULL
LEFT JOIN fulfilment_forecast f ON f.merchant_id = %(merchant)s AND f.order_id = o.id AND f.newest
LEFT JOIN promises_gap g ON g.merchant_id = %(merchant)s AND g.order_id = o.id AND g.closed_at IS NULL
"""
# All but those where there is surely nothing to act on: a day that stands and is not today's, a forecast in time, and
# nobody who said that they need it.
_DOUBTFUL = """
SELECT asked.order_id FROM ({asked}) asked
JOIN commerce_order o ON o.merchant_id = %(merchant)s AND o.id = asked.order_id
{stands}
WHERE g.id IS NOT NULL OR p.risk_at IS NOT NULL
  OR o.id IN (SELECT order_id FROM promises_expectation WHERE merchant_id = %(merchant)s
    AND source IN ('said', 'asked') AND withdrawn_at IS NULL AND order_id IS NOT NULL)
  OR NOT coalesce(p.broken_at IS NULL AND p.due_at > %(tonight)s
    AND (o.promised_by IS NULL OR o.promised_by <= (p.due_at AT TIME ZONE %(zone)s)::date)
    AND (f.id IS NULL OR CASE WHEN f.promised = (p.due_at AT TIME ZONE %(zone)s)::date AND f.on_time IS NOT NULL
      THEN f.on_time >= %(sure)s ELSE f.p95 <= (p.due_at AT TIME ZONE %(zone)s)::date END), false)
"""


@dataclass(frozen=True, slots=True)
class Sides:
    """One order. `at_risk`: why its promise is marked as doubtful, None where it is not."""

    order: int
    customer: int | None
    over: bool  # nothing of it is still to come
    promise: Promised | None
    promise_id: int | None
    at_risk: str | None  # because of what; None: it is not
    expectation: Expected | None
    expectation_id: int | None
    conversation: int | None
    plan: Plan
    gap_id: int | None
    was: Difference | None


@dataclass(frozen=True, slots=True)
class Merchants:
    """What is the same for all orders of a merchant at one moment."""

    id: int
    zone: ZoneInfo
    today: date
    manner: Manner


def merchants(merchant_id: int, now: datetime) -> Merchants:
    """Where and when their days are, and how careful they are."""
    zone = zone_of(merchant_id)
    found = Keeping.objects.filter(merchant_id=merchant_id).values_list("sure", "keep").first()
    return Merchants(merchant_id, zone, day_of(now, zone), Manner(*found) if found else Manner())


def doubtful(of: Merchants, order_ids: Collection[int] | None) -> Iterator[Sides]:
    """Those that may differ or differ already, of these orders, or of all about which something is open (None)."""
    asked = _ALL if order_ids is None else _THESE
    return _read(of, _DOUBTFUL.format(asked=asked, stands=_STANDS), order_ids or ())


def whatever(of: Merchants, order_ids: Collection[int]) -> Iterator[Sides]:
    """All of these orders."""
    return _read(of, _THESE, order_ids)


def difference(row: Sides, of: Merchants) -> Difference | None:
    """What to act on; nothing where nothing of the order is still to come."""
    return None if row.over else compare(row.expectation, row.promise, row.plan, of.today, of.manner)


def risk_of(row: Sides, found: Difference | None) -> str:
    """Why the promise is at risk now; "" for not. What a person marked, a person takes back."""
    if row.promise is None or row.promise.broken:
        return row.at_risk or ""
    if row.at_risk in ("person", "unheard"):
        return row.at_risk
    if found is None or found.kind != Gap.Kind.LATE:
        return ""
    return "forecast" if row.plan.quantiles else "clock"


def _read(of: Merchants, asked: str, order_ids: Collection[int]) -> Iterator[Sides]:
    values: dict[str, Any] = {"merchant": of.id, "today": of.today, "zone": of.zone.key, "sure": of.manner.sure}
    values |= {"tonight": end_of_day(of.today, of.zone), "orders": sorted(order_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(asked=asked, stands=_STANDS), values)
        found = cursor.fetchall()
    return (_sides(each, of.zone) for each in found)


def _sides(values: tuple[Any, ...], zone: ZoneInfo) -> Sides:
    order, customer, shop, sent, over = values[:5]
    promise_id, due, broken, where, risky, because = values[5:11]
    expectation_id, by_day, source, firm, conversation = values[11:16]
    measured_for, on_time, *days = values[16:22]
    gap_id, kind, *gap = values[22:]
    shares = zip((0.5, 0.8, 0.9, 0.95), days, strict=True)
    return Sides(
        order=order,
        customer=customer,
        over=over,
        promise=Promised(day_of(due, zone), broken, where == Where.CHECKOUT) if promise_id else None,
        promise_id=promise_id,
        at_risk=(because or "forecast") if promise_id and risky else None,
        expectation=Expected(by_day, source in _NEEDS, firm) if expectation_id else None,
        expectation_id=expectation_id,
        conversation=conversation,
        plan=Plan(
            quantiles=tuple(shares) if days[0] else (),
            shop=shop,
            sent=sent,
            measured=(measured_for, on_time) if measured_for and on_time is not None else None,
        ),
        gap_id=gap_id,
        was=Difference(kind, *gap) if gap_id else None,
    )
