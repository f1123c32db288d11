"""A dry run: what a rule would have done in the last days. It reads, counts and writes down what it counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations.filtering import matches, snapshots
from presszero.conversations.filtering.fields import TEXT_LIMIT
from presszero.core.locks import alone
from presszero.core.refusal import Refused

from .models import DryRun
from .reading import Reading, read
from .replay import Happened, Life, Said, as_of, moments

log = logging.getLogger(__name__)

CHUNK = 1_000  # conversations looked at together
SHOWN = 200  # conversations listed
LOCK = 7104  # of `alone`

_WHICH = """
SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.state <> 'spam'
  AND (c.last_at >= %(since)s OR c.state IN ('open', 'snoozed') OR EXISTS (
    SELECT 1 FROM timeline_event e
    WHERE e.merchant_id = c.merchant_id AND e.conversation_id = c.id AND e.at >= %(since)s))
ORDER BY c.id
"""
_SAID = f"""
SELECT m.conversation_id, m.id, m.at, m.inbound,
  CASE WHEN m.at >= %(since)s THEN lower(left(e.text, {TEXT_LIMIT})) ELSE '' END, e.automatic <> '', l.kind,
  coalesce(r.backfill, false)
FROM conversations_message m
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
LEFT JOIN mailroom_received r ON r.merchant_id = e.merchant_id AND r.id = e.received_id
WHERE m.merchant_id = %(merchant)s AND m.conversation_id = ANY(%(ids)s) AND m.taken_back_at IS NULL
ORDER BY m.at, m.id
"""  # noqa: S608 - a number of our own
_HAPPENED = """
SELECT conversation_id, kind, at, actor LIKE 'customer%%', coalesce((data ->> 'message_id')::bigint, 0)
FROM timeline_event
WHERE merchant_id = %(merchant)s AND conversation_id = ANY(%(ids)s) AND kind = ANY(%(kinds)s) AND at >= %(since)s
ORDER BY id
"""
_TAGGED = """SELECT conversation_id, tag_id, at, removed_at FROM conversations_tagged
WHERE merchant_id = %(merchant)s AND conversation_id = ANY(%(ids)s)"""
_ASSIGNED = """SELECT conversation_id, to_id, at FROM conversations_assignment
WHERE merchant_id = %(merchant)s AND conversation_id = ANY(%(ids)s) ORDER BY id"""
_RESOLVED = """SELECT conversation_id, at, reopened_at FROM conversations_resolution
WHERE merchant_id = %(merchant)s AND conversation_id = ANY(%(ids)s)"""
_SNOOZED = """SELECT conversation_id, at, ended_at FROM conversations_snooze
WHERE merchant_id = %(merchant)s AND conversation_id = ANY(%(ids)s)"""


@dataclass(slots=True)
class Tally:
    """What was found so far: how often on each day, and where."""

    days: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[int, str]] = field(default_factory=list)  # conversation, when it would have fired first
    count: int = 0  # times it would have fired

    def as_json(self) -> dict[str, Any]:
        newest = sorted(self.rows, key=lambda row: row[1], reverse=True)[:SHOWN]
        return {"days": dict(self.days), "count": self.count, "conversations": len(self.rows), "rows": newest}


def rehearse_due() -> int:
    """Makes the oldest dry run that was asked for; 0 when there is none."""
    for run in DryRun.objects.filter(finished_at=None).select_related("merchant").order_by("id")[:5]:
        with alone(LOCK, run.id) as got_it:
            if got_it:
                _rehearse(run)
                return 1
    return 0


def _rehearse(run: DryRun) -> None:
    try:
        rehearse(run, timezone.now())
    except (OperationalError, InterfaceError):
        raise
    except Exception as why:
        log.exception("Dry run %d failed", run.id)
        run.failed = str(why)[:300] if isinstance(why, Refused) else _("Something broke on our side.")
        run.finished_at = timezone.now()
        run.save(update_fields=["failed", "finished_at"])


def rehearse(run: DryRun, now: datetime) -> DryRun:
    """Looks at every conversation of these days, telling how far it is after each thousand."""
    reading = read(run.merchant_id, run.reads)
    since, zone, tally = now - timedelta(days=run.days), ZoneInfo(run.merchant.timezone), Tally()
    ids = [number for (number,) in _rows(_WHICH, {"merchant": run.merchant_id, "since": since})]
    run.total = len(ids)
    for begin in range(0, len(ids), CHUNK):
        for life in _lives(run.merchant_id, ids[begin : begin + CHUNK], reading, since):
            _count(tally, life.today.id, _fires(life, reading, since, now), zone)
        run.looked = min(begin + CHUNK, run.total)
        run.save(update_fields=["total", "looked"])
    run.found, run.finished_at = tally.as_json(), timezone.now()
    run.save(update_fields=["total", "found", "finished_at"])
    return run


def _fires(life: Life, reading: Reading, since: datetime, now: datetime) -> Iterator[datetime]:
    """When it would have, by its own conditions. What other rules would have changed before is not known."""
    last: datetime | None = None
    for moment in moments(life, reading.when, since, now):
        if last is not None and (reading.once or reading.rest is not None and moment.at - last < reading.rest):
            continue
        if matches(reading.filter, as_of(life, moment), moment.at):
            last = moment.at
            yield moment.at


def _count(tally: Tally, conversation: int, fired: Iterator[datetime], zone: ZoneInfo) -> None:
    times = list(fired)
    tally.days.update(at.astimezone(zone).date().isoformat() for at in times)
    tally.count += len(times)
    if times:
        tally.rows.append((conversation, times[-1].isoformat()))


def _lives(merchant_id: int, ids: Sequence[int], reading: Reading, since: datetime) -> list[Life]:
    """These conversations with what is known of their past; a handful of statements."""
    lives = {number: Life(seen) for number, seen in snapshots(merchant_id, ids).items()}
    values = {"merchant": merchant_id, "ids": list(ids), "since": since, "kinds": sorted(reading.when.kinds)}
    for number, *said in _rows(_SAID, values):
        lives[number].said.append(Said(*said))
    if reading.when.kinds:
        for number, *what in _rows(_HAPPENED, values):
            lives[number].happened.append(Happened(*what))
    for number, tag, at, until in _rows(_TAGGED, values):
        lives[number].tagged.append((tag, (at, until)))
    for number, to, at in _rows(_ASSIGNED, values):
        lives[number].assigned.append((to, at))
    for number, at, until in _rows(_RESOLVED, values):
        lives[number].resolved.append((at, until))
    for number, at, until in _rows(_SNOOZED, values):
        lives[number].snoozed.append((at, until))
    return list(lives.values())


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    asked = {name: value for name, value in values.items() if f"%({name})s" in statement}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
