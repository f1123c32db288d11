"""When it is quiet, and when to try again. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

FRESH = timedelta(minutes=10)  # what is older is no news
TRIES = 4


def is_quiet(begins: time | None, ends: time | None, now: datetime) -> bool:
    """Whether `now`, in the member's own time, lies in the quiet hours; they may go over midnight."""
    if begins is None or ends is None or begins == ends:
        return False
    at = now.time()
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def again_after(tries: int) -> timedelta:
    """How long to wait once it failed `tries` times: 15 s, 1 min, 4 min."""
    return timedelta(seconds=15 * 4 ** max(tries - 1, 0))
