"""What a customer may expect, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from presszero.channels.answering import expects, sentence
from presszero.channels.models import Line
from presszero.merchants.models import Brand, Holiday, Hours, Merchant

pytestmark = pytest.mark.django_db
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def line() -> Line:
    merchant = Merchant.objects.create(name="Juniper & Co.", slug="juniper-answers", timezone="Europe/London")
    hours = Hours.objects.create(merchant=merchant, name="Office", timezone="Europe/Berlin", weekly=OFFICE)
    brand = Brand.objects.create(merchant=merchant, name="Juniper")
    return Line.objects.create(
        merchant=merchant, kind="custom", address="desk", name="Desk", brand=brand, hours=hours, first_reply_minutes=5
    )


def said(line: Line, moment: str) -> str:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return sentence(line, at, expects(line, at))


def test_in_open_hours_we_say_how_long_it_takes(line: Line) -> None:
    assert said(line, "2026-11-20T10:00") == "We usually answer within 5 minutes."
    line.first_reply_minutes = 90
    assert said(line, "2026-11-20T10:00") == "We usually answer within 2 hours."


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T07:00", "We are back today at 09:00."),  # eight o'clock in Berlin
        ("2026-11-19T18:00", "We are back tomorrow at 09:00."),
        ("2026-11-20T18:00", "We are back Monday at 09:00."),
    ],
)
def test_closed_we_say_when_we_are_back_by_the_clock_there(line: Line, moment: str, expected: str) -> None:
    assert said(line, moment) == expected


def test_after_a_long_holiday_the_date_is_named(line: Line) -> None:
    for day in range(23, 28):
        Holiday.objects.create(merchant=line.merchant, hours=line.hours, date=f"2026-11-{day}", name="Away")
    assert said(line, "2026-11-20T18:00") == "We are back 30 November at 09:00."


def test_shortly_before_closing_no_quick_answer_is_promised(line: Line) -> None:
    assert said(line, "2026-11-20T15:58") == "We answer by Monday at 09:03."


def test_a_line_that_never_opens_promises_nothing(line: Line) -> None:
    assert line.hours
    line.hours.weekly = {"mon": [["09:00", "09:00"]]}
    assert said(line, "2026-11-20T15:58") == ""


def test_without_hours_somebody_is_always_there(line: Line) -> None:
    line.hours = None
    assert said(line, "2026-11-22T03:00") == "We usually answer within 5 minutes."
