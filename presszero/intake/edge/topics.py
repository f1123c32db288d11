"""Which pages care about an event. Pure.

A topic is a word, or a word and an id: `list`, `counts`, `conversation:42`, `orders:42` for the orders beside that one,
`mentions:7`, `looking:42`, `bulk:3`, and `bulks:7` for those that a member began; `phone:7` for the phone of a member,
and `phones` for everybody who is in a call. A page hears that a topic changed and fetches it through its own, guarded
address; nothing else is ever sent. `chat:7:v-0123` is a visitor's thread on a line: no member's page can ask for that,
and no widget for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SLOW = frozenset({"list", "counts", "wall"})  # sent once a second at most

_LISTED = ("message", "conversation", "presence", "promise", "side")  # what moves a row, or a number beside a view
_COUNTED = ("arrival", "remedy")  # the quarantine's number, and what waits to be settled
_WITHIN = (
    "message",
    "conversation",
    "note",
    "delivery",
    "person",
    "promise",
    "side",
    "draft",
    "remedy",
    "offer",
    "call",
)  # what an open one shows
_ORDERS = ("order", "remedy", "shipment", "forecast")  # what moves an order beside an open one

_PHONES = ("call.rings", "call.talking", "call.changed", "call.ended", "presence.changed")  # what a phone shows

_WALL = ("call", "waiting", "presence")  # what the wallboard counts

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
    if family in _WALL:
        found.add("wall")
    if event.conversation_id and family in _WITHIN:
        found.add(f"conversation:{event.conversation_id}")
    if event.conversation_id and family in _ORDERS:
        found.add(f"orders:{event.conversation_id}")
    if event.kind == "bulk.progressed":
        found |= {f"bulk:{event.details.get('bulk_id')}", f"bulks:{event.details.get('member_id')}"}
    if event.kind == "person.mentioned":
        found.add(f"mentions:{event.details.get('member_id')}")
    if event.kind in _PHONES:
        member = event.details.get("member_id")
        found.add(f"phone:{member}" if member else "phones")
    if family == "conversation":
        found |= {f"conversation:{other}" for name in _OTHERS if (other := event.details.get(name))}
    return frozenset(found)
