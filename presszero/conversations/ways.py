"""By which way an answer goes, and what to tell whoever is about to send it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HERE_FOR = timedelta(seconds=45)  # after the last sign of an open chat, somebody counts as gone
TYPES_FOR = timedelta(seconds=8)  # after the last sign of typing

ASKED, LAST, NOW, ONLY = "asked", "last", "now", "only"  # why a way was chosen


@dataclass(frozen=True, slots=True)
class Way:
    """A thread that goes on, or an address of theirs with a line of ours to write to it from."""

    channel: str  # Line.kind
    handle_kind: str
    line_id: int
    line: str  # our address
    address: str  # theirs
    thread_id: int | None = None  # None: it begins with the answer
    live: bool = False  # they see it while they are here, or when they come back
    seen_at: datetime | None = None  # their chat was open
    typing_at: datetime | None = None
    proven: bool = True  # the address is known to be theirs; False: somebody says so
    bounced: bool = False
    paused: bool = False
    trouble: str = ""
    most_bytes: int = 0  # of files in one message

    @property
    def key(self) -> str:
        """As a form sends it."""
        return f"thread:{self.thread_id}" if self.thread_id else f"line:{self.line_id}:{self.address}"

    def here(self, now: datetime) -> bool:
        """Whether they would see it as it is sent."""
        return self.live and self.seen_at is not None and now - self.seen_at <= HERE_FOR

    def types(self, now: datetime) -> bool:
        return self.typing_at is not None and now - self.typing_at <= TYPES_FOR

    def is_by(self, asked: str) -> bool:
        """Whether this is what somebody means who asks for e-mail, or for the chat."""
        return asked in (self.channel, self.handle_kind)


@dataclass(frozen=True, slots=True)
class Caution:
    """What the sender should know. `instead`: the key of a way that would reach them, "" when there is none."""

    kind: str  # gone · bounced · paused · trouble · unproven · too_large
    since: datetime | None = None
    instead: str = ""


def choose_way(
    ways: Sequence[Way], asked_for: str, last_used: str, reachable_now: Collection[str]
) -> tuple[Way | None, str]:
    """The way to propose, and why: the one they asked for, else where they last wrote, else where they are now.

    `last_used` and `reachable_now` are keys of ways; a way whose address is dead, or whose line is paused, is only
    proposed when there is no other.
    """
    sound = [way for way in ways if not way.bounced and not way.paused] or list(ways)
    asked = [way for way in sound if asked_for and way.is_by(asked_for)]
    for found, why in (
        (sorted(asked, key=lambda way: way.key != last_used), ASKED),
        ([way for way in sound if way.key == last_used], LAST),
        ([way for way in sound if way.key in reachable_now], NOW),
        (sorted(sound, key=lambda way: way.live), ONLY),
    ):
        if found:
            return found[0], why
    return None, ""


def cautions(way: Way, ways: Sequence[Way], now: datetime, attached: int = 0) -> list[Caution]:
    """Why they may not get what is about to be sent, the gravest first. `attached` in bytes."""
    other = next((w.key for w in ways if w.key != way.key and _arrives(w, now)), "")
    found = []
    if way.bounced:
        found.append(Caution("bounced", instead=other))
    if way.paused:
        found.append(Caution("paused", instead=other))
    elif way.trouble:
        found.append(Caution("trouble", instead=other))
    if way.live and not way.here(now):
        found.append(Caution("gone", way.seen_at, other))
    if attached > way.most_bytes:
        found.append(Caution("too_large"))
    if not way.proven:
        found.append(Caution("unproven"))
    return found


def _arrives(way: Way, now: datetime) -> bool:
    return not (way.bounced or way.paused or way.trouble) and (not way.live or way.here(now))
