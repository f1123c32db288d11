"""Reads the timeline on, nudged by NOTIFY and by the clock, and hands every event on exactly once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from presszero.timeline.holes import Progress

from .database import DatabaseAway, Seat
from .topics import Happened, talk

log = logging.getLogger(__name__)

# A delivery knows its entry; which conversation that stands in is asked here, once for everybody who listens. So is the
# thread of an entry on a chat line, by one look-up for each event that may be of one. News of an order, its parcels and
# its day is told to the newest conversation with its customer.
READ = """
WITH new AS (
  SELECT id, merchant_id, kind, conversation_id, customer_id, data FROM timeline_event
  WHERE id > %s ORDER BY id LIMIT %s
), late AS (
  SELECT e.id, e.merchant_id, e.kind, e.conversation_id, e.customer_id, e.data
  FROM unnest(%s::bigint[], %s::bigint[]) AS gap (first, last)
  JOIN timeline_event e ON e.id BETWEEN gap.first AND gap.last
)
SELECT e.id, e.merchant_id, e.kind, coalesce(e.conversation_id, m.conversation_id, beside.id), e.data,
  chat.line_id, chat.key
FROM (SELECT * FROM late UNION ALL SELECT * FROM new) e
LEFT JOIN conversations_message m ON e.conversation_id IS NULL AND e.kind ~ '^(delivery|media)[.]'
  AND m.merchant_id = e.merchant_id AND m.entry_id = (e.data ->> 'entry_id')::bigint
LEFT JOIN LATERAL (
  SELECT c.id FROM conversations_conversation c
  WHERE e.conversation_id IS NULL AND split_part(e.kind, '.', 1) IN ('order', 'shipment', 'forecast')
    AND c.merchant_id = e.merchant_id AND c.customer_id = e.customer_id AND c.root_id IS NULL
  ORDER BY c.last_at DESC LIMIT 1
) beside ON true
LEFT JOIN LATERAL (
  SELECT (e.data ->> 'entry_id')::bigint AS id
  WHERE e.kind = 'delivery.changed'
    OR e.kind IN ('message.received', 'message.sent') AND e.data ->> 'channel' = 'chat'
  UNION ALL
  SELECT t.entry_id FROM conversations_message t
  WHERE e.kind = 'message.taken_back' AND t.merchant_id = e.merchant_id AND t.id = (e.data ->> 'message_id')::bigint
  LIMIT 1
) entry ON true
LEFT JOIN LATERAL (
  SELECT t.line_id, t.key FROM channels_entry n
  JOIN channels_thread t ON t.merchant_id = n.merchant_id AND t.id = n.thread_id
  JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id AND l.kind = 'chat'
  WHERE n.merchant_id = e.merchant_id AND n.id = entry.id
  LIMIT 1
) chat ON true
ORDER BY e.id
"""
OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
BEGIN_ONE = "SELECT pg_current_xact_id()::text::bigint"
LATEST = "SELECT coalesce(max(id), 0) FROM timeline_event"

BY_SENDER = "from:"  # how a thread is named on a channel without subjects

AT_ONCE = 2_000  # events a read
KEPT = 5_000  # events remembered for pages that come back
POLL = 1.0  # seconds without a nudge
TOGETHER = 0.01  # seconds to let a burst of nudges become one read


class Tail:
    """The reader. One an edge."""

    def __init__(self, seat: Seat, heard: Callable[[Sequence[Happened]], None]) -> None:
        self._seat, self._heard = seat, heard
        self._nudged = asyncio.Event()
        self._progress: Progress | None = None
        self._recent: deque[Happened] = deque(maxlen=KEPT)
        self._since = 0  # everything after this id is in `_recent`
        self._broken = False

    def nudge(self) -> None:
        """There may be something new."""
        self._nudged.set()

    @property
    def position(self) -> int:
        """Pages that come back with this id miss nothing."""
        return self._progress.complete_to if self._progress else 0

    def after(self, number: int) -> list[Happened] | None:
        """What happened after an id, from memory; None when that is too long ago to say, or was never."""
        if self._progress is None or not self._since <= number <= self._progress.high:
            return None
        return [event for event in self._recent if event.id > number]

    async def run(self) -> None:
        """For ever. A lost database only makes it late."""
        while True:
            try:
                if await self._read() < AT_ONCE:
                    await self._wait()
            except DatabaseAway as why:
                log.info("The timeline cannot be read now: %s", why)
                self._broken = True
                await asyncio.sleep(0.5)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._nudged.wait()
            await asyncio.sleep(TOGETHER)
        except TimeoutError:
            pass
        self._nudged.clear()

    async def _read(self) -> int:
        progress = await self._start()
        if progress.gaps:
            await self._date_gaps(progress)
            oldest = (await self._seat.run(OLDEST))[0][0]
        firsts, lasts = [gap.first for gap in progress.gaps], [gap.last for gap in progress.gaps]
        rows = await self._seat.run(READ, [progress.high, AT_ONCE, firsts, lasts], within=10)
        events = [_event(row) for row in rows]
        progress.saw(event.id for event in events)
        if firsts:
            progress.close(oldest)
        self._remember(events)
        if events:
            self._heard(events)
        return len(events)

    async def _start(self) -> Progress:
        """Begins a little before the present; begins anew when a restored database is behind us."""
        if self._progress is None or self._broken:
            latest = (await self._seat.run(LATEST, within=10))[0][0]
            if self._progress is None or latest < self._progress.high:
                self._since = max(latest - KEPT, 0)
                self._progress = Progress(high=self._since)
                self._recent.clear()
            self._broken = False
        return self._progress

    async def _date_gaps(self, progress: Progress) -> None:
        if progress.undated:
            progress.date((await self._seat.run(BEGIN_ONE))[0][0])

    def _remember(self, events: Sequence[Happened]) -> None:
        for event in events:
            if len(self._recent) == KEPT:
                self._since = max(self._since, self._recent[0].id)
            self._recent.append(event)


def _event(row: Sequence[Any]) -> Happened:
    number, merchant, kind, conversation, details, line, key = row
    details = json.loads(details) if isinstance(details, str) else details
    return Happened(number, merchant, kind, conversation, details, _talk(line, key))


def _talk(line: int | None, key: str | None) -> str:
    """A chat's thread is named after its sender."""
    return talk(line, key.removeprefix(BY_SENDER)) if line and key and key.startswith(BY_SENDER) else ""
