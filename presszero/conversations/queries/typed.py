"""A search as it is typed: words, "exact words", and filters among them: from:ada tag:late is:open before:2026-11-01.

Filters become the one language of conditions (conversations/filtering), apart from `from:`, which is a person and is
looked up as one. A minus before a filter turns it round. What is no filter of ours is a word like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ..filtering import Known

_PART = re.compile(r"""(?P<not>-?)\b(?P<key>[a-z]+):(?P<value>"[^"]*"?|\S*)|"(?P<exact>[^"]*)"?|(?P<word>\S+)""", re.I)
_STATES = ("open", "snoozed", "resolved", "spam")
KEYS = ("from", "tag", "is", "assigned", "team", "topic", "channel", "before", "after", "subject", "field")

_OPPOSITES = {
    "any_of": "none_of", "is": "is_not", "contains": "contains_not", "is_set": "is_empty", "is_empty": "is_set",
    "before": "after", "after": "before",
}  # fmt: skip

Node = dict[str, Any]


@dataclass
class Typed:
    """`words` to be found, `exact` to stand so in the text, `people` whose conversations, `nodes` that all must hold.

    `problem` says what cannot be found as it is typed, "" for nothing.
    """

    words: str = ""
    exact: list[str] = field(default_factory=list)
    people: str = ""
    nodes: list[Node] = field(default_factory=list)
    problem: str = ""

    @property
    def node(self) -> Node:
        """The filter."""
        return {"all": self.nodes}


def has_filters(text: str) -> bool:
    """Whether one of our filters, or exact words, is typed: then the merchant's names are needed to read it."""
    return any(part["exact"] or _is_filter(part) for part in _PART.finditer(text))


def typed(text: str, known: Known) -> Typed:
    """Reads it. A filter without a value yet is passed over."""
    found, words = Typed(), []
    for part in _PART.finditer(text):
        value = (part["value"] or "").strip('"').strip()
        if part["exact"]:
            found.exact.append(part["exact"].strip())
            words.append(part["exact"])
        elif not _is_filter(part):
            words.append(part[0].strip('"'))
        elif value:
            _take(found, part["key"].lower(), value, known, turned=bool(part["not"]))
    found.words = " ".join(" ".join(words).split())
    return found


def _is_filter(part: re.Match[str]) -> bool:
    return (part["key"] or "").lower() in KEYS


def _take(found: Typed, key: str, value: str, known: Known, *, turned: bool) -> None:
    if key == "from" and not turned:
        found.people = value
        return
    node = _READ[key](value, known)
    if node and turned:
        node = _turned(node)
    if node:
        found.nodes.append(node)
    else:
        found.problem = _("There is no %(key)s:%(value)s here.") % {"key": key, "value": value}


def _turned(node: Node) -> Node | None:
    """The opposite; None where there is none."""
    op = _OPPOSITES.get(node["op"])
    return {**node, "op": op} if op else None


def _named(what: str) -> Callable[[str, Known], Node | None]:
    def reads(value: str, known: Known) -> Node | None:
        """Everything whose name begins so, so that it finds while it is being typed."""
        small = value.casefold()
        named = [one for one in known.named[what].values() if _begins(one.name, small)]
        exact = [one for one in named if one.name.casefold() == small]
        ids = [one.id for one in (exact or named)][:50]
        return {"field": what, "op": "any_of", "value": ids} if ids else None

    return reads


def _begins(name: str, small: str) -> bool:
    whole = name.casefold()
    return whole.startswith(small) or any(word.startswith(small) for word in whole.split())


def _is(value: str, known: Known) -> Node | None:
    small = value.casefold()
    alone: dict[str, Node] = {
        "unassigned": {"field": "assignee", "op": "is_empty"},
        "mine": {"field": "assignee", "op": "is", "value": "me"},
        "urgent": {"field": "priority", "op": "is", "value": 4},
        "waiting": {"field": "waiting_for", "op": "is_set"},
        "answered": {"field": "first_reply", "op": "is_set"},
        "late": {"field": "due_at", "op": "longer_ago_than", "value": "1m"},
    }
    if small in _STATES:
        return {"field": "state", "op": "is", "value": small}
    return alone.get(small)


def _assigned(value: str, known: Known) -> Node | None:
    small = value.casefold()
    if small == "me":
        return {"field": "assignee", "op": "is", "value": "me"}
    if small in ("nobody", "none"):
        return {"field": "assignee", "op": "is_empty"}
    return _named("assignee")(value, known)


def _channel(value: str, known: Known) -> Node | None:
    called = {"mail": "email", "e-mail": "email", "webform": "form"}
    return {"field": "channel", "op": "is", "value": called.get(value.casefold(), value.casefold())}


def _day(op: str) -> Callable[[str, Known], Node | None]:
    def reads(value: str, known: Known) -> Node | None:
        try:
            return {"field": "last_at", "op": op, "value": date.fromisoformat(value).isoformat()}
        except ValueError:
            return None

    return reads


def _field(value: str, known: Known) -> Node | None:
    """field:colour=red, by the key of a field of one's own, about the conversation or the customer."""
    key, _equals, wanted = value.partition("=")
    for about, prefix in (("conversation", "field"), ("customer", "customer")):
        if wanted and (about, key) in known.own:
            return {"field": f"{prefix}.{key}", "op": "is", "value": wanted}
    return None


_READ: dict[str, Callable[[str, Known], Node | None]] = {
    "tag": _named("tag"),
    "team": _named("team"),
    "topic": _named("topic"),
    "is": _is,
    "assigned": _assigned,
    "from": lambda value, known: {"field": "customer_name", "op": "contains", "value": value},
    "channel": _channel,
    "before": _day("before"),
    "after": _day("after"),
    "subject": lambda value, known: {"field": "subject", "op": "contains", "value": value},
    "field": _field,
}
