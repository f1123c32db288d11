"""Whose turn is it? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who is ready now: how many open conversations they have, how many they take, and their last turn."""

    member_id: int
    load: int
    capacity: int
    last_turn_at: datetime | None


def next_turn(candidates: Sequence[Candidate]) -> int | None:
    """Round robin: whoever had no turn for longest, among those with room. None when nobody has."""
    free = [c for c in candidates if c.load < c.capacity]
    if not free:
        return None
    return min(free, key=_waited).member_id


def _waited(candidate: Candidate) -> tuple[float, int]:
    """Sorts whoever never had a turn first, then the longest ago; ties by id, so that the answer is one."""
    turn = candidate.last_turn_at
    return (turn.timestamp() if turn else float("-inf"), candidate.member_id)
