"""Where a past may come from: a folder a provider, and a line here. Each reads its own files, and knows no other.

Its own samples, made up, stand beside it. What screens say of it is in `cards.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from presszero.core.refusal import Refused

from ..archive import Archive
from ..vocabulary import Record

SOURCES = {
    "presszero": "presszero.transfer.sources.presszero.reader",
    "zendesk": "presszero.transfer.sources.zendesk.reader",
    "gorgias": "presszero.transfer.sources.gorgias.reader",
    "freshdesk": "presszero.transfer.sources.freshdesk.reader",
}


class Source(Protocol):
    NAME: str

    def recognises(self, archive: Archive) -> bool:
        """Whether these look like this provider's files."""

    def records(self, archive: Archive) -> Iterator[tuple[str, Record]]:
        """(which file, what it says): everything in it, people first, in an order that never changes."""


def source(key: str) -> Source:
    """Raises Refused for a provider we do not read."""
    if key not in SOURCES:
        raise Refused(f"There is no import from {key}.")
    return cast(Source, import_module(SOURCES[key]))
