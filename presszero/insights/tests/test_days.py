"""Days as a merchant lives them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presszero.insights import days

ZONES = [
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "America/Havana",
    "Pacific/Apia",
    "Australia/Lord_Howe",
]
_dates = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 20), 24)]
)
def test_a_day_in_london_is_as_long_as_its_clocks_make_it(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/London")
    start, end = days.bounds(day, zone)
    assert end - start == timedelta(hours=hours)
    assert len(days.hours(day, zone)) == hours


def test_the_hours_of_a_long_day_say_one_of_them_twice() -> None:
    assert days.hours(date(2026, 10, 25), ZoneInfo("Europe/London"))[:4] == ["00:00", "01:00", "01:00", "02:00"]


def test_the_hours_of_a_short_day_skip_one() -> None:
    assert days.hours(date(2026, 3, 29), ZoneInfo("Europe/London"))[:3] == ["00:00", "02:00", "03:00"]


def test_a_day_that_begins_without_midnight_begins_with_its_first_hour() -> None:
    start, _end = days.bounds(date(2026, 3, 8), ZoneInfo("America/Havana"))
    assert start == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert days.zone_of("Middle/Earth") == ZoneInfo("UTC") and days.zone_of("") == ZoneInfo("UTC")


@given(day=_dates, name=st.sampled_from(ZONES), part=st.floats(0, 0.999999))
def test_every_moment_belongs_to_one_day_the_one_on_the_calendar(day: date, name: str, part: float) -> None:
    zone = days.zone_of(name)
    start, end = days.bounds(day, zone)
    assert days.bounds(day - timedelta(days=1), zone)[1] == start
    moment = start + (end - start) * part
    assert start == end or moment.astimezone(zone).date() == day


@given(day=_dates)
def test_the_days_to_compare_with_have_the_same_name(day: date) -> None:
    earlier = days.same_before(day)
    assert {each.weekday() for each in earlier} == {day.weekday()} and len(earlier) == 4
    assert max(earlier) == day - timedelta(days=7)
