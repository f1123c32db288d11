"""What happened on a day. Five statements, each over that day's rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from presszero.channels.models import Line
from presszero.core.actor import SYSTEM, from_code
from presszero.merchants.models import Merchant
from presszero.merchants.policy import Week, add_open
from presszero.merchants.queries import weeks

from . import days
from .yesterday import Day, Help, Matter

# They wrote, and a person did: machines and imported history are left out.
_WROTE = """m.inbound AND e.automatic = '' AND NOT EXISTS (SELECT FROM mailroom_received h
    WHERE h.merchant_id = e.merchant_id AND h.id = e.received_id AND h.backfill)"""
# We answered, nobody took it back, and it arrived as far as we know. Our acknowledgements are the system's.
_SAID = """NOT m.inbound AND m.taken_back_at IS NULL AND e.automatic = '' AND e.actor <> %(system)s
  AND NOT EXISTS (SELECT FROM channels_delivery d WHERE d.merchant_id = e.merchant_id AND d.entry_id = e.id
    AND d.state IN ('failed', 'unknown'))"""
_THAT_DAY = "m.merchant_id = %(merchant)s AND m.at >= %(start)s AND m.at < %(end)s"
_MESSAGES = """conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id"""
_LINES = """JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
  JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id"""
_ROOTS = "JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = m.conversation_id"
_ROOT = "coalesce(c.root_id, c.id)"
_FAMILY = """CROSS JOIN LATERAL (SELECT array_append(ARRAY(SELECT k.id FROM conversations_conversation k
    WHERE k.merchant_id = %(merchant)s AND k.root_id = x.root), x.root) AS ids) family"""
_OF_FAMILY = "m.merchant_id = %(merchant)s AND m.conversation_id = ANY(family.ids)"
_EARLIEST = "ORDER BY m.at, m.id LIMIT 1"

_MATTERS = f"""
WITH x AS MATERIALIZED (
  SELECT {_ROOT} AS root, array_agg(DISTINCT l.kind) AS kinds,
    array_agg(DISTINCT floor(extract(epoch FROM m.at - %(start)s) / 3600)::int) AS hours
  FROM {_MESSAGES} {_LINES} {_ROOTS} WHERE {_THAT_DAY} AND {_WROTE} GROUP BY 1)
SELECT x.root, x.kinds, x.hours, r.topic_id, r.state, asked.at, asked.line_id, said.at
FROM x
JOIN conversations_conversation r ON r.merchant_id = %(merchant)s AND r.id = x.root
{_FAMILY}
CROSS JOIN LATERAL (SELECT m.at, t.line_id FROM {_MESSAGES} {_LINES}
  WHERE {_OF_FAMILY} AND m.inbound AND e.automatic = '' {_EARLIEST}) asked
LEFT JOIN LATERAL (SELECT m.at FROM {_MESSAGES} WHERE {_OF_FAMILY} AND {_SAID} {_EARLIEST}) said ON true
"""  # noqa: S608 - our own words alone

_ANSWERS = f"""
WITH said AS MATERIALIZED (
  SELECT {_ROOT} AS root, e.actor, m.id FROM {_MESSAGES} {_ROOTS}
  WHERE {_THAT_DAY} AND {_SAID} AND e.actor LIKE 'member:%%'),
x AS (SELECT DISTINCT root FROM said),
first AS MATERIALIZED (
  SELECT f.id FROM x {_FAMILY}
  CROSS JOIN LATERAL (SELECT m.id, m.at FROM {_MESSAGES} WHERE {_OF_FAMILY} AND {_SAID} {_EARLIEST}) f
  WHERE EXISTS (SELECT FROM {_MESSAGES} WHERE {_OF_FAMILY} AND m.inbound AND e.automatic = '' AND m.at <= f.at))
