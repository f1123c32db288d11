"""The days one usually names, and what was picked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.promises.days import day_of

from .lines import Names, day_word

_AHEAD = (0, 1, 2, 3, 4, 7)  # days from today that stand on a sheet


class NoDay(Refused):
    """Nothing was picked, or something that is no day."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day to pick, and what it is called."""

    date: date
    word: str

    @property
    def value(self) -> str:
        return self.date.isoformat()


def usual(known: Names, after: date | None = None) -> Sequence[Day]:
    """The next days by name; with `after`, those that come later than it."""
    first = day_of(known.now, known.zone)
    begin = max(first, after + timedelta(days=1)) if after else first
    found = [begin + timedelta(days=ahead) for ahead in _AHEAD]
    return [Day(day, day_word(day, known)) for day in found]


def picked(form: QueryDict, known: Names) -> tuple[datetime, bool]:
    """The moment that a form names, and whether it is a whole day. Raises NoDay."""
    said = form.get("own_day", "").strip() or form.get("day", "")
    try:
        day, clock = parse_date(said), parse_time(form.get("clock", "").strip() or "12:00")
    except ValueError:
        day, clock = None, None
    if day is None or clock is None:
        raise NoDay(_("By when?"), _("Pick a day."))
    whole = not form.get("clock", "").strip()
    return datetime.combine(day, time(12) if whole else clock, known.zone), whole
