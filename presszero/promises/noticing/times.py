"""Moments that a text names: "by Friday", "in 3 to 5 business days", "tomorrow noon". Pure.

A length of days is held to its later end, a day to its end, a part of a day to when it is over.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from re import Match
from zoneinfo import ZoneInfo

from presszero.merchants.policy import Week

from ..days import add_worked, day_of, end_of_day
from .lexicon import Times
from .patterns import Patterns, hint_of, patterns_of

FURTHEST = timedelta(days=400)
_JOINED = re.compile(r"(?:\s*,\s*|\s+)(?:(?:the|of|dem|den|der|el|del|de)\s+)?")
_MOST = {"minute": 600, "hour": 96, "day": 120, "week": 20, "month": 6}  # more than these is no promise


@dataclass(frozen=True, slots=True)
class Named:
    """A moment that stands in a text; of a whole day its end. `day` is in the zone it was asked for."""

    due_at: datetime
    whole_day: bool
    day: date
    start: int
    end: int
    said: str = ""  # the words themselves
    week: bool = False  # a whole week, and `day` its last


@dataclass(frozen=True, slots=True)
class Asked:
    """When it was said, where, and on which days somebody works there."""

    now: datetime
    zone: ZoneInfo
    week: Week

    @property
    def today(self) -> date:
        return day_of(self.now, self.zone)


def named(text: str, times: Times, asked: Asked) -> list[Named]:
    """All of them that are to come within a year or so, in order, none inside another."""
    found: list[Named] = []
    if not hint_of(times).search(text):
        return found
    for each in sorted(_every(text, times, asked), key=lambda one: (one.start, -one.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
        if len(found) > 1 and found[-1] is each and _JOINED.fullmatch(text, found[-2].end, each.start):
            found[-2:] = [_joined(found[-2], each, asked)]
    ahead = (each for each in found if asked.now < each.due_at <= asked.now + FURTHEST)
    return [replace(each, said=text[each.start : each.end].rstrip(" .,;:")) for each in ahead]


def _joined(first: Named, second: Named, asked: Asked) -> Named:
    """ "Friday, 27 November" is the date; "Friday next week" that week's Friday."""
    if not second.week or first.week:
        return replace(second, start=first.start)
    day = second.day - timedelta(days=6 - first.day.weekday())
    due = end_of_day(day, asked.zone) if first.whole_day else first.due_at + (day - first.day)
    return replace(first, due_at=due, day=day, end=second.end)


def _every(text: str, times: Times, asked: Asked) -> Iterator[Named]:
    made: Patterns = patterns_of(times)
    readers: tuple[Callable[[Match[str], Times, Asked], Named | None], ...]
    readers = (_length, _near, _stretch, _weekday, _dated, _nth, _hour)
    for pattern, read in zip(made, readers, strict=True):
        for match in pattern.finditer(text):
            if not _is_no_deadline(text, match, times):
                one = read(match, times, asked)
                if one is not None:
                    yield one


def _is_no_deadline(text: str, match: Match[str], times: Times) -> bool:
    before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
    return bool(times.not_after.search(before) or times.not_before.match(after))


