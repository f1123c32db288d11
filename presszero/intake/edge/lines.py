"""The lines and stores the door knows, in memory, so that a signature can be checked while the database is away.

A store's arrivals go under minus its id where a line's id would stand, a pay account's far below those, and a carrier's
lower still: no two are ever mixed up.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from presszero.channels.adapter import LineSettings
from presszero.commerce.payments.adapter import PaySettings
from presszero.commerce.payments.door import FIRST, account_id, is_account
from presszero.commerce.stores.adapter import StoreSettings
from presszero.core.sealing import open_sealed
from presszero.fulfilment.carriers.adapter import CarrierSettings
from presszero.fulfilment.carriers.door import FIRST as FIRST_CARRIER
from presszero.fulfilment.carriers.door import carrier_id, is_carrier

from .database import DatabaseAway, Seat
from .together import Together

log = logging.getLogger(__name__)

_LINES = "SELECT token, id, merchant_id, kind, address, name, settings, sealed, '' AS currency FROM channels_line"
_STORES = "SELECT token, -id, merchant_id, kind, address, name, settings, sealed, currency FROM commerce_store"
_ACCOUNTS = f"SELECT token, {FIRST} - id, merchant_id, kind, '', name, settings, sealed, '' FROM commerce_payaccount"  # noqa: S608 - our own number
_CARRIERS = (
    f"SELECT token, {FIRST_CARRIER} - id, merchant_id, kind, '', name, settings, sealed, '' FROM fulfilment_carrier"  # noqa: S608 - our own number
)
_ALL = (_LINES, _STORES, _ACCOUNTS, _CARRIERS)
_ONES = " WHERE token = ANY(%s)"
ALL = " UNION ALL ".join(_ALL)
SOME = " UNION ALL ".join(each + _ONES for each in _ALL)
HEARD = (
    "WITH lines AS (UPDATE channels_line SET heard_at = now()"
    " WHERE id = ANY(%s) AND (heard_at IS NULL OR heard_at < now() - interval '30 seconds')),"
    " carriers AS (UPDATE fulfilment_carrier SET heard_at = now()"
    " WHERE id = ANY(%s) AND (heard_at IS NULL OR heard_at < now() - interval '30 seconds'))"
    " UPDATE commerce_store SET heard_at = now()"
    " WHERE id = ANY(%s) AND (heard_at IS NULL OR heard_at < now() - interval '30 seconds')"
)

REFRESH_EVERY = 30.0  # seconds, besides being told by NOTIFY lines
UNKNOWN_KEPT = 10_000  # tokens that are nobody's, so that guessing costs the database nothing
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A line, a store, a pay account or a carrier as the door needs it. `id` is what its arrivals are kept under."""

    id: int
    merchant_id: int
    settings: LineSettings | StoreSettings | PaySettings | CarrierSettings
    sealed: bytes

    @property
    def what(self) -> str:
        """line · store · pay · carrier: also what its secrets are sealed for."""
        if self.id >= 0:
            return "line"
        if is_carrier(self.id):
            return "carrier"
        return "pay" if is_account(self.id) else "store"


class Lines:
    """Every line and every store by its token."""

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
            await self._seat.run(HEARD, _told_of(heard), within=5)
        rows = await self._seat.run(ALL, within=10)
        fresh = dict(_line(row) for row in rows)
        self._by_token = {t: line for t, line in self._by_token.items() if _same(line, fresh.get(t))}
        self._closed = {token: line for token, line in fresh.items() if token not in self._by_token}
        self._unknown.clear()

    async def _look_up(self, tokens: list[str]) -> dict[str, DoorLine]:
        return dict(_line(row) for row in await self._seat.run(SOME, [tokens] * len(_ALL)))

    def _remember_unknown(self, token: str) -> None:
        self._unknown[token] = None
        while len(self._unknown) > UNKNOWN_KEPT:
            self._unknown.popitem(last=False)

    def _opened(self, token: str) -> DoorLine | None:
        """Secrets are opened when a line is first used: reading thousands of lines stays quick."""
        closed = self._closed.get(token)
        if closed:
            secrets = open_sealed(closed.sealed, closed.what)
            self._by_token[token] = replace(closed, settings=replace(closed.settings, secrets=secrets))
            del self._closed[token]
        return self._by_token.get(token)


def _line(row: tuple[Any, ...]) -> tuple[str, DoorLine]:
    token, number, merchant, kind, address, name, settings, sealed, currency = row
    settings = json.loads(settings) if isinstance(settings, str) else settings
    found: LineSettings | StoreSettings | PaySettings | CarrierSettings
    found = LineSettings(number, kind, address, name, settings, {})
    if is_carrier(number):
        found = CarrierSettings(carrier_id(number), kind, name, settings, {})
    elif is_account(number):
        found = PaySettings(account_id(number), kind, name, settings, {})
    elif number < 0:
        found = StoreSettings(-number, kind, address, currency, settings, {})
    return token, DoorLine(number, merchant, found, bytes(sealed))


def _told_of(heard: list[int]) -> list[object]:
    """Ids of lines, carriers and stores that something came from. Pay accounts are not asked when they were heard."""
    carriers = [carrier_id(n) for n in heard if is_carrier(n)]
    return [[n for n in heard if n > 0], carriers, [-n for n in heard if FIRST <= n < 0]]


def _same(known: DoorLine, fresh: DoorLine | None) -> bool:
    """Whether nothing about a line changed. Its opened secrets stand for what they were sealed as."""
    if fresh is None or known.sealed != fresh.sealed or known.merchant_id != fresh.merchant_id:
        return False
    return known.id == fresh.id and replace(known.settings, secrets={}) == fresh.settings
