"""The record in words: a sentence for each row, and what was changed, before beside after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from presszero.audit.models import Record

from .acts import ACTS, KINDS
from .happened import who


@dataclass(frozen=True, slots=True)
class Change:
    """One value, before and after; "" where there was none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the record as the page shows it."""

    id: int
    at: datetime
    who: str
    sentence: str
    changes: list[Change]
    why: str


def lines(rows: Iterable[Record], names: Mapping[int, str]) -> list[Line]:
    """In the order given. `names`: member id → name, those too who left."""
    return [Line(row.id, row.at, who(row.actor, names), sentence(row, names), changes(row), row.why) for row in rows]


def sentence(row: Record, names: Mapping[int, str]) -> str:
    """What was done, and to what: "changed a role: Maya Okafor"."""
    known = ACTS.get(row.verb) or row.verb.replace(".", ": ").replace("_", " ")
    kind, _sep, number = row.subject.partition(":")
    if kind == "membership" and number.isdigit():
        return f"{known}: {names.get(int(number), _('Someone who left'))}"
    said = (row.after or row.before or {}).get("name") or (row.after or row.before or {}).get("address")
    return f"{known}: {said}" if isinstance(said, str) and said else str(known)


def changes(row: Record) -> list[Change]:
    """What is not as it was, by name; values that stayed the same are left out."""
    before, after = row.before or {}, row.after or {}
    return [
        Change(name.replace("_", " "), shown(before.get(name)), shown(after.get(name)))
        for name in dict.fromkeys((*before, *after))
        if name not in before or name not in after or before[name] != after[name]
    ]


def shown(value: Any) -> str:
    """A value as somebody reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(map(str, value)) or "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def kind_name(kind: str) -> str:
    """What a group of acts is called."""
    return str(KINDS.get(kind, "")) or kind.replace("_", " ").capitalize()
