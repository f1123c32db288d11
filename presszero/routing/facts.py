"""Facts about who is here."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Fact):
    kind = "presence.changed"
    sentence = "{by} is ready, or no longer"
    member_id: int
    ready: bool
