"""One day of service as numbers, each of them a set of conversations. Pure: the rows and the moment are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FIVE_MINUTES = timedelta(minutes=5)
# How fast a first answer was: each holds what is no slower than its limit and in none before it.
SPEEDS: dict[str, timedelta] = {
    "5m": FIVE_MINUTES,
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "later": timedelta.max,
}
UNANSWERED = ("none", "settled")  # not answered yet · settled without an answer


@dataclass(frozen=True, slots=True)
class Matter:
    """A conversation in which they wrote that day.

    `hours`: the hours of the day they wrote in, from 0. `asked_at` is when they first wrote at all; `is_new` when that
    was on this day and we had not written before. `due_at`: the first answer's target, None for no target.
    """

    id: int
    channels: tuple[str, ...]
    hours: tuple[int, ...]
    topic_id: int | None
    resolved: bool
    is_new: bool
    asked_at: datetime
    answered_at: datetime | None
    due_at: datetime | None

    @property
    def took(self) -> timedelta | None:
        """How long they waited for the first answer, by the clock on the wall."""
        return self.answered_at - self.asked_at if self.answered_at else None

    @property
    def speed(self) -> str:
        """One of SPEEDS or UNANSWERED."""
        took = self.took
        if took is None:
            return "settled" if self.resolved else "none"
        return next(name for name, limit in SPEEDS.items() if took <= limit)

    def kept(self, now: datetime) -> bool | None:
        """Whether the first answer came in time; None where none was due, or there is time left."""
        if self.due_at is None or self.speed == "settled":
            return None
        if self.answered_at:
            return self.answered_at <= self.due_at
        return False if now > self.due_at else None


@dataclass(slots=True)
class Help:
    """What one member did on a day, as conversations."""

    member_id: int
    answered: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)

    @property
    def parts(self) -> tuple[list[int], list[int], list[int]]:
        return self.answered, self.first, self.resolved


@dataclass(frozen=True, slots=True)
class Day:
    """`now` is when it was read; `waiting` is who wrote on that day and still waits."""

    day: date
    now: datetime
    matters: Sequence[Matter]
    reopened: Sequence[int] = ()
    waiting: Sequence[int] = ()
    helped: Sequence[Help] = ()

    @property
    def new(self) -> list[Matter]:
        return [m for m in self.matters if m.is_new]

    @property
    def everything(self) -> set[int]:
        """Every conversation that any of its numbers counts."""
        done = (number for each in self.helped for part in each.parts for number in part)
        return {*(m.id for m in self.matters), *self.reopened, *self.waiting, *done}

    def of(self, ids: Set[int]) -> Day:
        """The same day with these conversations alone."""
        helped = [Help(each.member_id, *([n for n in part if n in ids] for part in each.parts)) for each in self.helped]
        return Day(
            self.day,
            self.now,
            [m for m in self.matters if m.id in ids],
            [n for n in self.reopened if n in ids],
            [n for n in self.waiting if n in ids],
            [each for each in helped if any(each.parts)],
        )

    def ids(self, what: str) -> list[int]:
        """The conversations behind a number, newest first: "all", "channel:email", "first:5m", "answered:7".

        KeyError for what is no number of a day.
        """
        kind, _, which = what.partition(":")
        return sorted(set(_FIGURES[kind](self, which)), reverse=True)

    def count(self, what: str) -> int:
        """How many stand behind it."""
        return len(self.ids(what))

    def half_within(self) -> timedelta | None:
        """Half of those who wanted an answer had it within this. None for nobody, or for fewer than half."""
        wanted = [m.took or timedelta.max for m in self.new if m.speed != "settled"]
        middle = sorted(wanted)[(len(wanted) - 1) // 2] if wanted else timedelta.max
        return None if middle == timedelta.max else middle

    def share(self, part: str, *rest: str) -> float | None:
        """A number's part of itself and others, 0 to 1; None of nothing."""
        counted = self.count(part)
        whole = counted + sum(self.count(other) for other in rest)
        return counted / whole if whole else None


def _matters(wanted: Callable[[Day, Matter, str], bool]) -> Callable[[Day, str], Iterable[int]]:
    return lambda day, which: (m.id for m in day.matters if wanted(day, m, which))


def _new(wanted: Callable[[Day, Matter, str], bool]) -> Callable[[Day, str], Iterable[int]]:
    return lambda day, which: (m.id for m in day.new if wanted(day, m, which))


def _member(part: str) -> Callable[[Day, str], Iterable[int]]:
    return lambda day, which: (
        number for each in day.helped if str(each.member_id) == which for number in getattr(each, part)
    )


_KEPT = {True: "inside", False: "missed", None: "open"}
_FIGURES: dict[str, Callable[[Day, str], Iterable[int]]] = {
    "all": _matters(lambda day, m, which: True),
    "channel": _matters(lambda day, m, which: which in m.channels),
    "topic": _matters(lambda day, m, which: which == str(m.topic_id or "none")),
    "hour": _matters(lambda day, m, which: which in map(str, m.hours)),
    "new": _new(lambda day, m, which: True),
    "first": _new(lambda day, m, which: m.speed == which),
    "slower": _new(lambda day, m, which: m.speed not in (which, "settled")),
    "target": _new(lambda day, m, which: _KEPT[m.kept(day.now)] == which),
    "reopened": lambda day, which: day.reopened,
    "waiting": lambda day, which: day.waiting,
    "answered": _member("answered"),
    "first-by": _member("first"),
    "resolved": _member("resolved"),
}
