"""Days as a merchant lives them. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKS_BEFORE = 4
_HOUR = timedelta(hours=1)


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of this name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins and ends, in UTC. 23 or 25 hours lie between where the clocks change."""
    return _begins(day, zone), _begins(day + timedelta(days=1), zone)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def of_month(first: date, until: date) -> list[date]:
    """The days of a month, up to and with this one."""
    last = min(next_month(first) - timedelta(days=1), until)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def hours(day: date, zone: ZoneInfo) -> list[str]:
    """What the clock shows at the beginning of each hour of a day: "00:00" … "23:00", one skipped or said twice."""
    start, end = bounds(day, zone)
    count = -int((start - end) // _HOUR)  # a last part of an hour is one more
    return [(start + n * _HOUR).astimezone(zone).strftime("%H:%M") for n in range(count)]


def same_before(day: date) -> list[date]:
    """The same weekday of the four weeks before, newest first."""
    return [day - timedelta(weeks=n) for n in range(1, WEEKS_BEFORE + 1)]


def _begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment that the calendar shows this date: where midnight is skipped, the hour after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
