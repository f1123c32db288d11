"""Days as the merchant counts them: where one ends, which one a moment is in, and which of them are worked on. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from presszero.merchants.policy import DAYS, Week

_FAR = 400  # days after which we stop looking for one that is worked on


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a day there, in UTC; the later one where the clocks are set back over midnight."""
    return datetime.combine(day, time.max, zone).replace(fold=1).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Which day it is there at that moment."""
    return moment.astimezone(zone).date()


def is_worked(day: date, week: Week) -> bool:
    """Whether it is a working day: one on which they open; Monday to Friday where no hours were set."""
    if day in week.holidays:
        return False
    return bool(week.weekly.get(DAYS[day.weekday()])) if any(week.weekly.values()) else day.weekday() < 5


def add_worked(day: date, count: int, week: Week) -> date:
    """So many working days after a day; the day itself is not counted. A plain count where nothing is ever worked."""
    found = day
    for _step in range(_FAR):
        if count <= 0:
            return found
        found += timedelta(days=1)
        count -= is_worked(found, week)
    return day + timedelta(days=count)
