"""Whatever is known of somebody, the gate lets nothing through that a rule forbids: over random people and clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.outreach.gate.places import whereabouts
from presszero.outreach.gate.policy import LATER, NO, YES, Known, decide
from presszero.outreach.laws import Law, easter_sunday, laws_of, public_holidays

_ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Asia/Gaza"]
_TURNS = [  # around the nights on which clocks are put forward and back
    datetime(2026, 3, 29, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 4, tzinfo=UTC),
    datetime(2026, 4, 4, 14, tzinfo=UTC),
]
_spans = st.timedeltas(timedelta(0), timedelta(days=9))
_moments = st.one_of(
    st.builds(
        lambda turn, by: turn + by, st.sampled_from(_TURNS), st.timedeltas(-timedelta(days=1), timedelta(days=2))
    ),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
)
_clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
_flags = st.integers(0, 9).map(lambda n: n == 0)
_where = st.builds(
    whereabouts,
    zone=st.sampled_from(["", *_ZONES, "Mars/Base"]),
    country=st.sampled_from(["", "GB", "US", "FR", "DE", "RU", "XX"]),
    region=st.sampled_from(["", "FL", "Florida", "RI", "US-TX", "Bayern"]),
    number=st.sampled_from(
        ["", "+14015550123", "+13055550123", "+18005550123", "+447700900123", "+33600000000", "oops"]
    ),
    at_home=st.sampled_from(["Europe/London", "UTC", ""]),
)


@st.composite
def _people(draw: st.DrawFn) -> tuple[Known, datetime]:
    at = draw(_moments)
    ago = st.one_of(st.none(), _spans.map(lambda span: at - span))
    sent = sorted(draw(st.lists(_spans.map(lambda span: at - span), max_size=6)))
    known = Known(
        purpose=draw(st.sampled_from(["service", "marketing", "survey"])),
        channel="sms",
        where=draw(_where),
        by_telephone=draw(st.booleans()),
        reachable=not draw(_flags),
        stopped=draw(_flags),
        paused=draw(_flags),
        blocked=draw(_flags),
        suppressed=draw(st.sampled_from(["", "", "", "bounce", "person"])),
        bounced=draw(_flags),
        legal_hold=draw(_flags),
        said=draw(st.sampled_from([None, True, True, False])),
        window=draw(st.sampled_from([None, timedelta(hours=24), timedelta(days=7)])),
        heard_at=draw(ago),
        acted_at=draw(ago),
        quiet=(draw(_clocks), draw(_clocks)),
        a_day=draw(st.integers(0, 3)),
        a_week=draw(st.integers(0, 6)),
        sent=sent,
        rung=sent[::2],
        talking=draw(_flags),
        written_at=draw(ago),
        needs_foot=draw(_flags),
    )
    return known, at


@settings(max_examples=250, deadline=None)
@given(_people())
def test_nothing_passes_that_a_rule_forbids(given: tuple[Known, datetime]) -> None:
    """Written down a second time, the plain way: by looking at each clock, and counting."""
    known, at = given
    verdict = decide(known, at)
    if verdict.outcome != YES:
        assert verdict.rule
        assert (verdict.until is not None and verdict.until > at) == (verdict.outcome == LATER)
        return
    assert not (known.stopped or known.paused or known.blocked or known.suppressed or known.bounced)
    assert known.reachable and not known.legal_hold and known.said is not False and not known.needs_foot
    assert known.said or known.purpose == "service"
    assert known.window is None or (known.heard_at and at - known.heard_at < known.window)
    assert sum(at - timedelta(days=1) < moment for moment in known.sent) < known.a_day
    assert sum(at - timedelta(days=7) < moment for moment in known.sent) < known.a_week
    assert not (known.talking and known.purpose != "service")
    if not (known.purpose == "service" and known.acted_at and at - known.acted_at < timedelta(hours=1)):
        assert not _asleep(known, at)


@settings(max_examples=60, deadline=None)
@given(_people())
def test_a_later_moment_of_the_clock_is_one_that_may_be(given: tuple[Known, datetime]) -> None:
    known, at = given
    verdict = decide(known, at)
    if verdict.rule in ("quiet", "law_hours") and verdict.until:
        assert not _asleep(known, verdict.until)
        assert _asleep(known, at)
        assert verdict.until - at < timedelta(days=16)


def _asleep(known: Known, at: datetime) -> bool:
    start, end = known.quiet
    for zone in known.where.zones:
        local = at.astimezone(ZoneInfo(zone))
        clock = local.time()
        if (start <= clock < end) if start <= end else (clock >= start or clock < end):
            return True
        if not known.by_telephone:
            continue
        if known.purpose == "service":
            if not 8 <= local.hour < 21:
                return True
        elif any(not (day := law.hours.on(local.date())) or not day[0] <= clock < day[1] for law in laws(known, at)):
            return True
    return False


def laws(known: Known, at: datetime) -> tuple[Law, ...]:
    return laws_of(known.where.places, at.date())


def _at_home(country: str = "GB", region: str = "", number: str = "", zone: str = "") -> Known:
    where = whereabouts(zone=zone, country=country, region=region, number=number, at_home="Europe/London")
    return Known("marketing", "sms", where, by_telephone=True, said=True, quiet=(time(0), time(0)))


def _noon(zone: str, hour: int, day: date = date(2026, 11, 25)) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("country", "region", "zone", "hour", "day", "outcome"),
    [
        ("US", "FL", "America/New_York", 19, date(2026, 11, 25), YES),
        ("US", "Florida", "America/New_York", 20, date(2026, 11, 25), LATER),  # by the panhandle's clock it is seven
        ("US", "NY", "America/New_York", 20, date(2026, 11, 25), YES),
        ("US", "NY", "America/New_York", 21, date(2026, 11, 25), LATER),
        ("US", "RI", "America/New_York", 17, date(2026, 11, 25), YES),
        ("US", "RI", "America/New_York", 18, date(2026, 11, 25), LATER),
        ("US", "RI", "America/New_York", 12, date(2026, 11, 29), LATER),  # a Sunday
        ("US", "TX", "America/Chicago", 11, date(2026, 11, 29), LATER),  # Sunday before noon
        ("US", "", "America/New_York", 13, date(2026, 11, 25), LATER),  # eight in Honolulu, and Connecticut says nine
        ("US", "", "America/New_York", 15, date(2026, 11, 25), YES),
        ("FR", "", "Europe/Paris", 12, date(2026, 11, 29), LATER),  # a Sunday
        ("FR", "", "Europe/Paris", 12, date(2027, 3, 29), LATER),  # Easter Monday
        ("FR", "", "Europe/Paris", 21, date(2026, 11, 25), YES),
        ("", "", "Europe/London", 20, date(2026, 11, 25), LATER),  # of whom nothing is known
    ],
)
def test_sm6_hours_of_texts_by_place(country: str, region: str, zone: str, hour: int, day: date, outcome: str) -> None:
    assert decide(_at_home(country, region), _noon(zone, hour, day)).outcome == outcome


def test_sm6_the_address_comes_before_the_number_and_the_strictest_law_of_both_counts() -> None:
    moved = _at_home("US", "CA", "+14015550123")  # lives in California, with a number from Rhode Island
    assert moved.where.zones == ("America/Los_Angeles",)
    assert moved.where.places == ("US-CA", "US-RI")
    assert decide(moved, _noon("America/Los_Angeles", 18)).rule == "law_hours"
    assert _at_home("", "", "+13055550123").where.places == ("US-FL",)
    assert len(_at_home("", "", "+18005550123").where.zones) > 8  # toll-free: anywhere in North America


def test_sm6_three_texts_a_day_in_florida_and_no_fourth() -> None:
    at = _noon("America/New_York", 15)
    three = [at - timedelta(hours=n) for n in (3, 2, 1)]
    known = replace(_at_home("US", "FL"), a_day=9, a_week=9, sent=three, rung=three)
    assert decide(known, at).rule == "law_cap"
    assert decide(known, at).until == three[0] + timedelta(days=1)
    assert decide(replace(known, rung=three[1:]), at).outcome == YES


def test_a_law_counts_from_its_day() -> None:
    (before,) = laws_of(["US-TX"], date(2025, 8, 31))
    (after,) = laws_of(["US-TX"], date(2025, 9, 1))
    assert (before.place, after.place) == ("US", "US-TX")


def test_wn1_a_channel_that_closed_stays_closed_and_wn2_is_open_longer_for_a_person_alone() -> None:
    at = _noon("Europe/London", 12)
    known = replace(_at_home(), heard_at=at - timedelta(hours=24), window=timedelta(hours=24))
    assert decide(known, at).rule == "window"
    assert decide(replace(known, window=timedelta(days=7)), at).outcome == YES
    assert decide(replace(known, heard_at=None), at).outcome == NO


def test_the_echo_of_what_they_just_did_wakes_nobody() -> None:
    at = _noon("Europe/London", 2)
    known = replace(_at_home(), purpose="service", quiet=(time(20), time(9)))
    assert decide(known, at).rule == "quiet"
    assert decide(replace(known, acted_at=at - timedelta(minutes=5)), at).outcome == YES
    assert decide(replace(known, purpose="marketing", acted_at=at), at).outcome == LATER


def test_french_holidays_move_with_easter() -> None:
    assert [easter_sunday(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14)} < public_holidays("FR", 2026)
