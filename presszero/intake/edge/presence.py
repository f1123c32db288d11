"""Visitors who are here, and who type: written down in batches, and told to whoever has their conversation open.

A visitor counts as here while a widget of theirs is open; `seen_at` is fresh to twenty seconds. Members' pages are
nudged by NOTIFY looking when a visitor comes, types or has gone, and fetch what they may see.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from time import monotonic

from .database import DatabaseAway, Seat
from .known import Visitor
from .talks import Talks

log = logging.getLogger(__name__)

SEEN_EVERY = 20.0  # seconds
GONE_AFTER = 45.0  # seconds since the last widget closed: a page that was changed is back by then
TYPES_EVERY = 3.0  # seconds between two that count
APART = 0.2  # seconds between two writes
AT_ONCE = 2_000  # visitors a write
_KEPT = 20_000

# In one order, and leaving out who is being written by another edge: nobody waits for anybody.
MARK = """
WITH found AS (
  SELECT v.merchant_id, v.id, v.line_id, v.address, v.seen_at, v.typing_at, ask.does,
    CASE WHEN v.signed_until > now() THEN v.shopper ELSE '' END AS shopper
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS ask (merchant_id, id, does)
  JOIN visitors_visitor v ON v.merchant_id = ask.merchant_id AND v.id = ask.id
  WHERE v.ended_at IS NULL ORDER BY v.merchant_id, v.id FOR NO KEY UPDATE OF v SKIP LOCKED
), marked AS (
  UPDATE visitors_visitor v SET seen_at = now(),
    typing_at = CASE found.does WHEN 'types' THEN now() WHEN 'wrote' THEN NULL ELSE v.typing_at END
  FROM found WHERE v.merchant_id = found.merchant_id AND v.id = found.id
)
SELECT pg_notify('looking', told.what) FROM (
SELECT DISTINCT c.merchant_id || ':' || coalesce(c.root_id, c.id) AS what
FROM found
CROSS JOIN LATERAL (VALUES (found.address), (found.shopper)) AS named (address)
JOIN channels_thread t ON t.merchant_id = found.merchant_id AND t.line_id = found.line_id
  AND t.key = 'from:' || named.address AND NOT t.key = ''
JOIN conversations_threadplace p ON p.merchant_id = t.merchant_id AND p.thread_id = t.id
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = p.conversation_id
WHERE named.address <> '' AND (found.does = 'types' OR found.seen_at < now() - interval '40 seconds'
  OR found.does = 'wrote' AND found.typing_at > now() - interval '10 seconds')
) told
"""
GONE = """
SELECT pg_notify('looking', told.what) FROM (
SELECT DISTINCT c.merchant_id || ':' || coalesce(c.root_id, c.id) AS what
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (merchant_id, id)
JOIN visitors_visitor v ON v.merchant_id = ask.merchant_id AND v.id = ask.id
CROSS JOIN LATERAL (VALUES (v.address), (v.shopper)) AS named (address)
JOIN channels_thread t ON t.merchant_id = v.merchant_id AND t.line_id = v.line_id
  AND t.key = 'from:' || named.address AND NOT t.key = ''
JOIN conversations_threadplace p ON p.merchant_id = t.merchant_id AND p.thread_id = t.id
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = p.conversation_id
WHERE named.address <> '' AND v.seen_at < now() - interval '40 seconds'
) told
"""

_Key = tuple[int, int]


class Presence:
    """What visitors do, gathered until the next write."""

    def __init__(self, seat: Seat, talks: Talks) -> None:
        self._seat, self._talks = seat, talks
        self._due: dict[_Key, str] = {}  # here, types or wrote
        self._typed: dict[_Key, float] = {}
        self._left: dict[_Key, float] = {}
        self._something = asyncio.Event()

    def came(self, visitor: Visitor) -> None:
        """A widget of theirs opened."""
        self._left.pop(visitor.key, None)
        self._note(visitor.key, "here")

    def left(self, visitor: Visitor) -> None:
        """A widget of theirs closed."""
        if not self._talks.is_here(visitor.key) and len(self._left) < _KEPT:
            self._left[visitor.key] = monotonic()

    def types(self, visitor: Visitor) -> None:
        """At most every three seconds that is worth a write."""
        now = monotonic()
        if now - self._typed.get(visitor.key, 0.0) >= TYPES_EVERY:
            self._typed[visitor.key] = now
            self._note(visitor.key, "types")

    def wrote(self, visitor: Visitor) -> None:
        """They sent it: they no longer type."""
        if self._typed.pop(visitor.key, None):
            self._note(visitor.key, "wrote")

    async def run(self) -> None:
        """For ever. What cannot be written is forgotten: in twenty seconds it would be old."""
        seen = monotonic()
        while True:
            await self._wait()
            now = monotonic()
            if now - seen >= SEEN_EVERY:
                seen = now
                for stream in self._talks:
                    self._due.setdefault(stream.visitor.key, "here")
                self._typed = {key: at for key, at in self._typed.items() if now - at < TYPES_EVERY}
            try:
                await self._write()
                await self._say_who_left(now)
            except DatabaseAway as why:
                log.info("Who is here cannot be written down now: %s", why)
            await asyncio.sleep(APART)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._something.wait()
        except TimeoutError:
            pass
        self._something.clear()

    async def _write(self) -> None:
        due, self._due = list(self._due.items()), {}
        for start in range(0, len(due), AT_ONCE):
            part = due[start : start + AT_ONCE]
            await self._seat.run(MARK, [*_columns([key for key, _ in part]), [does for _, does in part]], within=5)

    async def _say_who_left(self, now: float) -> None:
        gone = [key for key, at in self._left.items() if now - at >= GONE_AFTER][:AT_ONCE]
        for key in gone:
            del self._left[key]
        if gone:
            await self._seat.run(GONE, _columns(gone), within=5)

    def _note(self, key: _Key, does: str) -> None:
        if does != "here" or key not in self._due:
            self._due[key] = does
        self._something.set()


def _columns(keys: Sequence[_Key]) -> tuple[list[int], list[int]]:
    return [merchant for merchant, _ in keys], [number for _, number in keys]
