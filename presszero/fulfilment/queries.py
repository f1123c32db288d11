"""Reads of scans, forecasts and carriers, each named after its question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count

from presszero.merchants.models import Merchant

from . import prediction
from .foretelling import SHARES
from .models import Carrier, Forecast, Lesson, Scan, StrayScan

ENOUGH_SCORED = 60  # forecasts that came to be before they are drawn; until then, what was tried on the past
OVER = timedelta(days=180)
_MOST = 20_000
_WEEK = timedelta(days=7)

_CARRIERS = """
SELECT s.carrier, count(*),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM (s.delivered_at - s.sent_at)) / 86400.0),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM (s.delivered_at - s.sent_at)) / 86400.0),
  count(*) FILTER (WHERE o.promised_by IS NOT NULL),
  count(*) FILTER (WHERE (s.delivered_at AT TIME ZONE %(zone)s)::date <= o.promised_by)
FROM commerce_shipment s JOIN commerce_order o ON o.merchant_id = s.merchant_id AND o.id = s.order_id
WHERE s.merchant_id = %(merchant)s AND o.placed_at >= %(since)s AND s.state = 'delivered' AND s.carrier <> ''
  AND s.delivered_at >= s.sent_at
GROUP BY s.carrier ORDER BY count(*) DESC, s.carrier LIMIT 12
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was said, and what then happened. `bins` hold the probability `said`, the share `kept`, and a `count`.

    `tried`: it was tried on parcels of the past, since too few real forecasts have come to be. `within` maps "0.8" to
    the share that was there by the day called four in five sure.
    """

    count: int = 0
    tried: bool = False
    within: dict[str, float] = field(default_factory=dict)
    bins: list[dict[str, float]] = field(default_factory=list)
    parcels: int = 0  # that the newest lesson was learned from
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivers:
    """How one carrier did. Days from leaving the house; `on_time` is None where nothing was promised."""

    carrier: str
    parcels: int
    usual: float
    slow: float  # nine in ten took no longer
    on_time: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A carrier that is connected, and what came of it."""

    carrier: Carrier
    scans: int  # within a week
    waiting: int  # parcels it told of that no shop of ours has told us of


def forecast_of(merchant_id: int, order_id: int) -> Forecast | None:
    """When an order will be there, as we think now; None when we do not know, or it is there."""
    return forecasts(merchant_id, [order_id]).get(order_id)


def forecasts(merchant_id: int, order_ids: Iterable[int]) -> dict[int, Forecast]:
    """The same for many, by order: one statement."""
    rows = Forecast.objects.filter(merchant_id=merchant_id, order_id__in=list(order_ids), newest=True, arrived=None)
    return {row.order_id: row for row in rows}


def scans_of(merchant_id: int, shipment_ids: Iterable[int]) -> dict[int, list[Scan]]:
    """Of parcels, newest first: one statement."""
    found: dict[int, list[Scan]] = defaultdict(list)
    rows = Scan.objects.filter(merchant_id=merchant_id, shipment_id__in=list(shipment_ids))
    for row in rows.order_by("-at", "-id"):
        found[row.shipment_id].append(row)
    return found


def standings(merchant: Merchant, at: datetime) -> list[Standing]:
    """Every carrier that is connected, by name."""
    own = {"merchant": merchant}
    scans = Scan.objects.filter(**own, heard_at__gte=at - _WEEK, carrier__isnull=False)
    heard = dict(scans.values_list("carrier_id").annotate(n=Count("id")))
    strays = dict(StrayScan.objects.filter(**own).values_list("carrier_id").annotate(n=Count("id")))
    rows = Carrier.objects.filter(**own, paused_at=None).select_related("merchant").order_by("name", "id")
    return [Standing(row, heard.get(row.id, 0), strays.get(row.id, 0)) for row in rows]


def scores(merchant: Merchant, at: datetime) -> Calibration:
    """How good our forecasts were: the real ones of half a year, or until there are enough, those tried on the past."""
    last = Lesson.objects.filter(merchant=merchant).order_by("-id").only("parcels", "at", "scores").first()
    rows = Forecast.objects.filter(merchant=merchant, scored_at__gte=at - OVER, parcels__gt=0).order_by("-id")[:_MOST]
    zone = ZoneInfo(merchant.timezone)
    told = [_told(row, row.at.astimezone(zone).date()) for row in rows if row.arrived]
    parcels, learned_at = (last.parcels, last.at) if last else (0, None)
    if len(told) >= ENOUGH_SCORED:
        return _calibration(prediction.score(told), False, parcels, learned_at)
    tried = last.scores.get("tried", {}) if last else {}
    return _calibration(tried, True, parcels, learned_at)


def deliverers(merchant: Merchant, at: datetime) -> list[Delivers]:
    """How each carrier did over half a year, those with most parcels first."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRIERS, {"merchant": merchant.id, "zone": merchant.timezone, "since": at - OVER})
        rows = cursor.fetchall()
    return [
        Delivers(name, parcels, float(usual), float(slow), kept / promised if promised else None)
        for name, parcels, usual, slow, promised, kept in rows
    ]


def _told(row: Forecast, said_on: date) -> prediction.Told:
    arrived = row.arrived or said_on
    quantiles = {share: float((getattr(row, name) - said_on).days) for name, share in SHARES.items()}
    kept = None if row.promised is None else arrived <= row.promised
    return prediction.Told(float((arrived - said_on).days), quantiles, row.on_time, kept)


def _calibration(score: dict[str, Any], tried: bool, parcels: int, learned_at: datetime | None) -> Calibration:
    within, bins = score.get("within", {}), score.get("bins", [])
    return Calibration(score.get("count", 0), tried, within, bins, parcels, learned_at)
