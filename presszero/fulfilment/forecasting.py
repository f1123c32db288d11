"""Forecasts of orders, written down: anew when something happened, and every night; scored once they have arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from presszero.commerce.models import Order
from presszero.core.actor import SYSTEM
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record_all

from .facts import ForecastChanged
from .foretelling import Foretold, days_for, foretell
from .gathering import still_open, today_of
from .lessons import newest
from .models import Forecast

BATCH = 5_000  # orders a transaction
MATERIAL = 0.05  # by how much a probability differs that is worth telling
_LOCKS = 0xF0CA  # of one merchant's forecasts, two workers write one after the other

_NEWEST = """
SELECT id, order_id, stage, promised, on_time, p50, p80, p90, p95, parcels FROM fulfilment_forecast
WHERE merchant_id = %s AND newest AND order_id = ANY(%s) AND arrived IS NULL
"""
_RETIRE = "UPDATE fulfilment_forecast SET newest = false WHERE merchant_id = %s AND id = ANY(%s)"
_WRITE = """
INSERT INTO fulfilment_forecast
  (merchant_id, order_id, at, stage, promised, on_time, p50, p80, p90, p95, parcels, "group", newest)
SELECT %(merchant)s, x.order_id, %(at)s, x.stage, x.promised, x.on_time, x.p50, x.p80, x.p90, x.p95, x.parcels,
  x."group", true
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x (order_id bigint, stage text, promised date, on_time float8, p50 date,
  p80 date, p90 date, p95 date, parcels int, "group" text)
RETURNING id, order_id
"""
# The order is there when the last of its parcels is.
_SCORE = """
UPDATE fulfilment_forecast f SET arrived = came.day, scored_at = %(at)s FROM (
  SELECT o.id, max((s.delivered_at AT TIME ZONE %(zone)s)::date) AS day FROM commerce_order o
  JOIN commerce_shipment s ON s.merchant_id = o.merchant_id AND s.order_id = o.id
  WHERE o.merchant_id = %(merchant)s AND o.sent = 'delivered' AND (%(all)s OR o.id = ANY(%(orders)s))
    AND EXISTS (SELECT 1 FROM fulfilment_forecast x
      WHERE x.merchant_id = o.merchant_id AND x.order_id = o.id AND x.arrived IS NULL)
  GROUP BY o.id
) came
WHERE f.merchant_id = %(merchant)s AND f.order_id = came.id AND f.arrived IS NULL AND came.day IS NOT NULL
"""


def forecast(order: Order, at: datetime) -> Forecast | None:
    """When an order will be there, thought over now; None when that is not known, or it is there."""
    forecast_many(order.merchant, [order.id], at)
    rows = Forecast.objects.filter(merchant_id=order.merchant_id, order=order, newest=True, arrived=None)
    return rows.first()


def forecast_many(merchant: Merchant, order_ids: Sequence[int] | None, at: datetime) -> int:
    """Thinks over these orders, or all that are open; how many forecasts changed so much that they were written."""
    score(merchant, order_ids, at)
    lessons, usual = newest(merchant.id)
    found = foretell(still_open(merchant, order_ids, at), lessons, usual, today_of(merchant, at))
    ids = sorted({*found, *(order_ids if order_ids is not None else _foretold(merchant.id))})
    starts = range(0, len(ids), BATCH)
    return sum(_write(merchant.id, ids[n : n + BATCH], found, at) for n in starts)


def day_for(order: Order, keep: float, at: datetime) -> date | None:
    """The day that we would promise now: the first one by which it is there with the probability `keep`.

    None where too few parcels were seen to say: then the carrier's day and the shop's are all that is known.
    """
    lessons, usual = newest(order.merchant_id)
    items = still_open(order.merchant, [order.id], at)
    return days_for(items, lessons, usual, today_of(order.merchant, at), keep) if items else None


def score(merchant: Merchant, order_ids: Sequence[int] | None, at: datetime) -> int:
    """Writes beside every forecast of what has arrived when that was; how many."""
    asked: dict[str, Any] = {"merchant": merchant.id, "zone": merchant.timezone, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_SCORE, {**asked, "all": order_ids is None, "orders": list(order_ids or ())})
        return int(cursor.rowcount)


def _foretold(merchant_id: int) -> Iterable[int]:
    rows = Forecast.objects.filter(merchant_id=merchant_id, newest=True, arrived=None)
    return rows.values_list("order_id", flat=True)


@transaction.atomic
def _write(merchant_id: int, ids: list[int], found: dict[int, Foretold], at: datetime) -> int:
    """Of these orders: what changed is written, and what is not known any more is no forecast any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, merchant_id % 2**31])
        cursor.execute(_NEWEST, [merchant_id, ids])
        known = {row[1]: row for row in cursor.fetchall()}
        new = [found[id] for id in ids if id in found and _is_news(known.get(id), found[id])]
        old = [row[0] for id, row in known.items() if id not in found]
        old += [known[each.order_id][0] for each in new if each.order_id in known]
        cursor.execute(_RETIRE, [merchant_id, old])
        cursor.execute(_WRITE, {"merchant": merchant_id, "at": at, "rows": json.dumps([_row(each) for each in new])})
        written = {order_id: id for id, order_id in cursor.fetchall()}
    record_all(_told(merchant_id, each, written[each.order_id]) for each in new)
    return len(new)


def _is_news(known: tuple[Any, ...] | None, now: Foretold) -> bool:
    if known is None:
        return True
    _id, _order, stage, promised, on_time, p50, p80, p90, p95, parcels = known
    if (stage, promised, p50, p80, bool(parcels)) != (now.stage, now.promised, now.p50, now.p80, bool(now.parcels)):
        return True
    if abs((p90 - now.p90).days) > 1 or abs((p95 - now.p95).days) > 1 or (on_time is None) != (now.on_time is None):
        return True
    return on_time is not None and now.on_time is not None and abs(on_time - now.on_time) >= MATERIAL


def _row(each: Foretold) -> dict[str, Any]:
    days = {name: getattr(each, name).isoformat() for name in ("p50", "p80", "p90", "p95")}
    promised = each.promised.isoformat() if each.promised else None
    named = {name: getattr(each, name) for name in ("order_id", "stage", "on_time", "parcels", "group")}
    return {**named, **days, "promised": promised}


def _told(merchant_id: int, each: Foretold, id: int) -> ForecastChanged:
    on_time = None if each.on_time is None else round(each.on_time * 100)
    return ForecastChanged(
        merchant_id=merchant_id,
        by=SYSTEM,
        order_id=each.order_id,
        customer_id=each.customer_id,
        forecast_id=id,
        on_time=on_time,
    )
