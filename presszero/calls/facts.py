"""Facts about calls."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CallBegan(Fact):
    kind = "call.began"
    sentence = "A call began"
    call_id: int
    inbound: bool


@dataclass(frozen=True, kw_only=True)
class CallZero(Fact):
    kind = "call.zero"
    sentence = "The caller asked for a person"
    call_id: int


@dataclass(frozen=True, kw_only=True)
class CallWaiting(Fact):
    kind = "call.waiting"
    sentence = "The caller waits for a person"
    call_id: int
    queue_id: int


@dataclass(frozen=True, kw_only=True)
class CallRings(Fact):
    """A member's phone rings, or stopped ringing."""

    kind = "call.rings"
    sentence = "The call rings"
    call_id: int
    leg_id: int
    member_id: int


@dataclass(frozen=True, kw_only=True)
class CallTalking(Fact):
    kind = "call.talking"
    sentence = "{by} answered the call"
    call_id: int
    member_id: int


@dataclass(frozen=True, kw_only=True)
class CallChanged(Fact):
    """Held, muted, transferred, somebody added, recording paused: whoever has it on screen looks again."""

    kind = "call.changed"
    sentence = "The call changed"
    call_id: int
    member_id: int  # whose screen; 0: everybody's in the call


@dataclass(frozen=True, kw_only=True)
class CallWritten(Fact):
    """What was said in a call, or after the tone, stands as text; or will not, or is asked for again."""

    kind = "call.written"
    sentence = "What was said is written down"
    call_id: int
    recording_id: int
    state: str  # waiting · done · failed


@dataclass(frozen=True, kw_only=True)
class CallEnded(Fact):
    kind = "call.ended"
    sentence = "The call ended"
    call_id: int
    ended: str  # served · abandoned · callback · voicemail · closed · failed
    seconds: int  # from first to last
    waited: int | None  # seconds in the queue; null: never was
    talked: int | None  # seconds with a person
