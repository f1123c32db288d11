"""What the readers of several providers do alike with the items of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from ..archive import Archive
from ..reading.elements import elements
from ..reading.items import items
from ..vocabulary import NotUnderstood, Record, Rejected, WordFound
from . import values

MOST_LOOSE = 2_000_000  # messages in a file of their own that are kept by their ticket
Found = Iterator[tuple[str, Any]]  # (which file, an item of it)


def listed(archive: Archive, names: Iterable[str], under: Collection[str]) -> Found:
    """The items of JSON files of these names, each alone or in a list `under` a name."""
    for name in archive.named(*names):
        with archive.open(name) as stream:
            yield from ((name, each) for each in items(stream, under))


def marked_up(archive: Archive, name: str, tag: str) -> Found:
    """The elements of XML files of this name."""
    for each_name in archive.named(name):
        with archive.open(each_name) as stream:
            yield from ((each_name, each) for each in elements(stream, tag))


def by_ticket(found: Found, too_many: str) -> dict[str, list[Any]]:
    """Messages that stand in a file of their own. Raises NotUnderstood where they are too many to hold."""
    made: dict[str, list[Any]] = defaultdict(list)
    for count, (_place, each) in enumerate(found):
        if count > MOST_LOOSE:
            raise NotUnderstood(too_many)
        if isinstance(each, Mapping):
            made[values.number(each.get("ticket_id"))].append(each)
    return made


def tag(found: Any) -> Record:
    name = values.words(found.get("name"), 60) if isinstance(found, Mapping) else ""
    return WordFound("tag", name) if name else broken("tag", found)


def broken(kind: str, found: Any) -> Rejected:
    """An item that could not be read, or that misses what it cannot be without."""
    if isinstance(found, NotUnderstood):
        return Rejected(kind, str(found))
    return Rejected(kind, gettext_noop("Something of it is missing: it has no number or no name."), raw=found)
