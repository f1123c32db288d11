"""Which pages care about an event. Pure.

A topic is a word, or a word and an id: `list`, `counts`, `conversation:42`, `mentions:7`, `looking:42`. A page hears
that a topic changed and fetches it through its own, guarded address; nothing else is ever sent. `chat:7:v-0123` is a
visitor's thread on a line: no member's page can ask for it, and no widget for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SLOW = frozenset({"list", "counts"})  # sent once a second at most

_LISTED = ("message", "conversation", "presence", "promise")  # what moves a row, or a number beside a view
_COUNTED = ("arrival",)  # the quarantine's number
_WITHIN = ("message", "conversation", "note", "delivery", "person", "promise")  # what an open conversation shows

_OTHERS = ("merged_id", "target_id")  # the second conversation of a merge or a split


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the edge reads it."""

    id: int
    merchant_id: int
    kind: str
    conversation_id: int | None
    details: Mapping[str, Any]
    talk: str = ""  # the thread of a visitor that it stands in, for their widget; never for a member's page


def talk(line_id: int, address: str) -> str:
    """A visitor's thread on a line as a topic: chat:7:v-0123…"""
    return f"chat:{line_id}:{address}"


def topics_of(event: Happened) -> frozenset[str]:
    """The topics an event touches."""
    family = event.kind.partition(".")[0]
    found: set[str] = set()
    if family in _LISTED:
        found |= {"list", "counts"}
    if family in _COUNTED:
        found.add("counts")
    if event.conversation_id and family in _WITHIN:
        found.add(f"conversation:{event.conversation_id}")
    if event.kind == "person.mentioned":
        found.add(f"mentions:{event.details.get('member_id')}")
    if family == "conversation":
        found |= {f"conversation:{other}" for name in _OTHERS if (other := event.details.get(name))}
    return frozenset(found)
