"""The edge's connections: a few, each for one purpose, opened when needed and never waited for long."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import make_conninfo

log = logging.getLogger(__name__)

# What is wrong with the row itself, whatever the state of the server. Everything else counts as the server's trouble.
ROW_ERRORS = (psycopg.DataError, psycopg.IntegrityError)
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 8000}

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_NOT_LIBPQS = {"server_side_binding", "prepare_threshold"}  # Django's and psycopg's own


class DatabaseAway(Exception):
    """No answer in time, no connection, or a server that cannot take it now. What was asked may or may not be done."""


def conninfo(database: dict[str, Any]) -> str:
    """One entry of settings.DATABASES as libpq reads it."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {names[key]: str(database[key]) for key in names if database.get(key)}
    options = database.get("OPTIONS", {}).items()
    plain = {key: value for key, value in options if key not in _NOT_LIBPQS and isinstance(value, str | int)}
    return make_conninfo("", **{**KEEPALIVE, **plain, **given, "application_name": "presszero-edge"})


class Seat:
    """One connection, used by one task at a time, opened again when it breaks."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(
        self, statement: LiteralString, parameters: Sequence[object] = (), *, within: float = 1.5
    ) -> list[tuple[Any, ...]]:
        """The statement's rows, committed. Raises DatabaseAway after `within` seconds, and ROW_ERRORS."""
        try:
            async with asyncio.timeout(within):
                await self._turn.acquire()
        except TimeoutError as why:
            raise DatabaseAway("The connection is taken by a statement that does not end.") from why
        try:
            return await self._in_time(statement, parameters, within)
        finally:
            self._turn.release()

    async def close(self) -> None:
        if self._connection:
            await self._connection.close()
        for task in list(self._leaving):
            task.cancel()

    async def _in_time(
        self, statement: LiteralString, parameters: Sequence[object], within: float
    ) -> list[tuple[Any, ...]]:
        attempt = asyncio.ensure_future(self._attempt(statement, parameters))
        try:
            done, _ = await asyncio.wait({attempt}, timeout=within)
        except asyncio.CancelledError:
            self._abandon(attempt)
            raise
        if not done:
            self._abandon(attempt)
            raise DatabaseAway(f"No answer from the database within {within:.1f} s.")
        try:
            return attempt.result()
        except ROW_ERRORS:
            raise
        except (psycopg.Error, OSError, TimeoutError) as why:
            self._abandon(attempt)
            raise DatabaseAway(str(why)) from why

    async def _attempt(self, statement: LiteralString, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        """Once more on a new connection when an old one turns out to be cut: every statement here may run twice."""
        known = self._connection
        if known and not known.closed:
            try:
                return await _run(known, statement, parameters)
            except psycopg.OperationalError:
                if not known.closed:
                    raise
        fresh = self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        return await _run(fresh, statement, parameters)

    def _abandon(self, attempt: asyncio.Task[Any]) -> None:
        """Lets go of a connection that may never answer; the next statement gets a new one."""
        connection, self._connection = self._connection, None
        leaving = asyncio.ensure_future(_bury(attempt, connection))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _run(connection: Connection, statement: LiteralString, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(statement, parameters or None)
    return await cursor.fetchall() if cursor.description else []


async def _bury(attempt: asyncio.Task[Any], connection: Connection | None) -> None:
    """psycopg answers a cancelled task by asking the server to stop and waiting for it; a second one ends the wait."""
    for _ in range(3):
        if not attempt.done():
            attempt.cancel()
            await asyncio.wait({attempt}, timeout=5)
    if attempt.done() and not attempt.cancelled():
        attempt.exception()  # seen, so that nobody is warned about it
    if connection:
        with contextlib.suppress(psycopg.Error, OSError):
            await connection.close()
