"""A planned week as it is drawn: steps, gaps and bars in half-hours across, and the words beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.ui.formats import dated

from .coming import Coming
from .planning import FEWER, MORE, Outcome, Slot

HIGH, DEEP = 100.0, 1000.0  # of a day's picture, and below it; a half-hour is WIDE across
WIDE = 10.0
NARROWEST = 16  # half-hours


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Day:
    """One day's picture. Paths are SVG. What is needed lies below the roster: what is missing shows by itself."""

    day: date
    name: str
    expected: str
    came: str
    there: str
    patient: str
    impatient: str
    patient_area: str
    impatient_area: str
    bars: list[Box]
    closed: bool
    what_if: list[tuple[int, str]]


@dataclass(frozen=True)
class Screen:
    week: Coming

    @cached_property
    def span(self) -> tuple[int, int]:
        """The half-hours that are drawn: those open, or with somebody there, in any day."""
        shown = [s.number for s in self.week.planned.slots if (s.open and s.expected > 0.005) or s.roster]
        first, last = (min(shown), max(shown) + 1) if shown else (16, 36)
        if last - first < NARROWEST:
            first, last = max(0, last - NARROWEST), max(last, NARROWEST)
        return first - first % 2, last + last % 2

    @property
    def width(self) -> float:
        return (self.span[1] - self.span[0]) * WIDE

    @property
    def clocks(self) -> list[str]:
        """What stands below: about six clocks, the same distance from each other."""
        first, last = self.span
        step = max(2, 2 * round((last - first) / 12))
        return [f"{each // 2:02d}:{each % 2 * 30:02d}" for each in range(first, last, step)]

    @property
    def clock_share(self) -> int:
        """Half-hours between two clocks."""
        return max(2, 2 * round((self.span[1] - self.span[0]) / 12))

    @cached_property
    def top(self) -> int:
        """People at the upper edge; a line of people is `unit` high."""
        return 1 + max(
            (max(s.most, s.least, s.roster) for s in self.week.planned.slots if s.open or s.roster), default=3
        )

    @property
    def unit(self) -> float:
        return HIGH / self.top

    @cached_property
    def days(self) -> list[Day]:
        return [self._day(day, slots) for day, slots in self.week.planned.days.items()]

    @property
    def whole(self) -> list[tuple[int, str, str, str, str]]:
        """For each number of people more: in time, wait, gives up, and a sentence for the slider."""
        found = []
        for more in range(FEWER, MORE + 1):
            patient, impatient = self.week.planned.what_if(more)
            found.append(
                (
                    more,
                    shares(patient, impatient),
                    waits(patient, impatient),
                    share(impatient.gives_up),
                    more_words(more),
                )
            )
        return found

    @property
    def worst(self) -> str:
        """Where it is shortest, in a sentence."""
        short = self.week.planned.short
        if not short:
            return ""
        slot = short[0]
        return _("%(day)s at %(clock)s is shortest: %(needed)s on the roster are needed, %(there)s are there.") % {
            "day": dated(slot.day, "l"),
            "clock": slot.clock,
            "needed": between(slot.least, slot.most),
            "there": slot.roster,
        }

    def _day(self, day: date, slots: Sequence[Slot]) -> Day:
        first, last = self.span
        seen = [slot for slot in slots if first <= slot.number < last]
        busiest = max((s.expected for s in self.week.planned.slots), default=0) or 1
        came = self.week.came.get(day)
        return Day(
            day,
            dated(day, "l j M"),
            figure(sum(slot.expected for slot in slots)),
            figure(sum(came)) if came is not None else "",
            self._area(seen, lambda s: s.roster),
            self._steps(seen, lambda s: s.most),
            self._steps(seen, lambda s: s.least),
            self._area(seen, lambda s: s.most),
            self._area(seen, lambda s: s.least),
            [
                Box(
                    (s.number - first) * WIDE + 1,
                    100 - 100 * s.expected / busiest,
                    WIDE - 2,
                    100 * s.expected / busiest,
                )
                for s in seen
            ],
            not any(slot.open for slot in slots),
            self._what_if(slots),
        )

    def _what_if(self, slots: Sequence[Slot]) -> list[tuple[int, str]]:
        found = []
        for more in range(FEWER, MORE + 1):
            pairs = [slot.with_more(more) for slot in slots if slot.counts]
            calls = sum(c.calls for c, _a in pairs)
            if calls:
                low = sum(c.level * c.calls for c, _a in pairs) / calls
                high = sum(a.level * a.calls for _c, a in pairs) / calls
                found.append((more, _range(low, high)))
        return found

    def _steps(self, slots: Iterable[Slot], people: Callable[[Slot], int]) -> str:
        first = self.span[0]
        parts: list[str] = []
        for slot in slots:
            x, y = (slot.number - first) * WIDE, self._y(people(slot))
            parts.append(f"{'V' if parts else f'M{x:g} '}{y:.4g}H{x + WIDE:g}")
        return "".join(parts)

    def _area(self, slots: Iterable[Slot], people: Callable[[Slot], int]) -> str:
        """Down to far below the picture: the roster's is lifted when somebody is added."""
        return f"M0 {DEEP:g}" + self._steps(slots, people).replace("M0 ", "V", 1) + f"V{DEEP:g}Z"

    def _y(self, people: int) -> float:
        return HIGH - people * self.unit


def shares(patient: Outcome, impatient: Outcome) -> str:
    """Answered in time: from the pessimist's to the optimist's."""
    return _range(patient.level, impatient.level)


def waits(patient: Outcome, impatient: Outcome) -> str:
    """The mean wait: from the optimist's to the pessimist's."""
    low = length(impatient.wait)
    if not math.isfinite(patient.wait):
        return _("%(low)s to no end") % {"low": low}
    high = length(patient.wait)
    return low if low == high else f"{low} – {high}"


def share(part: float) -> str:
    return _("%(n)s %%") % {"n": number_format(100 * part, 0 if part in (0, 1) or 0.1 <= part < 0.99 else 1)}


def length(seconds: float) -> str:
    """ "8 s", "2:40 min"."""
    if seconds < 60:
        return _("%(n)s s") % {"n": number_format(seconds, 0 if seconds >= 10 or seconds == 0 else 1)}
    whole = round(seconds)
    if whole < 3600:
        return _("%(n)s min") % {"n": f"{whole // 60}:{whole % 60:02d}"}
    return _("%(n)s h") % {"n": f"{whole // 3600}:{whole % 3600 // 60:02d}"}


def clock(seconds: float) -> str:
    """What a wait shows while it goes on: "2:41", "1:02:41"."""
    whole = max(0, int(seconds))
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{whole // 60 % 60:0{2 if hours else 1}d}:{whole % 60:02d}"


def between(low: int, high: int) -> str:
    return str(low) if low >= high else f"{low}–{high}"


def figure(number: float) -> str:
    return number_format(number, 0 if number >= 10 or number == int(number) else 1, use_l10n=True, force_grouping=True)


def more_words(more: int) -> str:
    if more == 0:
        return _("as on the roster")
    if more > 0:
        return ngettext("%(n)d more", "%(n)d more", more) % {"n": more}
    return ngettext("%(n)d fewer", "%(n)d fewer", -more) % {"n": -more}


def weeks_around(monday: date) -> tuple[date, date]:
    return monday - timedelta(days=7), monday + timedelta(days=7)


def _range(low: float, high: float) -> str:
    one, two = share(min(low, high)), share(max(low, high))
    return one if one == two else f"{one} – {two}"
