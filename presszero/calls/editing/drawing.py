"""A flow as the editor draws it: a tree of what a caller hears, in the order they would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .shaping import Json, leads


@dataclass
class Place:
    """A slot: what stands in it, if anything, and what it is called ("1", "when open")."""

    slot: str
    label: str
    key: str = ""  # of the telephone, where a choice hangs on one
    choice: Mapping[str, Any] = field(default_factory=dict)
    step: Step | None = None
    again: str = ""  # it leads to a step drawn elsewhere: that one's name
    to: str = ""


@dataclass
class Step:
    """A node, drawn where a caller first comes to it."""

    id: str
    kind: str
    title: str
    row: Json
    number: int
    places: list[Place]
    faults: list[str]

    @property
    def heard(self) -> Json:
        """Texts and recordings by language."""
        return self.row.get("heard") or {"texts": {}, "recordings": {}}


def drawn(flow: Json, faults: Iterable[tuple[str, str]] = ()) -> Place:
    """The start, with everything under it. `faults`: (node, sentence)."""
    told: dict[str, list[str]] = {}
    for node, sentence in faults:
        told.setdefault(node, []).append(sentence)
    seen: dict[str, int] = {}
    return _place(flow, told, seen, "start", flow.get("start", ""))


def title(node: str, row: Mapping[str, Any]) -> str:
    """What a step is called: its own name, or what it does."""
    return str(row.get("name") or "") or kinds().get(str(row.get("kind")), node)


def kinds() -> dict[str, str]:
    """What can stand in a menu, as it is offered."""
    return {
        "say": _("Say something"),
        "choose": _("Offer choices"),
        "hours": _("Open or closed?"),
        "lookup": _("Look up an order"),
        "keys": _("Let them type a number"),
        "queue": _("To a person"),
        "voicemail": _("Take a message"),
        "callback": _("Offer to call back"),
        "text": _("Text them a link"),
        "article": _("Read out an answer"),
        "end": _("Say goodbye"),
    }


def icons() -> dict[str, str]:
    """The picture of each kind."""
    return {
        "say": "quote",
        "choose": "list",
        "hours": "clock",
        "lookup": "search",
        "keys": "hash",
        "queue": "person",
        "voicemail": "inbox",
        "callback": "phone",
        "text": "chat",
        "article": "book",
        "end": "check",
    }


def names_of_slots() -> dict[str, str]:
    """How a slot is called where it is drawn."""
    return {
        "start": _("They call"),
        "to": pgettext("next in a phone menu", "then"),
        "open": _("while open"),
        "closed": _("while closed"),
        "found": _("found"),
        "none": _("not found"),
    }


def _place(flow: Json, told: dict[str, list[str]], seen: dict[str, int], slot: str, to: str) -> Place:
    node, _dot, name = slot.partition(".")
    key = name.removeprefix("choices.") if name.startswith("choices.") else ""
    choice = flow["nodes"][node]["choices"][key] if key else {}
    label = key or names_of_slots().get(name or node, name)
    place = Place(slot, label, key, choice, to=to)
    row = flow["nodes"].get(to)
    if row is None:
        return place
    if to in seen:
        place.again = title(to, row)
        return place
    seen[to] = len(seen) + 1
    number = seen[to]
    places = [_place(flow, told, seen, each, there) for each, there in sorted(leads(to, row), key=_by_key)]
    place.step = Step(to, row["kind"], title(to, row), row, number, places, told.get(to, []))
    return place


def _by_key(lead: tuple[str, str]) -> tuple[int, str]:
    """Choices in the order of the keys; a node's other slots stay as they are named."""
    name = lead[0].rsplit(".", 1)[1] if ".choices." in lead[0] else ""
    return (0 if name.isdecimal() else 1, name) if name else (0, "")
