"""Which mail addresses are ours, in memory, as fresh as a few seconds."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseError

from presszero.channels.adapters.email.scan import without_plus
from presszero.channels.models import Line

FRESH = 5.0  # seconds


class DatabaseAway(Exception):
    """Whose address it is cannot be said now."""


@dataclass(frozen=True, slots=True)
class OurLine:
    """The line behind an address."""

    merchant_id: int
    line_id: int
    paused: bool


class OurAddresses:
    """support@, Support@ and support+TOKEN@ are one address. Asks the database on one thread of its own."""

    def __init__(self) -> None:
        self._asking = ThreadPoolExecutor(1, "mail-addresses")
        self._lines: dict[str, OurLine] = {}
        self._read_at = -FRESH

    async def find(self, address: str) -> OurLine | None:
        """None when it is nobody's. Raises DatabaseAway when only a database could tell."""
        wanted = without_plus(address)
        if not self._is_fresh():
            try:
                await asyncio.get_running_loop().run_in_executor(self._asking, self._read_again)
            except DatabaseError as why:  # what we knew still holds; what we never knew may be new
                if wanted not in self._lines:
                    raise DatabaseAway from why
        return self._lines.get(wanted)

    def close(self) -> None:
        self._asking.submit(lambda: connection.close())
        self._asking.shutdown()

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._read_at < FRESH

    def _read_again(self) -> None:
        if self._is_fresh():
            return
        try:
            self._lines, self._read_at = our_lines(), time.monotonic()
        except DatabaseError:
            connection.close()
            raise


def our_lines() -> dict[str, OurLine]:
    """Every mail line by its address in lower case.

    An address that two merchants claim belongs to the line that was there first: nobody can take another's mail by
    adding a line.
    """
    close_old_connections()
    found: dict[str, OurLine] = {}
    rows = Line.objects.filter(kind="email").order_by("id")
    for line_id, merchant_id, address, paused_at in rows.values_list("id", "merchant_id", "address", "paused_at"):
        found.setdefault(without_plus(address), OurLine(merchant_id, line_id, paused_at is not None))
    return found
