"""Events of the timeline as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from presszero.core.actor import from_code
from presszero.timeline.facts import kinds
from presszero.timeline.models import Event


@dataclass(frozen=True)
class Told:
    """An event in words. `conversation` is where it happened, 0 for nowhere."""

    at: datetime
    sentence: str
    conversation: int


_OTHERS: Mapping[str, Callable[[], str]] = {
    "customer": lambda: _("The customer"),
    "assistant": lambda: _("The assistant"),
    "rule": lambda: _("A rule"),
    "api": lambda: _("A program"),
}


def told(events: Iterable[Event], names: Mapping[int, str]) -> list[Told]:
    """In the order given; facts that nobody declares any more are left out. `names`: member id → name."""
    return [
        Told(e.at, _(kinds[e.kind].sentence).replace("{by}", who(e.actor, names)), e.conversation_id or 0)
        for e in events
        if e.kind in kinds
    ]


def who(code: str, names: Mapping[int, str]) -> str:
    """The person, or whoever else, behind an actor's code."""
    actor = from_code(code)
    if actor.kind == "member":
        return names.get(actor.id or 0, _("Someone who left"))
    return _OTHERS[actor.kind]() if actor.kind in _OTHERS else _("Press Zero")
