"""Counts of parcels by the days they still took, and by the weekdays and months on which they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

AHEAD = 61  # days that are told apart
WEEKDAYS, MONTHS = 7, 12


@dataclass(slots=True)
class Cell:
    """A group of parcels in one situation: by days ahead, how many were still awaited and how many came."""

    FADING: ClassVar[float] = 120.0  # days in which a parcel comes to count half
    BELIEF: ClassVar[float] = 12.0  # parcels of its own by which a group is half believed against the broader one

    awaited: list[float] = field(default_factory=lambda: [0.0] * AHEAD)
    came: list[float] = field(default_factory=lambda: [0.0] * AHEAD)
    parcels: int = 0

    @staticmethod
    def believed() -> list[float]:
        """Before anything was seen: three parcels in ten of those awaited come each day from the second on."""
        return [0.1, *([0.3] * (AHEAD - 1))]

    def count(self, watched: int, left: int | None, worth: float) -> None:
        """A parcel watched for so many days; `left` is after how many it came, None if it did not while watched."""
        last = min(left if left is not None else watched, AHEAD - 1)
        for ahead in range(last + 1):
            self.awaited[ahead] += worth
        if left is not None and left < AHEAD:
            self.came[left] += worth

    def hazards(self, broader: Sequence[float]) -> list[float]:
        """By days ahead: the share of the awaited that come, drawn towards the broader group's."""
        return [
            (came + self.BELIEF * hazard) / (awaited + self.BELIEF)
            for came, awaited, hazard in zip(self.came, self.awaited, broader, strict=True)
        ]

    def told(self) -> list[Any]:
        last = max((at for at, each in enumerate(self.awaited) if each), default=-1) + 1
        return [self.parcels, [round(x, 3) for x in self.awaited[:last]], [round(x, 3) for x in self.came[:last]]]

    @classmethod
    def from_told(cls, told: list[Any]) -> Cell:
        parcels, awaited, came = told
        rest = [0.0] * (AHEAD - len(awaited))
        return cls([*map(float, awaited), *rest], [*map(float, came), *rest], int(parcels))


@dataclass(slots=True)
class Factors:
    """How much more or less arrives on each weekday and in each month than on all days alike."""

    BELIEF: ClassVar[float] = 15.0  # arrivals
    RANGE: ClassVar[tuple[float, float]] = (0.005, 4.0)

    weekday: list[float] = field(default_factory=lambda: [1.0] * WEEKDAYS)
    month: list[float] = field(default_factory=lambda: [1.0] * MONTHS)
    _noted: dict[tuple[date, int], float] = field(default_factory=dict)  # days awaited, by how far ahead
    _came: dict[date, float] = field(default_factory=dict)

    def of(self, day: date) -> float:
        return self.weekday[day.weekday()] * self.month[day.month - 1]

    def note(self, day: date, watched: int, left: int | None, worth: float) -> None:
        last = min(left if left is not None else watched, AHEAD - 1)
        for ahead in range(last + 1):
            at = (day + timedelta(days=ahead), ahead)
            self._noted[at] = self._noted.get(at, 0.0) + worth
        if left is not None and left < AHEAD:
            then = day + timedelta(days=left)
            self._came[then] = self._came.get(then, 0.0) + worth

    def settle(self, hazards: Sequence[float]) -> None:
        """From what was noted: what came against what would have, had all days been alike. Months need a year."""
        expected: dict[date, float] = {}
        for (day, ahead), worth in self._noted.items():
            expected[day] = expected.get(day, 0.0) + worth * hazards[ahead]
        self.weekday = self._ratios(expected, WEEKDAYS, date.weekday, self.weekday)
        if expected and (max(expected) - min(expected)).days > 365:
            known = {day: worth * self.weekday[day.weekday()] for day, worth in expected.items()}
            self.month = self._ratios(known, MONTHS, lambda day: day.month - 1, self.month)
        self._noted.clear()
        self._came.clear()

    def _ratios(self, expected: dict[date, float], size: int, of: Any, before: list[float]) -> list[float]:
        came, would = [0.0] * size, [0.0] * size
        for day, worth in expected.items():
            would[of(day)] += worth
            came[of(day)] += self._came.get(day, 0.0)
        every = (sum(came) + self.BELIEF) / (sum(would) + self.BELIEF)
        ratios = [(c / every + self.BELIEF) / (w + self.BELIEF) for c, w in zip(came, would, strict=True)]
        return [min(max(each, self.RANGE[0]), self.RANGE[1]) for each in ratios] or before

    def told(self) -> list[Any]:
        return [[round(each, 4) for each in self.weekday], [round(each, 4) for each in self.month]]

    @classmethod
    def from_told(cls, told: list[Any]) -> Factors:
        weekday, month = told
        return cls([float(each) for each in weekday], [float(each) for each in month])
