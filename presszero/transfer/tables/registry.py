"""Tables, by their key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant

BATCH = 1000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Scope:
    """Whose rows, and of which conversations: None is all of them."""

    merchant: Merchant
    conversations: Sequence[int] | None = None


@dataclass(frozen=True)
class Table:
    """A table of the product as a merchant takes it out: its name, its columns, its rows, and how many there are."""

    key: str
    label: Callable[[], str]
    columns: Callable[[Scope], list[str]]
    rows: Callable[[Scope], Iterator[list[Any]]]
    count: Callable[[Scope], int]
    of_conversations: bool = False  # can be narrowed to some conversations


_tables: dict[str, Table] = {}


def register(*made: Table) -> None:
    """Adds tables. The same key again takes the place of the first."""
    _tables.update({each.key: each for each in made})


def all_tables() -> list[Table]:
    return list(_tables.values())


def table(key: str) -> Table:
    """Raises Refused for one there is not."""
    if key not in _tables:
        raise Refused(f"There is no table {key}.")
    return _tables[key]


def batches(rows: QuerySet[M]) -> Iterator[list[M]]:
    """All rows, a batch at a time, by their ids."""
    after = 0
    rows = rows.order_by("id")
    while batch := list(rows.filter(id__gt=after)[:BATCH]):
        yield batch
        after = batch[-1].pk
