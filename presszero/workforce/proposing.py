"""Shifts that would cover what is needed. Pure.

Again and again the shift that does most, on the day that lacks most, goes to whoever has worked least that week: the
greedy way, which anybody can follow. Nobody works twice a day, six days, or more than forty hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

LENGTHS = (16, 12, 8)  # half-hours of a shift, the longest first
DAYS_A_WEEK, HALF_HOURS_A_WEEK = 5, 80
NEARLY = 0.75  # of a shift is wanted: it is worth coming for


@dataclass(frozen=True)
class Proposed:
    """`shifts`: day → member → (from, to) in half-hours since midnight. `missing`: half-hours of people left over."""

    shifts: Mapping[date, Mapping[int, tuple[int, int]]]
    missing: int

    @property
    def people(self) -> int:
        """How many more it would take at least."""
        return -(-self.missing // HALF_HOURS_A_WEEK)


@dataclass
class _Worker:
    member: int
    days: set[date] = field(default_factory=set)
    half_hours: int = 0

    def may(self, day: date, length: int) -> bool:
        fits = len(self.days) < DAYS_A_WEEK and self.half_hours + length <= HALF_HOURS_A_WEEK
        return fits and day not in self.days


# How much a shift does, the more the better (nearly all of it is wanted, half-hours covered, the share of the day that
# is lacking, people lacking in it, the earlier the better), then its length and its day.
_Tried = tuple[bool, int, float, int, int, int, date]


def propose(needed: Mapping[date, Sequence[int]], members: Sequence[int]) -> Proposed:
    """`needed`: day → people on the roster in each of its half-hours."""
    workers = [_Worker(member) for member in members]
    found: dict[date, dict[int, tuple[int, int]]] = {day: {} for day in sorted(needed)}
    left = {day: list(needed[day]) for day in found}
    best = {day: _best(day, left[day], sum(needed[day]), workers) for day in found}
    while tried := max(filter(None, best.values()), default=None):
        *_how, early, length, day = tried
        able = [w for w in workers if w.may(day, length)]
        if able:
            worker = min(able, key=lambda w: (w.half_hours, w.member))
            worker.days.add(day)
            worker.half_hours += length
            found[day][worker.member] = (-early, -early + length)
            for number in range(-early, -early + length):
                left[day][number] -= 1
        best[day] = _best(day, left[day], sum(needed[day]), workers)
    return Proposed(found, sum(max(0, each) for row in left.values() for each in row))


def _best(day: date, left: Sequence[int], needed: int, workers: Sequence[_Worker]) -> _Tried | None:
    """The shift of a day that does most; None where nothing is lacking, or nobody is left for it."""
    wanted = [0, *accumulate(each > 0 for each in left)]
    people = [0, *accumulate(max(0, each) for each in left)]
    if not people[-1]:
        return None
    tried = [
        (
            covers >= NEARLY * length,
            covers,
            people[-1] / needed,
            people[start + length] - people[start],
            -start,
            length,
            day,
        )
        for length in LENGTHS
        if any(w.may(day, length) for w in workers)
        for start in range(len(left) - length + 1)
        if (covers := wanted[start + length] - wanted[start])
    ]
    return max(tried, default=None)
