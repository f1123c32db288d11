"""When is somebody there? Pure: the week, the holidays and the moment are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FAR = 400  # days after which we stop looking for an open hour


@dataclass(frozen=True)
class Week:
    """A week of open spans in one time zone. An empty week is open always: no hours were set."""

    timezone: str = "UTC"
    weekly: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @property
    def always_open(self) -> bool:
        return not any(self.weekly.values()) and not self.holidays


@dataclass(frozen=True)
class Expectation:
    """What somebody who writes now may expect."""

    open: bool  # somebody is there
    by: datetime | None  # when an answer is due; None when never within 400 days
    opens: datetime | None  # the first moment somebody is there: now, when open; None when never


def expect(week: Week, at: datetime, within: timedelta) -> Expectation:
    """By when somebody who writes at `at` has an answer that takes `within` of open time."""
    return Expectation(is_open(week, at), add_open(week, at, within), opens_next(week, at))


def is_open(week: Week, at: datetime) -> bool:
    """Whether somebody is there at the moment `at` (aware)."""
    return week.always_open or any(start <= at < end for start, end in _spans(week, at))


def opens_next(week: Week, at: datetime) -> datetime | None:
    """The first moment from `at` on when somebody is there; None when never within 400 days."""
    if week.always_open:
        return at
    return next((max(start, at) for start, end in _spans(week, at) if end > at), None)


def add_open(week: Week, at: datetime, amount: timedelta) -> datetime | None:
    """The moment when `amount` of open time has passed since `at`; None when never within 400 days."""
    if week.always_open:
        return at + amount
    left = amount
    for start, end in _spans(week, at):
        begin = max(start, at)
        if end <= begin:
            continue
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def open_between(week: Week, start: datetime, end: datetime) -> timedelta:
    """How much open time lies between two moments."""
    if week.always_open:
        return max(end - start, timedelta())
    total = timedelta()
    for opens, closes in _spans(week, start):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def _spans(week: Week, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Open spans in order, from the day before `at` (a span may run past midnight)."""
    zone = ZoneInfo(week.timezone)
    first = at.astimezone(zone).date() - timedelta(days=1)
    for day in (first + timedelta(days=n) for n in range(_FAR)):
        if day in week.holidays:
            continue
        for start, end in sorted(tuple(span) for span in week.weekly.get(DAYS[day.weekday()], ())):
            yield _moment(day, start, zone), _moment(day, end, zone)


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    if hour == 24:
        return datetime.combine(day + timedelta(days=1), time(0, minute), zone).astimezone(UTC)
    # In UTC, since adding hours to a local time forgets the night the clocks change.
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
