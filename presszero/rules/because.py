"""Why a rule fired: each condition that held, in words, beside what stood there then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations.filtering import Condition, Filter, Group, Known, Snapshot
from presszero.conversations.filtering.known import NAMED
from presszero.conversations.filtering.saying import said
from presszero.ui.formats import dated

from .occasions import how_long

LONG = 120  # letters of a value


def because(filter: Filter, snapshot: Snapshot, names: Callable[[], Known], at: datetime) -> list[list[str]]:
    """[[condition, value then], …]; of "any" only those that held."""
    return [[said(each), _value(each, snapshot, names, at)] for each in _holding(filter.root, snapshot, at)]


def _holding(part: Group | Condition, snapshot: Snapshot, at: datetime) -> Iterator[Condition]:
    if isinstance(part, Condition):
        if part.operator.test(part.field.get(snapshot), part.value, at):
            yield part
        return
    for each in part.parts:
        yield from _holding(each, snapshot, at)


def _value(condition: Condition, snapshot: Snapshot, names: Callable[[], Known], at: datetime) -> str:
    field = condition.field
    found: Any = field.get(snapshot)
    if found is None or found == "" or found == []:
        return _("nothing")
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, datetime):
        return how_long(max(at - found, at - at)) if condition.operator.takes == "duration" else _moment(found)
    if field.of in NAMED:
        return ", ".join(_name(names(), field.of, each) for each in (found if isinstance(found, list) else [found]))
    if isinstance(found, list):
        return _cut(", ".join(map(str, found)))
    return _around(str(found), condition) if isinstance(condition.value, str) else _cut(str(found))


def _name(known: Known, what: str, number: int) -> str:
    named = known.find(what, number)
    return named.name if named else str(number)


def _moment(at: datetime) -> str:
    return dated(timezone.localtime(at), "j M Y, H:i")


def _around(text: str, condition: Condition) -> str:
    """The words around what was looked for."""
    place = max(text.find(condition.value), 0)
    begins = max(0, place - LONG // 3)
    return ("…" if begins else "") + _cut(text[begins:])


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONG else line[: LONG - 1].rstrip() + "…"
