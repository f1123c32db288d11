"""Facts about who is here, who waits, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Fact):
    kind = "presence.changed"
    sentence = "{by} is ready, or no longer"
    member_id: int
    ready: bool
    reason: str = ""  # why not: lunch · break · meeting · training · other · missed


@dataclass(frozen=True, kw_only=True)
class WaitingEntered(Fact):
    kind = "waiting.entered"
    sentence = "They wait for a person"
    waiting_id: int
    queue_id: int
    channel: str  # call · chat


@dataclass(frozen=True, kw_only=True)
class WaitingOffered(Fact):
    """It is this member's turn; their desk or phone says so."""

    kind = "waiting.offered"
    sentence = "It was given to somebody who was free"
    waiting_id: int
    turn_id: int
    member_id: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class WaitingWarned(Fact):
    kind = "waiting.warned"
    sentence = "They have waited for most of the time we allow"
    waiting_id: int
    queue_id: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class WaitingLate(Fact):
    kind = "waiting.late"
    sentence = "They have waited for longer than we allow"
    waiting_id: int
    queue_id: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class WaitingLeft(Fact):
    kind = "waiting.left"
    sentence = "They wait no longer"
    waiting_id: int
    queue_id: int
    channel: str
    left: str  # answered · abandoned · callback · voicemail · closed · withdrawn
    seconds: int  # they had waited
    member_id: int | None  # who answered