SELECT said.root, said.actor, bool_or(first.id IS NOT NULL)
FROM said LEFT JOIN first ON first.id = said.id GROUP BY 1, 2
"""  # noqa: S608 - our own words alone

_RESOLVED = f"""
SELECT DISTINCT {_ROOT}, m.by FROM conversations_resolution m {_ROOTS} WHERE {_THAT_DAY} AND m.by LIKE 'member:%%'
"""  # noqa: S608 - our own words alone

_REOPENED = f"""
SELECT DISTINCT {_ROOT} FROM conversations_resolution m {_ROOTS}
WHERE m.merchant_id = %(merchant)s AND m.reopened_at >= %(start)s AND m.reopened_at < %(end)s
"""  # noqa: S608 - our own words alone

# Two parts, since each state has an index of its own.
_WAITS = "c.waiting_since >= %(start)s AND c.waiting_since < %(end)s"
_WAITING = f"""
SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.state = 'open' AND {_WAITS}
UNION ALL SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.state = 'snoozed' AND {_WAITS}
"""  # noqa: S608 - our own words alone


def day_of(merchant: Merchant, day: date, now: datetime) -> Day:
    """A day in the merchant's own time zone, as far as it is known at `now`."""
    asked = _span(merchant, day)
    return Day(
        day,
        now,
        list(_matters(merchant, asked)),
        [root for (root,) in _rows(_REOPENED, asked)],
        [root for (root,) in _rows(_WAITING, asked)],
        _helped(asked),
    )


def before(merchant: Merchant, day: date, now: datetime) -> list[Day]:
    """The same weekday of the four weeks before, as far back as the merchant has any messages; without who helped."""
    found = []
    for other in days.same_before(day):
        asked = _span(merchant, other)
        if not _rows(_ANY_BEFORE, asked):
            break
        reopened = [root for (root,) in _rows(_REOPENED, asked)]
        found.append(Day(other, now, list(_matters(merchant, asked)), reopened))
    return found


_ANY_BEFORE = "SELECT 1 FROM conversations_message WHERE merchant_id = %(merchant)s AND at < %(end)s LIMIT 1"


def _span(merchant: Merchant, day: date) -> dict[str, Any]:
    start, end = days.bounds(day, days.zone_of(merchant.timezone))
    return {"merchant": merchant.id, "start": start, "end": end, "system": SYSTEM.code}


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _matters(merchant: Merchant, asked: dict[str, Any]) -> Iterator[Matter]:
    found = _rows(_MATTERS, asked)
    targets = _targets(merchant) if found else {}
    for root, kinds, hours, topic, state, asked_at, line_id, answered_at in found:
        first = asked_at if answered_at is None else min(asked_at, answered_at)
        is_new = asked["start"] <= asked_at < asked["end"] and first == asked_at
        week, minutes = targets[line_id]
        due_at = add_open(week, asked_at, timedelta(minutes=minutes)) if is_new else None
        resolved = state == "resolved"
        yield Matter(root, tuple(kinds), tuple(hours), topic, resolved, is_new, asked_at, answered_at, due_at)


def _targets(merchant: Merchant) -> dict[int, tuple[Week, int]]:
    """Line id → the hours it is answered in, and the minutes of them that a first answer may take."""
    known = weeks(merchant)
    lines = Line.objects.filter(merchant=merchant).values_list("id", "hours_id", "first_reply_minutes")
    return {number: (known.get(hours or 0, Week()), minutes) for number, hours, minutes in lines}


def _helped(asked: dict[str, Any]) -> list[Help]:
    """By member, in the order of their ids; whoever shows them puts them in the order of their names."""
    found: dict[int, Help] = {}

    def by(actor: str) -> Help:
        number = from_code(actor).id or 0
        return found.setdefault(number, Help(number))

    for root, actor, was_first in _rows(_ANSWERS, asked):
        by(actor).answered.append(root)
        if was_first:
            by(actor).first.append(root)
    for root, actor in _rows(_RESOLVED, asked):
        by(actor).resolved.append(root)
    return [found[number] for number in sorted(found)]