def _length(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "within two days", "in 3–5 business days"."""
    said = match["high"] or match["low"] or match["high2"] or match["low2"]
    count = int(said) if said.isdigit() else times.numbers.get(_plain(said), 0)
    worked = bool(match["joined"] or match["joined2"])
    unit = "day" if worked else times.units[_plain(match["unit"])]
    if not 0 < count <= _MOST[unit]:
        return None
    if unit in ("minute", "hour"):
        return _moment(match, asked.now + timedelta(**{f"{unit}s": count}), asked)
    if unit == "month":
        return _day(match, _months_on(asked.today, count), asked)
    count *= 7 if unit == "week" else 1
    return _day(match, add_worked(asked.today, count, asked.week) if worked else asked.today + timedelta(count), asked)


def _near(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "tomorrow", "by tomorrow noon", "this afternoon"."""
    word = _plain(match["near"])
    day = asked.today + timedelta(days=times.near[word])
    if word in times.parts and not _says_hour(match):
        return _at(match, day, times.parts[word], 0, asked)
    return _on(match, day, times, asked)


def _stretch(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "by the end of the week", "next week"."""
    what, today = times.stretches[_plain(match["stretch"])], asked.today
    if what == "day":
        return _day(match, today, asked)
    if what == "closing":
        return _at(match, today, 18, 0, asked)
    if what.endswith("month"):
        month = _months_on(today.replace(day=1), 1 if what.startswith("next") else 0)
        return _day(match, month.replace(day=monthrange(month.year, month.month)[1]), asked)
    last = 4 if what.endswith("friday") else 6
    ahead = last - today.weekday() + (7 if what.startswith("next") else 0)
    found = _day(match, today + timedelta(days=ahead if ahead >= 0 else ahead + 7), asked)
    return replace(found, week=last == 6)


def _weekday(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "by Friday", "next Tuesday 3 pm", "Saturday the 12th"."""
    wanted = times.days[_plain(match["weekday"])]
    ahead = (wanted - asked.today.weekday()) % 7 or 7
    if match["coming"] and wanted > asked.today.weekday():
        ahead += 7  # that of next week
    if match["today"]:
        ahead %= 7
    return _on(match, asked.today + timedelta(days=ahead), times, asked)


def _dated(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "12 December", "27.11.", "2026-11-27"."""
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    elif match["numeric"]:
        parts = [int(part) for part in match["numeric"].replace("/", ".").split(".") if part]
        day, month = (parts[1], parts[0]) if times.month_first and "/" in match["numeric"] else (parts[0], parts[1])
        year = (parts[2] + (2000 if parts[2] < 100 else 0)) if len(parts) > 2 else 0
    else:
        day, month = int(match["day"] or match["day2"]), times.months[_plain(match["month"] or match["month2"])]
        year = int(match["year"] or 0)
    found = _date(year, month, day, asked.today)
    return _on(match, found, times, asked) if found else None


def _nth(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "by the 12th"; of this month, or of the next once it has passed."""
    day, today = int(match["day"]), asked.today
    for ahead in range(3):
        month = _months_on(today.replace(day=1), ahead)
        if 0 < day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return _on(match, month.replace(day=day), times, asked)
    return None


def _hour(match: Match[str], times: Times, asked: Asked) -> Named | None:
    """ "by 5 pm", "before noon": today, or tomorrow once it has passed."""
    for day in (asked.today, asked.today + timedelta(days=1)):
        found = _on(match, day, times, asked)
        if found and not found.whole_day and found.due_at > asked.now:
            return found
    return None


def _on(match: Match[str], day: date, times: Times, asked: Asked) -> Named | None:
    """A day, and the hour that stands with it. "Before Friday" is Thursday; "before Friday noon" is Friday noon."""
    if match["part"]:
        return _at(match, day, times.parts[_plain(match["part"])], 0, asked)
    hour = match["hour"] or match["hour2"]
    if hour:
        mark = _plain(match["mark"] or "")
        late = mark.startswith("p") and int(hour) < 12 or mark in times.afternoon and int(hour) < 12
        return _at(match, day, int(hour) + 12 * late, int(match["minute"] or match["minute2"] or 0), asked)
    return _day(match, day - timedelta(days=1) if match["before"] else day, asked)


def _says_hour(match: Match[str]) -> bool:
    return bool(match["part"] or match["hour"] or match["hour2"])


def _day(match: Match[str], day: date, asked: Asked) -> Named:
    return Named(end_of_day(day, asked.zone), True, day, match.start(), match.end())


def _at(match: Match[str], day: date, hour: int, minute: int, asked: Asked) -> Named | None:
    if hour > 24 or minute > 59:
        return None
    if hour == 24:
        return _day(match, day, asked)
    return _moment(match, datetime.combine(day, time(hour, minute), asked.zone).astimezone(UTC), asked)


def _moment(match: Match[str], due: datetime, asked: Asked) -> Named:
    return Named(due.astimezone(UTC).replace(microsecond=0), False, day_of(due, asked.zone), match.start(), match.end())


def _date(year: int, month: int, day: int, today: date) -> date | None:
    try:
        if year:
            return date(year, month, day)
        found = date(today.year, month, day)
        return found if found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _plain(word: str) -> str:
    return " ".join(word.casefold().split()).rstrip(".")
