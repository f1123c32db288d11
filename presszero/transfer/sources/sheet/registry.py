"""Tables somebody may bring, by what their rows are. An app that keeps rows of its own adds its table here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...vocabulary import Record
from .row import Row


@dataclass(frozen=True)
class Sheet:
    """What the rows of a table are, what its columns may mean, and the record that a row becomes."""

    key: str
    label: Callable[[], str]
    kind: str  # what a row is counted as that cannot be read: a key of bringing.registry.kinds
    columns: Mapping[str, str]  # target → what it is called elsewhere: folded words with spaces between
    labels: Callable[[], Mapping[str, str]]  # target → what it is called here
    read: Callable[[Row], Record]  # raises NotUnderstood, whose sentence stands in the report
    fields: str = ""  # whose own fields a column may be: customer · conversation
    many: frozenset[str] = frozenset()  # targets that several columns may have


_sheets: dict[str, Sheet] = {}


def register(*made: Sheet) -> None:
    """Adds tables, in the order they are offered. The same key again takes the place of the first."""
    _sheets.update({each.key: each for each in made})


def sheets() -> list[Sheet]:
    return list(_sheets.values())


def sheet(key: str) -> Sheet:
    """Raises KeyError for one there is not."""
    return _sheets[key]
