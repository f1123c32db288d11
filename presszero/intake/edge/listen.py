"""One LISTEN connection. Only makes things sooner: whoever is nudged also looks by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

log = logging.getLogger(__name__)

ALIVE_EVERY = 4.0  # seconds between questions to a silent connection: half of all lost ones say nothing
ANSWER_WITHIN = 2.0
LONGEST_PAUSE = 2.0

Nudge = Callable[[str], None]


async def listen(conninfo: str, nudges: Mapping[str, Nudge]) -> None:
    """For ever: calls the channel's nudge with the payload; with "" for all of them after a gap in listening."""
    pause = 0.1
    while True:
        try:
            async with asyncio.timeout(5):
                connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
            try:
                pause = 0.1
                await _hear(connection, nudges)
            finally:
                await _close(connection)
        except (psycopg.Error, OSError, TimeoutError) as why:
            log.warning("Not listening to the database now: %s", type(why).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _hear(connection: psycopg.AsyncConnection[tuple[object, ...]], nudges: Mapping[str, Nudge]) -> None:
    for channel in nudges:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    for nudge in nudges.values():
        nudge("")
    while True:
        async for note in connection.notifies(timeout=ALIVE_EVERY):
            nudges[note.channel](note.payload)
        async with asyncio.timeout(ANSWER_WITHIN):
            await connection.execute("SELECT 1")


async def _close(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    closing = asyncio.ensure_future(connection.close())
    await asyncio.wait({closing}, timeout=1)
