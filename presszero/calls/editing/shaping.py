"""What an editor does to a flow: add, change, lead elsewhere, take out. Pure; a flow is the JSON of Menu.draft.

A slot is a place something follows in: "start", "hello.to", "menu.choices.3", "hours.closed". There is no slot for key
0 and no kind of node that takes it: whoever draws a menu cannot draw one that keeps a caller from a person.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.refusal import Refused

from ..menu.flow import KEYS, KINDS, MOST_NODES, TEXTED

Json = dict[str, Any]

LONGEST = 1000  # characters of one text


class NoSuchPlace(Refused):
    """The node or slot is not in the draft (any more)."""


class NotThere(Refused):
    """What was asked for cannot stand there."""


def empty(languages: Sequence[str] = ("en",)) -> Json:
    """A flow that says nothing yet."""
    return {"start": "", "languages": list(languages), "speech": False, "record": None, "nodes": {}}


def add(flow: Json, slot: str, kind: str) -> tuple[Json, str]:
    """A new node in a slot, and its name; what stood in the slot follows it where it can. Raises NotThere."""
    if kind not in KINDS:
        raise NotThere(_("There is nothing of that kind."), _("Pick one from the list."))
    if len(flow["nodes"]) >= MOST_NODES:
        raise NotThere(_("A menu holds 200 steps at most."), _("Nobody listens that long: take some out first."))
    made = copy.deepcopy(flow)
    before = target(made, slot)
    node = _free(made, kind)
    made["nodes"][node] = _fresh(kind, before)
    _put(made, slot, node)
    return made, node


def change(flow: Json, node: str, given: Mapping[str, Any]) -> Json:
    """The node with other words or settings; `given` holds only what changes. Raises NoSuchPlace, NotThere."""
    made = copy.deepcopy(flow)
    row = _node(made, node)
    for name, value in given.items():
        if name not in _FIELDS or name not in _FIELDS_OF[row["kind"]]:
            raise NotThere(_("That cannot be set here."), _("Load the page anew."))
        row[name] = _FIELDS[name](value)
    return made


def choose(flow: Json, node: str, key: str, given: Mapping[str, str]) -> Json:
    """What hangs on a key of a choice: its name, the language it switches to, and words for it."""
    if key not in KEYS:
        raise NotThere(_("Nothing can hang on that key."), _("0 always leads to a person, and # says it again."))
    made = copy.deepcopy(flow)
    row = _node(made, node)
    if row["kind"] != "choose":
        raise NotThere(_("Only a choice has keys."), _("Load the page anew."))
    choice = row["choices"].setdefault(key, {"name": "", "to": ""})
    for name in ("name", "language"):
        if name in given:
            choice[name] = given[name].strip()[:60]
    if "words" in given:
        choice["words"] = [each.strip().lower()[:40] for each in given["words"].split(",") if each.strip()][:20]
    return made


def unhang(flow: Json, node: str, key: str) -> Json:
    """The key leads nowhere any more; what hung only there is taken out."""
    made = copy.deepcopy(flow)
    _node(made, node).get("choices", {}).pop(key, None)
    return _without_orphans(made)


def lead(flow: Json, slot: str, to: str) -> Json:
    """The slot leads to a node that is there already; to "" for nowhere. What nothing leads to any more goes."""
    made = copy.deepcopy(flow)
    if to:
        _node(made, to)
    _put(made, slot, to)
    return _without_orphans(made)


def remove(flow: Json, node: str) -> Json:
    """Takes a node out; what followed it alone stands in its place, where only one thing did."""
    made = copy.deepcopy(flow)
    row = _node(made, node)
    after = [to for _slot, to in leads(node, row) if to and to != node]
    instead = after[0] if len(after) == 1 else ""
    for slot in [slot for slot, to in all_slots(made) if to == node]:
        _put(made, slot, instead)
    del made["nodes"][node]
    return _without_orphans(made)


def speak(flow: Json, languages: Sequence[str]) -> Json:
    """The languages callers may be spoken to in, the first is the usual one; words of others stay for later."""
    found = [each for each in dict.fromkeys(each.strip() for each in languages) if _LANGUAGE.fullmatch(each)][:8]
    if not found:
        raise NotThere(_("A menu speaks one language at least."), _("Pick one."))
    return {**copy.deepcopy(flow), "languages": found}


def ask_to_record(flow: Json, heard: Mapping[str, Any] | None) -> Json:
    """The question before a recording; None where nothing is recorded."""
    return {**copy.deepcopy(flow), "record": heard_of(heard) if heard is not None else None}


def listen_for_words(flow: Json, on: bool) -> Json:
    return {**copy.deepcopy(flow), "speech": bool(on)}


def target(flow: Json, slot: str) -> str:
    """Where a slot leads; "" for nowhere. Raises NoSuchPlace."""
    for name, to in all_slots(flow):
        if name == slot:
            return to
    raise NoSuchPlace(_("That place is gone from the menu."), _("Load the page anew."))


def all_slots(flow: Json) -> Iterator[tuple[str, str]]:
    """Every (slot, where it leads)."""
    yield "start", flow.get("start", "")
    for node, row in flow["nodes"].items():
        yield from leads(node, row)


def leads(node: str, row: Json) -> Iterator[tuple[str, str]]:
    """The slots of one node."""
    for key, choice in row.get("choices", {}).items():
        yield f"{node}.choices.{key}", choice.get("to", "")
    for name in KINDS.get(row.get("kind", ""), ()):
        yield f"{node}.{name}", row.get(name, "")


def heard_of(given: Any) -> Json:
    """Texts and recordings by language, tidied: {"texts": {"en": …}, "recordings": {"en": 12}}."""
    given = given if isinstance(given, Mapping) else {}
    texts = {k: str(v).strip()[:LONGEST] for k, v in dict(given.get("texts") or {}).items() if str(v).strip()}
    sounds = {k: int(v) for k, v in dict(given.get("recordings") or {}).items() if str(v).isdecimal() and int(v)}
    return {"texts": texts, "recordings": sounds}


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_HEARD = {"heard"}
_FIELDS_OF: Mapping[str, set[str]] = {
    "say": {"name"} | _HEARD,
    "choose": {"name", "tries"} | _HEARD,
    "keys": {"name", "as", "most"} | _HEARD,
    "hours": {"name"},
    "lookup": {"name", "what", "most"} | _HEARD,
    "queue": {"name", "queue"} | _HEARD,
    "voicemail": {"name"} | _HEARD,
    "callback": {"name"} | _HEARD,
    "text": {"name", "what"} | _HEARD,
    "article": {"name"} | _HEARD,
    "end": {"name"} | _HEARD,
}


def _number(low: int, high: int) -> Any:
    def read(value: Any) -> int:
        try:
            found = int(value)
        except (TypeError, ValueError) as why:
            raise NotThere(_("That is no number."), _("Type digits.")) from why
        if not low <= found <= high:
            wants = _("It lies between %(low)d and %(high)d.") % {"low": low, "high": high}
            raise NotThere(_("That number does not go here."), wants)
        return found

    return read


_FIELDS = {
    "name": lambda value: str(value).strip()[:60],
    "heard": heard_of,
    "tries": _number(1, 5),
    "most": _number(1, 20),
    "as": lambda value: re.sub(r"[^a-z_]", "", str(value).lower())[:30] or "number",
    "what": lambda value: str(value) if value in (*TEXTED, "order") else "help",
    "queue": _number(0, 2**62),
}


_USUAL: Mapping[str, Json] = {
    "keys": {"as": "number", "most": 8},
    "lookup": {"what": "order", "most": 10},
    "text": {"what": "help"},
    "queue": {"queue": 0},
}


def _fresh(kind: str, before: str) -> Json:
    row: Json = {"kind": kind, "name": ""}
    if _FIELDS_OF[kind] >= _HEARD:
        row["heard"] = heard_of(None)
    if kind == "choose":
        row |= {"choices": {"1": {"name": "", "to": before}}, "tries": 2}
    row |= dict.fromkeys(KINDS[kind], "")
    if KINDS[kind]:
        row[KINDS[kind][0]] = before
    return row | copy.deepcopy(_USUAL.get(kind, {}))


def _free(flow: Json, kind: str) -> str:
    return next(name for n in range(1, MOST_NODES + 2) if (name := f"{kind}{n}") not in flow["nodes"])


def _node(flow: Json, node: str) -> Json:
    if node not in flow["nodes"]:
        raise NoSuchPlace(_("That step is gone from the menu."), _("Load the page anew."))
    row: Json = flow["nodes"][node]
    return row


def _put(flow: Json, slot: str, to: str) -> None:
    target(flow, slot)  # it is there
    if slot == "start":
        flow["start"] = to
        return
    node, name, *key = slot.split(".")
    row = _node(flow, node)
    if key:
        row["choices"][key[0]]["to"] = to
    else:
        row[name] = to


def _without_orphans(flow: Json) -> Json:
    """Nothing stays that no caller can come to."""
    reached: set[str] = set()
    waiting = [flow["start"]]
    while waiting:
        node = waiting.pop()
        if node and node in flow["nodes"] and node not in reached:
            reached.add(node)
            waiting += [to for _slot, to in leads(node, flow["nodes"][node])]
    flow["nodes"] = {node: row for node, row in flow["nodes"].items() if node in reached}
    return flow
