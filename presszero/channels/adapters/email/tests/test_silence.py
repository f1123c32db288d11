"""A line that falls silent raises an alarm when that is not usual, and only then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from presszero.channels.adapters.email.policy import LONGEST, unusual_after
from presszero.channels.adapters.email.setup import SILENCE, came_back, how_it_is, raise_alarms
from presszero.channels.models import Line
from presszero.host.findings import Level
from presszero.mailroom.models import Received
from presszero.merchants.models import Brand, Merchant

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def office(weeks: int = 5, a_day: int = 40, until: datetime | None = None) -> list[datetime]:
    """Mail on working days from nine to six."""
    chance, found = Random(7), []
    for day in range(weeks * 7):
        start = MONDAY - timedelta(days=day + 1)
        if start.weekday() < 5:
            found += [start + timedelta(hours=9, seconds=chance.uniform(0, 9 * 3600)) for _ in range(a_day)]
    return sorted(at for at in found if until is None or at <= until)


def test_a_week_end_is_no_silence_and_a_monday_morning_is() -> None:
    arrivals = office()
    assert arrivals[-1].weekday() == 4
    due = unusual_after(arrivals)
    assert due is not None
    assert MONDAY + timedelta(hours=9) < due < MONDAY + timedelta(hours=13)


def test_in_the_middle_of_a_working_day_it_is_noticed_within_hours() -> None:
    wednesday = MONDAY - timedelta(days=5)
    arrivals = office(until=wednesday + timedelta(hours=11))
    due = unusual_after(arrivals)
    assert due is not None
    assert timedelta(hours=1) <= due - arrivals[-1] <= timedelta(hours=4)


def test_a_quiet_line_is_given_more_time() -> None:
    busy, quiet = unusual_after(office(a_day=40)), unusual_after(office(a_day=2))
    assert busy is not None and quiet is not None
    assert quiet > busy + timedelta(days=2)


def test_without_enough_to_go_by_nothing_is_unusual() -> None:
    assert unusual_after([]) is None
    assert unusual_after(office(weeks=1)) is None
    assert unusual_after(office()[::20][:19]) is None


def test_mail_that_came_once_only_does_not_make_a_habit() -> None:
    burst = [MONDAY - timedelta(weeks=3) + timedelta(minutes=n) for n in range(500)]
    arrivals = [*burst, MONDAY - timedelta(days=3)]
    assert unusual_after(arrivals) == arrivals[-1] + LONGEST


@pytest.mark.slow
def test_every_usual_gap_of_a_whole_month_raises_nothing() -> None:
    arrivals = office(weeks=9)
    false_alarms = 0
    for place in range(len(arrivals) // 2, len(arrivals) - 1):
        seen = [at for at in arrivals[: place + 1] if at > arrivals[place] - timedelta(weeks=5)]
        due = unusual_after(seen) if place % 7 == 0 else None
        false_alarms += bool(due and due < arrivals[place + 1])
    assert false_alarms == 0


@pytest.fixture
def line(db: None) -> Line:
    merchant = Merchant.objects.create(name="Juniper", slug="juniper")
    brand = Brand.objects.create(merchant=merchant, name="Juniper")
    made: Line = Line.objects.create(merchant=merchant, brand=brand, kind="email", address="support@juniper.example")
    return made


def heard(line: Line, arrivals: list[datetime]) -> None:
    Received.objects.bulk_create(
        Received(merchant_id=line.merchant_id, line_id=line.id, external_id=f"m:{n}", lane=0, body=b"", received_at=at)
        for n, at in enumerate(arrivals)
    )
    line.heard_at = arrivals[-1]
    line.save()


def test_the_alarm_is_raised_once_and_ends_when_mail_comes(line: Line) -> None:
    heard(line, office())
    assert raise_alarms(MONDAY + timedelta(hours=8)) == 0
    later = MONDAY + timedelta(hours=15)
    assert raise_alarms(later) == 1
    assert raise_alarms(later) == 0
    line.refresh_from_db()
    assert line.trouble.startswith(SILENCE) and line.trouble_since == later
    levels = {finding.subject: finding.level for finding in how_it_is(line, later)}
    assert levels == {"last heard": Level.WRONG, "trouble": Level.WRONG}
    Line.objects.filter(id=line.id).update(heard_at=later + timedelta(minutes=1))
    raise_alarms(later + timedelta(minutes=2))
    line.refresh_from_db()
    assert (line.trouble, line.trouble_since) == ("", None)


def test_anothers_word_on_the_trouble_is_left_alone(line: Line) -> None:
    heard(line, office())
    Line.objects.filter(id=line.id).update(trouble="Fetching mail: no", trouble_since=MONDAY)
    assert raise_alarms(MONDAY + timedelta(hours=15)) == 0
    line.refresh_from_db()
    assert line.trouble == "Fetching mail: no"


def test_how_a_new_line_is(line: Line) -> None:
    line.settings = {"imap": {"host": "imap.juniper.example"}}
    assert [f.level for f in how_it_is(line, MONDAY)] == [Level.NOTE, Level.UNKNOWN]
    line.heard_at = line.checked_at = MONDAY - timedelta(minutes=2)
    assert [f.level for f in how_it_is(line, MONDAY)] == [Level.FINE, Level.FINE]
    line.checked_at = MONDAY - timedelta(hours=2)
    assert [f.level for f in how_it_is(line, MONDAY)] == [Level.FINE, Level.WRONG]


def test_a_trial_is_known_when_it_comes_back(line: Line) -> None:
    assert came_back(line, "trial-1@juniper.example") is None
    Received.objects.create(
        merchant_id=line.merchant_id, line_id=line.id, external_id="trial-1@juniper.example:abc", lane=0, body=b"x"
    )
    assert came_back(line, "trial-1@juniper.example") is not None
    assert came_back(line, "trial-2@juniper.example") is None
