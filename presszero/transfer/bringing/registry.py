"""What a past may consist of: each sort of record, how it is brought, looked at and taken back.

An app that keeps rows of its own adds a sort here, and a table of `sources.sheet` whose rows become its records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..models import ImportRow
from ..vocabulary import Record, Where
from .hand import Hand, Outcome

BATCH = 200  # records of one sort in a transaction, unless it says otherwise


@dataclass(frozen=True)
class Looked:
    """What would become of a record. `same`: what would make it one with a record further up in the file."""

    where: Where
    kind: str
    shown: str
    outcome: Outcome
    same: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # what it is known by from here on, though it is no reason to be one


@dataclass(frozen=True)
class Sort:
    """Records of one class, in batches of nothing else. `bring` and `check` note what they reject, and go on.

    `bring` writes, inside a transaction that is done again one by one when it fails; `check` writes nothing.
    """

    record: type[Record]
    kind: str  # what one is counted as that could not be stored
    bring: Callable[[Hand, list[tuple[Where, Any]]], None]
    check: Callable[[Hand, list[tuple[Where, Any]]], Iterator[Looked]]
    most: int = BATCH


@dataclass(frozen=True)
class Kind:
    """What rows of a report are called, many of them; and how one is taken back, None where it goes with another.

    `remove` gets the row of the report and says whether what it made went; what somebody worked on stays.
    """

    key: str
    label: Callable[[], str]
    remove: Callable[[ImportRow], bool] | None = None


_sorts: dict[type[Record], Sort] = {}
_kinds: dict[str, Kind] = {}


def register(*made: Sort, kinds: tuple[Kind, ...] = ()) -> None:
    """Adds sorts and kinds. What comes later may stand in what came before, so it is taken back first."""
    _sorts.update({each.record: each for each in made})
    _kinds.update({each.key: each for each in kinds})


def sort_of(record: Record) -> Sort | None:
    """None for a row that was rejected as it was read."""
    return _sorts.get(type(record))


def kinds() -> list[Kind]:
    """In the order they are brought."""
    return list(_kinds.values())
