"""H5: which numbers may be rung, and how often."""

from __future__ import annotations

import pytest

from presszero.calls.policy_dial import (
    BACK_DAY,
    BACK_OPEN,
    MEMBER_HOUR,
    MERCHANT_HOUR,
    NUMBER_DAY,
    Dialled,
    Undialable,
    callback_cap,
    dialable,
    within_caps,
)


@pytest.mark.parametrize(
    ("typed", "home", "countries", "e164"),
    [
        ("020 7946 0018", "GB", (), "+442079460018"),
        ("+44 7400 123456", "GB", (), "+447400123456"),
        ("0800 123 4567", "DE", ("GB", "DE"), "+498001234567"),
        ("(030) 901820", "DE", ("DE",), "+4930901820"),
        ("+1 212 555 2368", "US", (), "+12125552368"),
        ("+44 7700 900123", "GB", (), "+447700900123"),  # as films show them, and the demo's callers have them
    ],
)
def test_a_plain_number_of_an_allowed_country_is_dialled(
    typed: str, home: str, countries: tuple[str, ...], e164: str
) -> None:
    assert dialable(typed, home, countries).e164 == e164


@pytest.mark.parametrize(
    "typed",
    [
        *("+44 9098 790000", "+49 900 1234567", "+1 900 555 0123"),  # premium
        *("+44 8431 234567", "+49 180 5123456"),  # shared cost
        "+44 7012 345678",  # personal numbers
        *("+870 773 111632", "+881 612 345678", "+882 13 12345678", "+883 510 012345678"),  # satellite, nowhere
    ],
)
def test_h5_what_costs_more_than_a_call_is_never_dialled(typed: str) -> None:
    everywhere = ("GB", "DE", "US", "001", "")
    with pytest.raises(Undialable):
        dialable(typed, "GB", everywhere)


@pytest.mark.parametrize("typed", ["+1 876 922 1234", "+1 809 555 0123", "+252 61 2345678", "+371 29 123456"])
def test_h5_other_countries_are_not_dialled_though_they_share_a_code(typed: str) -> None:
    with pytest.raises(Undialable, match="not allowed"):
        dialable(typed, "US", ("US", "CA"))


@pytest.mark.parametrize(
    "typed",
    ["", " ", "999", "112", "0", "+", "hello", "020 7946 0018;ext=99", "sip:x@evil.example", "+44 20 7946 0018 x 12345"]
    + ["1" * 41, "+44" + "9" * 30, "٩٩٩"],
)
def test_h5_what_is_no_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(Undialable) as refused:
        dialable(typed, "GB", ())
    assert refused.value.next_step


def test_h5_without_a_country_of_its_own_a_line_rings_nowhere() -> None:
    with pytest.raises(Undialable):
        dialable("+44 20 7946 0018", "", ())


@pytest.mark.parametrize(
    "done", [Dialled(by_member=MEMBER_HOUR), Dialled(by_all=MERCHANT_HOUR), Dialled(to_number=NUMBER_DAY)]
)
def test_h5_there_is_an_end_to_dialling(done: Dialled) -> None:
    within_caps(Dialled(MEMBER_HOUR - 1, MERCHANT_HOUR - 1, NUMBER_DAY - 1))
    with pytest.raises(Undialable):
        within_caps(done)


def test_h5_there_is_an_end_to_calling_back() -> None:
    assert callback_cap(BACK_DAY - 1, BACK_OPEN - 1) is None
    assert callback_cap(BACK_DAY, 0)
    assert callback_cap(0, BACK_OPEN)
