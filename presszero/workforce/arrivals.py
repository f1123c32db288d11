"""What came in each half-hour of the past, how long it took, and how long people were ready to wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q

from presszero.channels.models import Line
from presszero.insights import days
from presszero.merchants.models import Hours, Merchant
from presszero.merchants.policy import Week
from presszero.merchants.queries import week_of
from presszero.routing.models import Queue, Target
from presszero.routing.policy import USUAL

from .expecting import SLOTS, History

LIVE = ("call", "chat")  # what waits for a person now
LINES = {"call": "phone", "chat": "chat"}  # whose hours it keeps
PAST = timedelta(days=470)  # a year, and the weeks that are laid beside it
LATELY = timedelta(days=28)
ENOUGH = 20  # handled, or given up, before a measure is believed
ASSUMED = {"call": 240.0, "chat": 900.0}  # seconds of work, until there is a measure
PATIENT = 180.0  # seconds

_SLOT = "(x.at AT TIME ZONE %(zone)s)::date, floor(extract(epoch FROM (x.at AT TIME ZONE %(zone)s)::time) / 1800)::int"
# A kept place is counted when they are called back: that is when it takes somebody's time.
_LIVE = f"""
SELECT {_SLOT}, count(*) FROM (SELECT min(w.began_at) AS at FROM routing_waiting w
  WHERE w.merchant_id = %(merchant)s AND w.kind = %(kind)s AND w.left <> 'callback'
    AND w.began_at >= %(start)s AND w.began_at < %(end)s GROUP BY w.subject_id) x GROUP BY 1, 2
"""  # noqa: S608 - our own words alone
_WRITTEN = f"""
SELECT {_SLOT}, count(*) FROM conversations_message x
JOIN channels_entry e ON e.merchant_id = x.merchant_id AND e.id = x.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
WHERE x.merchant_id = %(merchant)s AND x.at >= %(start)s AND x.at < %(end)s AND x.inbound AND e.automatic = ''
  AND l.kind = %(kind)s AND NOT EXISTS (SELECT FROM mailroom_received h
    WHERE h.merchant_id = e.merchant_id AND h.id = e.received_id AND h.backfill)
GROUP BY 1, 2
"""  # noqa: S608 - our own words alone
_HANDLED = """
SELECT count(*), avg(extract(epoch FROM coalesce(t.free_at, t.ended_at) - t.answered_at))::float8 FROM routing_turn t
WHERE t.merchant_id = %(merchant)s AND t.kind = %(kind)s AND t.outcome = 'taken' AND t.ended_at >= %(start)s
  AND t.ended_at < %(end)s
"""
# Maximum likelihood for exponential patience: all the waiting there was, over how often it was given up.
_WAITED = """
SELECT count(*) FILTER (WHERE w.left = 'abandoned'),
  sum(extract(epoch FROM w.left_at - w.since))::float8 FROM routing_waiting w
WHERE w.merchant_id = %(merchant)s AND w.kind = %(kind)s AND w.began_at >= %(start)s AND w.left_at < %(end)s
"""
_WORKED = """
SELECT sum(seconds)::float8 FROM insights_worked WHERE merchant_id = %(merchant)s AND channel = %(kind)s
  AND day >= %(first)s AND day < %(last)s
"""


@dataclass(frozen=True)
class Measured:
    """Seconds; and whether it was measured, or assumed for want of a past."""

    seconds: float
    known: bool


def history(merchant: Merchant, kind: str, today: date, holidays: Iterable[date] = ()) -> History:
    """Every half-hour up to yesterday, from the first arrival there ever was."""
    zone = days.zone_of(merchant.timezone)
    start, end = days.bounds(today - PAST, zone)[0], days.bounds(today, zone)[0]
    rows = _rows(_LIVE if kind in LIVE else _WRITTEN, merchant, kind, start, end, zone=str(zone))
    if not rows:
        return History(today, np.zeros((0, SLOTS)), frozenset(holidays))
    first = min(day for day, _slot, _count in rows)
    counts = np.zeros(((today - first).days, SLOTS))
    for day, slot, count in rows:
        counts[(day - first).days, slot] += count
    return History(first, counts, frozenset(holidays))


def handling(merchant: Merchant, kind: str, now: datetime) -> Measured:
    """What one takes of one person's time, wrapped up too. Chats go on side by side: each takes its part."""
    [(count, mean)] = _rows(_HANDLED, merchant, kind, now - LATELY, now)
    found = Measured(mean, True) if count >= ENOUGH and mean else Measured(ASSUMED[kind], False)
    return Measured(max(1.0, found.seconds / USUAL[kind]), found.known)


def patience(merchant: Merchant, kind: str, now: datetime) -> Measured:
    """How long people wait before they give up, on average."""
    [(gave_up, waited)] = _rows(_WAITED, merchant, kind, now - 3 * LATELY, now)
    return Measured(max(1.0, waited / gave_up), True) if gave_up >= ENOUGH and waited else Measured(PATIENT, False)


def writing_takes(merchant: Merchant, kind: str, today: date) -> float | None:
    """Seconds of hands at work for each message of theirs lately; None where too little was measured."""
    zone = days.zone_of(merchant.timezone)
    first = today - LATELY
    with connection.cursor() as cursor:
        cursor.execute(_WORKED, {"merchant": merchant.id, "kind": kind, "first": first, "last": today})
        [(worked,)] = cursor.fetchall()
    start, end = days.bounds(first, zone)[0], days.bounds(today, zone)[0]
    count = sum(row[2] for row in _rows(_WRITTEN, merchant, kind, start, end, zone=str(zone)))
    return worked / count if worked and count >= ENOUGH else None


def week_for(merchant: Merchant, kind: str) -> Week:
    """When this kind is answered: the main queue's hours, else those of the first such line; else always."""
    queue = Queue.objects.filter(merchant=merchant, retired_at=None).select_related("hours").order_by("id").first()
    if queue and queue.hours:
        return week_of(queue.hours)
    line = Line.objects.filter(merchant=merchant, kind=LINES.get(kind, kind), paused_at=None).order_by("id").first()
    hours: Hours | None = line.hours if line else None
    return week_of(hours)


def target_seconds(merchant: Merchant, kind: str) -> int:
    """What we promise by default: the rule for every line and customer, else the main queue's target."""
    rule = Target.objects.filter(Q(kind=kind) | Q(kind=""), merchant=merchant, line=None, customers="all")
    if found := rule.order_by("-kind", "id").first():
        return found.seconds
    queue = Queue.objects.filter(merchant=merchant, retired_at=None).order_by("id").first()
    return queue.target_seconds if queue else 300


def _rows(statement: str, merchant: Merchant, kind: str, start: datetime, end: datetime, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": merchant.id, "kind": kind, "start": start, "end": end, **more})
        return list(cursor.fetchall())
