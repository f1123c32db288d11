"""Storing arrivals in groups: whatever piled up while the last commit ran shares the next one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum

from presszero.mailroom.incoming import RECEIVE, Incoming, columns, which_are_new

from .database import ROW_ERRORS, DatabaseAway, Seat
from .spool import Spool, SpoolFull

log = logging.getLogger(__name__)

GROUP_BYTES = 4 * 1024 * 1024
GROUP_ROWS = 500
LARGE = 256 * 1024  # a body from here on goes alone
WAITING_BYTES = 128 * 1024 * 1024
WAITING_ROWS = 20_000
PATIENCE = 1.2  # seconds for a small group, so that the sender has its answer within two
SECONDS_A_MEGABYTE = 0.2


class Outcome(Enum):
    """What became of an arrival. Only the first three may be answered with "stored"."""

    NEW = "new"
    KNOWN = "known"
    SPOOLED = "spooled"
    REFUSED = "refused"  # the database will not have this row, today or tomorrow
    FULL = "full"  # no database, and no room on disk; the sender should try again


_Waiting = tuple[Incoming, asyncio.Future[Outcome]]


class Commits:
    """One queue and the connection that empties it."""

    def __init__(self, seat: Seat, spool: Spool, stored: Callable[[Sequence[Incoming]], None]) -> None:
        """`stored` is told of every group with something new in it, after its commit."""
        self._seat, self._spool, self._stored = seat, spool, stored
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._something = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def store(self, row: Incoming) -> Outcome:
        """Returns once the row is safe, or it is clear that it is not."""
        if self._bytes > WAITING_BYTES or len(self._queue) > WAITING_ROWS:
            return Outcome.FULL
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((row, answer))
        self._bytes += len(row.body)
        self._something.set()
        return await answer

    async def run(self) -> None:
        """Empties the queue for ever."""
        while True:
            if not self._queue:
                self._idle.set()
                self._something.clear()
                await self._something.wait()
            self._idle.clear()
            group = self._next_group()
            try:
                outcomes = await self._keep([row for row, _ in group])
            except Exception:  # nobody may wait for ever because of a mistake of ours
                log.exception("A group of %d arrivals could not be stored.", len(group))
                outcomes = [Outcome.FULL] * len(group)
            for (_, answer), outcome in zip(group, outcomes, strict=True):
                if not answer.done():  # the sender may have gone
                    answer.set_result(outcome)

    async def drained(self) -> None:
        """Returns when nothing waits."""
        await self._idle.wait()

    async def commit(self, rows: Sequence[Incoming]) -> list[Outcome]:
        """Into the database. A bad row is found by halving and fails alone. Raises DatabaseAway."""
        within = PATIENCE + SECONDS_A_MEGABYTE * sum(len(row.body) for row in rows) / 1e6
        try:
            keys = await self._seat.run(RECEIVE, columns(rows), within=within)
        except ROW_ERRORS as why:
            if len(rows) == 1:
                log.error("Line %d: an arrival cannot be stored: %s", rows[0].line_id, type(why).__name__)
                return [Outcome.REFUSED]
            half = len(rows) // 2
            return await self.commit(rows[:half]) + await self.commit(rows[half:])
        found = which_are_new(rows, [(int(m), int(n), str(e)) for m, n, e in keys])
        if keys:
            self._stored([row for row, is_new in zip(rows, found, strict=True) if is_new])
        return [Outcome.NEW if is_new else Outcome.KNOWN for is_new in found]

    async def _keep(self, rows: list[Incoming]) -> list[Outcome]:
        if not self._spool.active:
            with contextlib.suppress(DatabaseAway):
                return await self.commit(rows)
        now = datetime.now(UTC)
        try:
            await self._spool.append([row if row.received_at else replace(row, received_at=now) for row in rows])
        except SpoolFull as why:
            log.error("%d arrivals were turned away: %s", len(rows), why)
            return [Outcome.FULL] * len(rows)
        return [Outcome.SPOOLED] * len(rows)

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._queue and len(group) < GROUP_ROWS:
            length = len(self._queue[0][0].body)
            if group and (size + length > GROUP_BYTES or length >= LARGE):
                break
            group.append(self._queue.popleft())
            size += length
            if length >= LARGE:
                break
        self._bytes -= size
        return group
