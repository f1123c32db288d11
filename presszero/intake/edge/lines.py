"""The lines the door knows, in memory, so that a signature can be checked while the database is away."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from presszero.channels.adapter import LineSettings
from presszero.core.sealing import open_sealed

from .database import DatabaseAway, Seat
from .together import Together

log = logging.getLogger(__name__)

ALL = "SELECT token, id, merchant_id, kind, address, name, settings, sealed FROM channels_line"
SOME = ALL + " WHERE token = ANY(%s)"
HEARD = (
    "UPDATE channels_line SET heard_at = now()"
    " WHERE id = ANY(%s) AND (heard_at IS NULL OR heard_at < now() - interval '30 seconds')"
)

REFRESH_EVERY = 30.0  # seconds, besides being told by NOTIFY lines
UNKNOWN_KEPT = 10_000  # tokens that are nobody's, so that guessing costs the database nothing
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A line as the door needs it."""

    merchant_id: int
    settings: LineSettings
    sealed: bytes


class Lines:
    """Every line by its token."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._by_token: dict[str, DoorLine] = {}
        self._closed: dict[str, DoorLine] = {}  # read, and their secrets not opened yet
        self._unknown: OrderedDict[str, None] = OrderedDict()
        self._lookups: Together[str, DoorLine] = Together(self._look_up)
        self._stale = asyncio.Event()
        self._heard: set[int] = set()
        self._stale.set()

    async def find(self, token: str) -> DoorLine | None:
        """The line, or None. A token never seen is looked up once. Raises DatabaseAway, and CannotOpen."""
        if not _TOKEN.fullmatch(token) or token in self._unknown:
            return None
        if token not in self._by_token and token not in self._closed:
            found = await self._lookups.ask(token)
            if found is None:
                self._remember_unknown(token)
                return None
            self._closed[token] = found
        return self._opened(token)

    def outdated(self) -> None:
        """Somebody changed a line."""
        self._stale.set()

    def heard(self, ids: Iterable[int]) -> None:
        """Something arrived on these lines; written down some time later."""
        self._heard.update(ids)

    async def keep_fresh(self) -> None:
        """Reads all lines now, when told to, and every half minute; writes down which were heard."""
        while True:
            try:
                async with asyncio.timeout(REFRESH_EVERY):
                    await self._stale.wait()
            except TimeoutError:
                pass
            self._stale.clear()
            try:
                await self._refresh()
            except DatabaseAway:
                await asyncio.sleep(1)
                self._stale.set()

    async def _refresh(self) -> None:
        heard, self._heard = list(self._heard), set()
        if heard:
            await self._seat.run(HEARD, [heard], within=5)
        rows = await self._seat.run(ALL, within=10)
        fresh = dict(_line(row) for row in rows)
        self._by_token = {t: line for t, line in self._by_token.items() if _same(line, fresh.get(t))}
        self._closed = {token: line for token, line in fresh.items() if token not in self._by_token}
        self._unknown.clear()

    async def _look_up(self, tokens: list[str]) -> dict[str, DoorLine]:
        return dict(_line(row) for row in await self._seat.run(SOME, [tokens]))

    def _remember_unknown(self, token: str) -> None:
        self._unknown[token] = None
        while len(self._unknown) > UNKNOWN_KEPT:
            self._unknown.popitem(last=False)

    def _opened(self, token: str) -> DoorLine | None:
        """Secrets are opened when a line is first used: reading thousands of lines stays quick."""
        closed = self._closed.get(token)
        if closed:
            bare = closed.settings
            secrets = open_sealed(closed.sealed, "line")
            full = LineSettings(bare.id, bare.kind, bare.address, bare.name, bare.settings, secrets)
            self._by_token[token] = DoorLine(closed.merchant_id, full, closed.sealed)
            del self._closed[token]
        return self._by_token.get(token)


def _line(row: tuple[Any, ...]) -> tuple[str, DoorLine]:
    token, number, merchant, kind, address, name, settings, sealed = row
    settings = json.loads(settings) if isinstance(settings, str) else settings
    return token, DoorLine(merchant, LineSettings(number, kind, address, name, settings, {}), bytes(sealed))


def _same(known: DoorLine, fresh: DoorLine | None) -> bool:
    """Whether nothing about a line changed. Its opened secrets stand for what they were sealed as."""
    if fresh is None or known.sealed != fresh.sealed or known.merchant_id != fresh.merchant_id:
        return False
    a, b = known.settings, fresh.settings
    return (a.id, a.kind, a.address, a.name, a.settings) == (b.id, b.kind, b.address, b.name, b.settings)
