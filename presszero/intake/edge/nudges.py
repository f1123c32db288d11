"""Waking the workers: after a commit, and never so often that it costs commits."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal

from .database import DatabaseAway, Seat

log = logging.getLogger(__name__)

APART = 0.02  # seconds between two


class Nudges:
    """NOTIFY on one channel. The first goes at once, the next ones gather meanwhile."""

    def __init__(self, seat: Seat, channel: Literal["arrivals"]) -> None:
        self._seat, self._channel = seat, channel
        self._due = asyncio.Event()
        self._sent = asyncio.Event()
        self._sent.set()

    def nudge(self) -> None:
        self._due.set()
        self._sent.clear()

    async def run(self) -> None:
        """For ever. A lost one does no harm: the workers also look by the clock."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._seat.run("SELECT pg_notify(%s, '')", [self._channel])
            except DatabaseAway as why:
                log.info("The workers were not woken: %s", why)
            if not self._due.is_set():
                self._sent.set()
            await asyncio.sleep(APART)

    async def drained(self) -> None:
        await self._sent.wait()
