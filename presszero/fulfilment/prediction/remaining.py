"""How much longer a parcel takes, from what was scanned last and how long ago: learned from parcels that arrived.

For every day of every past parcel we count how many days were left. The counts are kept for all parcels in that
situation (stage, days since the last scan), then for those of the same carrier, service, lane and warehouse. A thin
group is drawn towards the broader one; what is said names the thinnest group that has enough parcels to rest on.

Plain Python and no arrays: a worker that hears one scan needs nothing loaded.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .counting import Cell, Factors

ENOUGH = 30  # parcels that a group needs for us to name it
KEPT = 5  # parcels below which a group is not written down
QUIET = (0, 1, 2, 3, 5, 8, 13, 21)  # days since the last scan, told apart by these
LOST = 45  # days without a scan after which an open parcel is taken as lost, and teaches nothing
MOST = 90  # days of one parcel that are looked at


@dataclass(frozen=True, slots=True)
class Journey:
    """A past parcel: what was known of it, day by day. Days are calendar days on the merchant's clock.

    `begun` is the day of placing (or of sending, if that is all that is known); `scans` are (day, stage) in order of
    time, without the delivery itself; `arrived` is None while it has not.
    """

    begun: date
    arrived: date | None
    scans: Sequence[tuple[date, str]] = ()
    carrier: str = ""
    service: str = ""
    lane: str = ""
    warehouse: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.carrier, self.service, self.lane, self.warehouse)


@dataclass(frozen=True, slots=True)
class Moment:
    """A parcel under way. `stage` is of its last scan, "" when nothing was scanned yet; `quiet` is whole days since
    then (since placing, without any scan)."""

    today: date
    stage: str = ""
    quiet: int = 0
    carrier: str = ""
    service: str = ""
    lane: str = ""
    warehouse: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.carrier, self.service, self.lane, self.warehouse)


@dataclass(frozen=True)
class Expected:
    """When it will be there. `left[n]` is how likely it is still under way after `n` more days (0: today)."""

    today: date
    left: tuple[float, ...]
    parcels: int  # that it rests on
    group: tuple[str, ...]  # which parcels those are: carrier, service, lane, warehouse as far as known; () is all

    def by(self, day: date) -> float:
        """How likely it is there by the end of that day."""
        ahead = (day - self.today).days
        return 0.0 if ahead < 0 else 1 - self.left[min(ahead, len(self.left) - 1)]

    def day(self, share: float) -> date:
        """The first day by whose end it is there with this probability; the last one looked at, where none suffices."""
        ahead = next((n for n, left in enumerate(self.left) if 1 - left >= share), len(self.left) - 1)
        return self.today + timedelta(days=ahead)


@dataclass(frozen=True)
class Lessons:
    """What parcels taught up to a day. `dumps` and `loads` turn it into bytes and back."""

    cells: dict[str, Cell] = field(default_factory=dict)
    factors: dict[str, Factors] = field(default_factory=dict)
    parcels: int = 0

    def expect(self, moment: Moment) -> Expected:
        """For a parcel under way, or an order not yet sent. Without any history: a stated belief, `parcels` 0."""
        chain = [self.cells[key] for key in _keys(moment.stage, moment.quiet, moment.groups) if key in self.cells]
        hazards = Cell.believed()
        for cell in chain:
            hazards = cell.hazards(hazards)
        factors = self.factors.get(moment.carrier) or self.factors.get("") or Factors()
        left, still = [], 1.0
        for ahead, hazard in enumerate(hazards):
            still *= 1 - min(hazard * factors.of(moment.today + timedelta(days=ahead)), 0.98)
            left.append(still)
        depth, parcels = self._rests_on(moment)
        group = moment.groups[:depth]
        while group and not group[-1]:
            group = group[:-1]
        return Expected(moment.today, tuple(left), parcels, group)

    def _rests_on(self, moment: Moment) -> tuple[int, int]:
        """How far groups are told apart, and of how many parcels that is."""
        found = (0, 0)
        for depth, key in enumerate(_keys(moment.stage, moment.quiet, moment.groups)[1:]):
            cell = self.cells.get(key)
            if cell and (cell.parcels >= ENOUGH or not depth):
                found = (depth, cell.parcels)
        return found

    def dumps(self) -> bytes:
        told = {
            "parcels": self.parcels,
            "cells": {key: cell.told() for key, cell in self.cells.items()},
            "factors": {key: each.told() for key, each in self.factors.items()},
        }
        return zlib.compress(json.dumps(told, separators=(",", ":")).encode())

    @classmethod
    def loads(cls, written: bytes) -> Lessons:
        """From what `dumps` gave. Raises ValueError for anything else."""
        try:
            told = json.loads(zlib.decompress(written))
            return cls(
                {key: Cell.from_told(each) for key, each in told["cells"].items()},
                {key: Factors.from_told(each) for key, each in told["factors"].items()},
                int(told["parcels"]),
            )
        except (zlib.error, KeyError, TypeError, IndexError, AttributeError) as why:
            raise ValueError("These are no lessons.") from why


def learn_remaining(journeys: Iterable[Journey], as_of: date) -> Lessons:
    """From what was known before the day `as_of`: later scans and arrivals are not looked at."""
    cells: dict[str, Cell] = {}
    factors: dict[str, Factors] = {"": Factors()}
    seen = 0
    for journey in journeys:
        moments = list(_moments(journey, as_of))
        if not moments:
            continue
        seen += 1
        worth = 0.5 ** ((as_of - journey.begun).days / Cell.FADING)
        touched = set()
        for stage, quiet, day, watched, left in moments:
            for key in _keys(stage, quiet, journey.groups):
                cells.setdefault(key, Cell()).count(watched, left, worth)
                touched.add(key)
            for name in {"", journey.carrier} if quiet == 0 else ():
                factors.setdefault(name, Factors()).note(day, watched, left, worth)
        for key in touched:
            cells[key].parcels += 1
    hazards = cells[""].hazards(Cell.believed()) if cells else Cell.believed()
    for each in factors.values():
        each.settle(hazards)
    kept = {key: cell for key, cell in cells.items() if cell.parcels >= KEPT or not key}
    return Lessons(kept, factors, seen)


def _moments(journey: Journey, as_of: date) -> Iterator[tuple[str, int, date, int, int | None]]:
    """Stage, days since it, the day, for how many days from then it was watched, and how many were left (None: open).

    One after each scan, and one on the morning of every day without news.
    """
    arrived = journey.arrived if journey.arrived and journey.arrived < as_of else None
    scans = [(day, stage) for day, stage in journey.scans if journey.begun <= day < as_of]
    last = scans[-1][0] if scans else journey.begun
    if journey.begun >= as_of or (arrived and arrived < last) or (not arrived and (as_of - last).days > LOST):
        return
    end = min(arrived or as_of - timedelta(days=1), journey.begun + timedelta(days=MOST))
    stage, since, at, day = "", journey.begun, 0, journey.begun
    while day <= end:
        if day > since or not (stage or scans[:1] and scans[0][0] == day):
            yield stage, (day - since).days, day, *_left(day, arrived, as_of)
        while at < len(scans) and scans[at][0] == day:
            stage, since, at = scans[at][1], day, at + 1
            yield stage, 0, day, *_left(day, arrived, as_of)
        day += timedelta(days=1)


def _left(day: date, arrived: date | None, as_of: date) -> tuple[int, int | None]:
    return (as_of - day).days - 1, (arrived - day).days if arrived else None


def _keys(stage: str, quiet: int, groups: Sequence[str]) -> list[str]:
    """From the broadest to the thinnest: all, this situation, and that told apart by each group in turn."""
    near = max(each for each in QUIET if each <= max(quiet, 0))
    keys = ["", f"{stage}\x1f{near}"]
    for name in groups:
        keys.append(f"{keys[-1]}\x1f{name}")
    return keys
