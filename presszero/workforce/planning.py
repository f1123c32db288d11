"""A week of half-hours: what is expected, who is needed by both formulas and who is there. Pure.

Each half-hour is taken by itself, as if it lasted: the usual approximation, good while a call is short beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from .erlang import Answering, Traffic
from .staffing import Question, by_erlang_a, by_erlang_c, rostered

HALF_HOUR = 1800.0
FEWER, MORE = -2, 6  # how far "what if" goes


@dataclass(frozen=True)
class Terms:
    """What the week is planned by. Seconds and shares, as in staffing.Question."""

    level: float
    within: float
    handling: float
    patience: float
    occupancy: float = 1.0
    shrinkage: float = 0.0

    def question(self, calls: float) -> Question:
        traffic = Traffic(calls / HALF_HOUR, self.handling)
        return Question(traffic, self.level, self.within, self.patience, self.occupancy, self.shrinkage)


@dataclass(frozen=True)
class Outcome:
    """What becomes of those who come in some half-hours. `wait` may be infinite."""

    calls: float
    level: float
    wait: float
    gives_up: float


@dataclass(frozen=True)
class Slot:
    """One half-hour of a day, 0 to 47. `roster`: how many are on the roster then."""

    day: date
    number: int
    expected: float
    open: bool
    roster: int
    terms: Terms

    @property
    def clock(self) -> str:
        return f"{self.number // 2:02d}:{self.number % 2 * 30:02d}"

    @cached_property
    def patient(self) -> int:
        """Agents at work by Erlang C, the pessimist."""
        return by_erlang_c(self.question).enough if self.counts else 0

    @cached_property
    def impatient(self) -> int:
        """Agents at work by Erlang A, the optimist."""
        return by_erlang_a(self.question).enough if self.counts else 0

    @property
    def most(self) -> int:
        """On the roster, so that Erlang C is content."""
        return rostered(self.patient, self.terms.shrinkage)

    @property
    def least(self) -> int:
        """On the roster, so that Erlang A is content."""
        return rostered(self.impatient, self.terms.shrinkage)

    @property
    def counts(self) -> bool:
        return self.open and self.expected > 0

    @property
    def gap(self) -> int:
        """How many are missing even by the optimist; negative: that many to spare by the pessimist; else 0."""
        if self.roster < self.least:
            return self.least - self.roster
        return min(0, self.most - self.roster)

    @property
    def question(self) -> Question:
        return self.terms.question(self.expected)

    def with_more(self, more: int) -> tuple[Outcome, Outcome]:
        """By Erlang C and by Erlang A, with so many more on the roster. Shrinkage takes its part of each hour."""
        if more not in self._outcomes:
            there = max(0, self.roster + more) * (1 - self.terms.shrinkage)
            self._outcomes[more] = tuple(_mixed(each, there, self.expected) for each in self._answering)
        patient, impatient = self._outcomes[more]
        return patient, impatient

    @cached_property
    def _answering(self) -> tuple[Callable[[int], Answering], Callable[[int], Answering]]:
        return cache(self.question.patient), cache(self.question.impatient)

    @cached_property
    def _outcomes(self) -> dict[int, tuple[Outcome, ...]]:
        return {}


@dataclass(frozen=True)
class Planned:
    """The half-hours of some days."""

    terms: Terms
    slots: Sequence[Slot] = field(default_factory=tuple)

    @cached_property
    def days(self) -> dict[date, list[Slot]]:
        found: dict[date, list[Slot]] = {}
        for slot in self.slots:
            found.setdefault(slot.day, []).append(slot)
        return found

    @property
    def expected(self) -> float:
        return sum(slot.expected for slot in self.slots)

    @cached_property
    def short(self) -> list[Slot]:
        """Those with too few by either formula, the worst first."""
        return sorted(
            (slot for slot in self.slots if slot.gap > 0), key=lambda s: (-s.gap, -s.expected, s.day, s.number)
        )

    @property
    def hours_needed(self) -> tuple[float, float]:
        """Hours on the roster by Erlang A and by Erlang C."""
        return sum(s.least for s in self.slots) / 2, sum(s.most for s in self.slots) / 2

    @property
    def hours_there(self) -> float:
        return sum(slot.roster for slot in self.slots if slot.open) / 2

    def what_if(self, more: int) -> tuple[Outcome, Outcome]:
        """All the half-hours that count, by Erlang C and by Erlang A, each weighed by who comes in it."""
        pairs = [slot.with_more(more) for slot in self.slots if slot.counts]
        return _together([c for c, _a in pairs]), _together([a for _c, a in pairs])


def _mixed(answering: Callable[[int], Answering], there: float, calls: float) -> Outcome:
    """Of 2.4 people, two are there all the time and a third for two fifths of it."""
    few = math.floor(there + 1e-9)
    part = max(0.0, there - few)
    found = [(answering(few), 1 - part), *([(answering(few + 1), part)] if part > 1e-9 else [])]
    return Outcome(
        calls,
        sum(each.service_level * share for each, share in found),
        sum(each.mean_wait * share for each, share in found),
        sum(each.p_abandon * share for each, share in found),
    )


def _together(found: Sequence[Outcome]) -> Outcome:
    calls = sum(each.calls for each in found)
    if not calls:
        return Outcome(0.0, 1.0, 0.0, 0.0)
    return Outcome(
        calls,
        sum(each.level * each.calls for each in found) / calls,
        sum(each.wait * each.calls for each in found) / calls,
        sum(each.gives_up * each.calls for each in found) / calls,
    )
