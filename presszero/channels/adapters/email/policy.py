"""When a mailbox has been silent for too long. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

WEEKS = 4  # of arrivals that say what is usual
LEAST = 20  # arrivals, below which nothing is usual
EXPECTED = 7.0  # mails missing on average: by chance alone once in a thousand times (e**-7)
STEP = timedelta(minutes=30)
LONGEST = timedelta(days=14)

_WEEK = timedelta(weeks=1)


def unusual_after(arrivals: Sequence[datetime]) -> datetime | None:
    """When the silence after the last of these arrivals (ascending, aware) becomes one that never happens.

    Nights and week-ends are quiet in their own way, so the same hours of the weeks before say what was to be expected:
    too long is when seven mails or more would usually have come, and some did in every one of those weeks. None while
    there is too little to go by: fewer than twenty mails, or less than two weeks of them.
    """
    if len(arrivals) < LEAST or arrivals[-1] - arrivals[0] < 2 * _WEEK:
        return None
    last = arrivals[-1]
    weeks = min(WEEKS, (last - arrivals[0]) // _WEEK)
    for steps in range(1, int(LONGEST / STEP) + 1):
        until = last + steps * STEP
        counts = [_between(arrivals, last - week * _WEEK, until - week * _WEEK) for week in range(1, weeks + 1)]
        if min(counts) > 0 and sum(counts) / weeks >= EXPECTED:
            return until
    return last + LONGEST


def _between(arrivals: Sequence[datetime], after: datetime, until: datetime) -> int:
    return bisect_right(arrivals, until) - bisect_left(arrivals, after + timedelta(microseconds=1))
