"""Telephone numbers: one spelling for each, and nothing made of what is none."""

from __future__ import annotations

import pytest

from presszero.core.phones import Phone, country_of, dialled_from, e164, read, region_of_zone, shown, zones_of


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("+447700900123", "", "+447700900123"),
        ("020 7946 0018", "", ""),
        ("hello", "GB", ""),
        ("", "GB", ""),
        ("12", "GB", ""),
        ("+" + "9" * 80, "", ""),
    ],
)
def test_every_spelling_of_a_number_is_one(typed: str, region: str, kept: str) -> None:
    assert e164(typed, region) == kept


@pytest.mark.parametrize("other", ["ada@example.com", "x+442079460018@example.com", "Kiosk", "", "1042", "+44x"])
def test_what_is_no_number_is_shown_as_it_is(other: str) -> None:
    assert shown(other) == other
    assert shown("+442079460018") == "+44 20 7946 0018"


def test_a_number_says_where_it_is_from() -> None:
    assert (dialled_from("+14155552671"), country_of("+14155552671")) == (1, "US")
    assert zones_of("+12125550142") == ("America/New_York",)
    assert zones_of("nothing") == () and dialled_from("nothing") == 0 and country_of("nothing") == ""
    assert (region_of_zone("Europe/London"), region_of_zone("UTC")) == ("GB", "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("+44 7700 900123", Phone("+447700900123", "GB", True, False)),  # of those that films may show
        ("07700 900999", Phone("+447700900999", "GB", True, False)),
        ("+44 7700 901000", Phone("+447700901000", "", False, True)),  # possible, and nobody's
        ("+44 20 7946 0018", Phone("+442079460018", "GB", True, False)),
        ("+44 9098 790000", Phone("+449098790000", "GB", True, True)),
        ("+870 773 111632", Phone("+870773111632", "001", True, True)),
        ("020 7946 0018 ext 9", Phone("+442079460018", "GB", True, False, True)),
    ],
)
def test_a_possible_number_says_whether_it_is_anybodys_and_what_it_may_cost(typed: str, found: Phone) -> None:
    assert read(typed, "GB") == found
