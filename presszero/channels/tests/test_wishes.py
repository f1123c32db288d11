"""What a sentence says about a moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.channels.wishes import moment_in

WEDNESDAY = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "language", "wanted"),
    [
        ("We leave for the mountains on Saturday.", "en", "2026-11-21T12:00:00+00:00"),
        ("by Friday 5pm please", "en", "2026-11-20T17:00:00+00:00"),
        ("in two hours", "en", "2026-11-18T11:30:00+00:00"),
        ("today", "en", "2026-11-18T12:00:00+00:00"),
        ("Order 1042 cost £148.00, I need it before 5 May", "en", "2027-05-05T12:00:00+01:00"),
        ("I ordered on Monday and need it by Saturday", "en", "2026-11-21T12:00:00+00:00"),
        ("The party is on 24.12.", "en", "2026-12-24T12:00:00+00:00"),
        ("10/12", "en-GB", "2026-12-10T12:00:00+00:00"),
        ("12/10", "en-US", "2026-12-10T12:00:00+00:00"),
        ("morgen um 15 Uhr", "de-AT", "2026-11-19T15:00:00+00:00"),
        ("bis 3. Dezember", "de", "2026-12-03T12:00:00+00:00"),
        ("lo necesito para el sábado", "es", "2026-11-21T12:00:00+00:00"),
        ("يوم السبت", "ar", "2026-11-21T12:00:00+00:00"),
    ],
)
def test_a_sentence_names_a_moment(words: str, language: str, wanted: str) -> None:
    found = moment_in(words, language=language, now=WEDNESDAY, zone="Europe/London")
    assert found is not None and found.isoformat() == wanted


@pytest.mark.parametrize(
    "words",
    ["", "no hurry", "We are well", "may be later", "size 42, 2 pairs", "order 1042", "it is a second pair", "1 " * 90],
)
def test_other_words_name_none(words: str) -> None:
    assert moment_in(words, language="en", now=WEDNESDAY, zone="Europe/London") is None


def test_the_day_is_that_of_where_they_are() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    there = moment_in("tomorrow", language="en", now=late, zone="Pacific/Auckland")
    assert there is not None and there.isoformat() == "2026-11-20T12:00:00+13:00"


def test_noon_that_has_passed_is_the_end_of_the_day() -> None:
    found = moment_in("today", language="en", now=WEDNESDAY.replace(hour=15), zone="UTC")
    assert found is not None and (found.hour, found.minute) == (23, 59)


def test_an_unknown_zone_or_language_is_no_error() -> None:
    assert moment_in("tomorrow", language="en", now=WEDNESDAY, zone="Nowhere/../etc") is None
    assert moment_in("Saturday", language="xx-\x00", now=WEDNESDAY, zone="UTC") is not None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "de", "es", "ar"]))
def test_whatever_is_typed_it_never_raises_and_is_ahead(words: str, language: str) -> None:
    found = moment_in(words, language=language, now=WEDNESDAY, zone="UTC")
    assert found is None or (found.tzinfo is not None and found > WEDNESDAY)


@pytest.mark.parametrize(
    "words", ["monday tuesday " * 500, "1.1.1 " * 500, "in at by may " * 500, "Saturday" * 500, "by " * 5000 + "x"]
)
def test_however_long_it_is_it_is_quick(words: str) -> None:
    moment_in("Saturday", language="en", now=WEDNESDAY, zone="UTC")
    spent = []
    for _ in range(3):
        began = time.process_time()
        moment_in(words, language="en", now=WEDNESDAY, zone="UTC")
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05
