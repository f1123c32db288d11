"""Open or closed, across nights, holidays and the days the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from presszero.merchants.policy import Expectation, Week, add_open, expect, is_open, open_between, opens_next

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
LONDON = Week("Europe/London", OFFICE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T09:00", True),  # a Friday
        ("2026-11-20T08:59", False),
        ("2026-11-20T17:00", False),
        ("2026-11-21T12:00", False),  # Saturday
        ("2026-07-03T08:30", True),  # half past nine in summer
    ],
)
def test_open(moment: str, expected: bool) -> None:
    assert is_open(LONDON, at(moment)) is expected


def test_no_hours_is_always_open() -> None:
    assert is_open(Week(), at("2026-11-22T03:00"))
    assert add_open(Week(), at("2026-11-22T03:00"), timedelta(hours=1)) == at("2026-11-22T04:00")


def test_a_reply_due_in_two_open_hours_skips_the_weekend() -> None:
    assert add_open(LONDON, at("2026-11-20T16:00"), timedelta(hours=2)) == at("2026-11-23T10:00")


def test_a_holiday_is_closed() -> None:
    week = Week("Europe/London", OFFICE, frozenset({date(2026, 11, 23)}))
    assert opens_next(week, at("2026-11-21T10:00")) == at("2026-11-24T09:00")


def test_a_night_shift_runs_past_midnight() -> None:
    night = Week("UTC", {"fri": [["22:00", "24:00"]], "sat": [["00:00", "02:00"]]})
    assert open_between(night, at("2026-11-20T20:00"), at("2026-11-21T12:00")) == timedelta(hours=4)


def test_the_night_the_clocks_go_back_is_an_hour_longer() -> None:
    all_day = Week("Europe/London", {day: [["00:00", "24:00"]] for day in ("sat", "sun")})
    assert open_between(all_day, at("2026-10-24T23:00"), at("2026-10-26T00:00")) == timedelta(hours=25)


def test_never_open_says_so() -> None:
    assert opens_next(Week("UTC", {"mon": []}, frozenset({date(2026, 1, 1)})), at("2026-11-20T10:00")) is None


def test_who_writes_shortly_before_closing_is_answered_the_next_open_day() -> None:
    found = expect(LONDON, at("2026-11-20T16:30"), timedelta(hours=1))
    assert found == Expectation(True, at("2026-11-23T09:30"), at("2026-11-20T16:30"))


def test_who_writes_on_saturday_learns_when_we_are_back() -> None:
    found = expect(LONDON, at("2026-11-21T12:00"), timedelta(minutes=5))
    assert found == Expectation(False, at("2026-11-23T09:05"), at("2026-11-23T09:00"))
