"""Parcels as the library of predictions wants them: how past ones went, and what open orders still wait for.

Days are calendar days on the merchant's clock. The one place that knows both the tables and the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from presszero.merchants.models import Merchant

from . import prediction
from .vocabulary import Stage

HISTORY = timedelta(days=400)
MOST = 40_000  # parcels that are learned from, the newest: older ones count for less and less
LONGEST = timedelta(days=120)  # an order that is open for longer is forgotten, and nothing is foretold of it
SENT = "sent"  # the stage of a parcel that left the house and was not scanned yet; "" before that
WAITING = ""

_DAY = "({} AT TIME ZONE %(zone)s)::date"
_GROUPS = "s.carrier, s.service, coalesce(o.ship_to ->> 'country', ''), s.warehouse"

# A parcel's way: from the order, with each day on which its stage changed.
_PAST = f"""
SELECT s.id, {_DAY.format("o.placed_at")}, {_DAY.format("s.sent_at")},
  CASE WHEN s.state = 'delivered' THEN {_DAY.format("s.delivered_at")} END, {_GROUPS}, o.promised_by,
  (SELECT array_agg(c.stage ORDER BY c.at, c.id) FROM fulfilment_scan c
   WHERE c.merchant_id = s.merchant_id AND c.shipment_id = s.id AND c.stage = ANY(%(stages)s)
     AND (s.delivered_at IS NULL OR c.at < s.delivered_at)),
  (SELECT array_agg({_DAY.format("c.at")} ORDER BY c.at, c.id) FROM fulfilment_scan c
   WHERE c.merchant_id = s.merchant_id AND c.shipment_id = s.id AND c.stage = ANY(%(stages)s)
     AND (s.delivered_at IS NULL OR c.at < s.delivered_at))
FROM commerce_order o JOIN commerce_shipment s ON s.merchant_id = o.merchant_id AND s.order_id = o.id
WHERE o.merchant_id = %(merchant)s AND o.placed_at >= %(since)s AND o.cancelled_at IS NULL AND s.sent_at IS NOT NULL
  AND s.state NOT IN ('waiting', 'cancelled', 'returned')
ORDER BY o.placed_at DESC LIMIT {MOST}
"""  # noqa: S608 - our own words, here and below

# What is still to come of an order: each parcel under way, and what has not been sent yet.
_OPEN = f"""
WITH open AS (
  SELECT o.* FROM commerce_order o
  WHERE o.merchant_id = %(merchant)s AND (%(all)s OR o.id = ANY(%(orders)s))
    AND o.cancelled_at IS NULL AND o.sent IN ('not', 'part', 'sent') AND o.placed_at >= %(since)s
), parcels AS (
  SELECT s.*, seen.stage, seen.at AS seen_at FROM open o
  JOIN commerce_shipment s ON s.merchant_id = o.merchant_id AND s.order_id = o.id
  LEFT JOIN LATERAL (
    SELECT c.stage, c.at FROM fulfilment_scan c
    WHERE c.merchant_id = s.merchant_id AND c.shipment_id = s.id AND c.stage <> 'announced'
    ORDER BY c.at DESC, c.id DESC LIMIT 1
  ) seen ON true
  WHERE s.state IN ('sent', 'in_transit', 'out_for_delivery', 'exception')
)
SELECT o.id, o.customer_id, o.promised_by, NULL::date, '{WAITING}', {_DAY.format("o.placed_at")}, '', '',
  coalesce(o.ship_to ->> 'country', ''), '', NULL::date
FROM open o WHERE o.sent IN ('not', 'part')
UNION ALL
SELECT o.id, o.customer_id, o.promised_by, {_DAY.format("s.expected_at")}, coalesce(s.stage, '{SENT}'),
  {_DAY.format("coalesce(s.seen_at, s.sent_at, o.placed_at)")}, {_GROUPS}, {_DAY.format("s.sent_at")}
FROM parcels s JOIN open o ON o.merchant_id = s.merchant_id AND o.id = s.order_id
"""  # noqa: S608

# By order, the day its buyer was told since: an app above us that knows puts its question here.
told: list[Callable[[int, Sequence[int]], dict[int, date]]] = []

# A label alone is no news, and what goes back does not arrive.
_STAGES = [str(each) for each in Stage if each not in (Stage.ANNOUNCED, Stage.RETURNING, Stage.RETURNED)]


@dataclass(frozen=True, slots=True)
class Way:
    """How a past parcel went, and the day its buyer was promised."""

    journey: prediction.Journey
    sent: date
    promised: date | None


@dataclass(frozen=True, slots=True)
class Item:
    """What an order still waits for: a parcel, or the part of it that was not sent."""

    order_id: int
    customer_id: int | None
    promised: date | None  # at checkout, or told since
    expected: date | None  # the carrier's own word
    stage: str  # vocabulary.Stage · SENT · WAITING
    since: date  # of the stage
    carrier: str
    service: str
    lane: str  # the country it goes to
    warehouse: str
    sent: date | None = None  # when it left the house

    @property
    def far(self) -> int:
        """How far it is: the parcel that is furthest back decides about its order."""
        return -1 if self.stage == WAITING else _FAR.get(self.stage, 0)


_FAR = {stage.value: far for far, stage in enumerate(Stage)}


def today_of(merchant: Merchant, at: datetime) -> date:
    return at.astimezone(ZoneInfo(merchant.timezone)).date()


def past(merchant: Merchant, at: datetime) -> list[Way]:
    """Every parcel sent in a year or so, newest first."""
    return [_way(row) for row in _rows(_PAST, merchant, at - HISTORY, stages=_STAGES)]


def still_open(merchant: Merchant, order_ids: Sequence[int] | None, at: datetime) -> list[Item]:
    """Everything that these orders wait for; None: all that are open."""
    asked = {"all": order_ids is None, "orders": list(order_ids or ())}
    items = [Item(*row) for row in _rows(_OPEN, merchant, at - LONGEST, **asked)]
    orders = sorted({each.order_id for each in items})
    for ask in told:
        days = ask(merchant.id, orders)
        items = [replace(each, promised=days[each.order_id]) if each.order_id in days else each for each in items]
    return items


def _way(row: tuple[Any, ...]) -> Way:
    _id, placed, sent, arrived, carrier, service, lane, warehouse, promised, stages, days = row
    begun = min(placed, sent)
    scans = [(max(sent, day), stage) for day, stage in zip(days or (), stages or (), strict=True)]
    steps = ((sent, SENT), *scans)
    return Way(prediction.Journey(begun, arrived, steps, carrier, service, lane, warehouse), sent, promised)


def _rows(statement: str, merchant: Merchant, since: datetime, **asked: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": merchant.id, "zone": merchant.timezone, "since": since, **asked})
        while rows := cursor.fetchmany(5_000):
            yield from rows
