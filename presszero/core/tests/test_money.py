"""Money is whole minor units: what is said can be typed again, and nothing passes through a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presszero.core.money import MOST, BadMoney, Money, digits, money, typed

LANGUAGES = ["en", "de", "es", "fr", "de-CH", "hi", "en-IN", "sv", "pt-BR", "pl", "ja", "fa", "nonsense"]
CURRENCIES = ["EUR", "USD", "JPY", "KWD", "INR", "CHF"]
minors = st.integers(-MOST, MOST)


@given(minors, st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES))
def test_what_is_said_can_be_typed_in_the_same_language(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency)
    assert typed(amount.says(language), currency, language) == amount


@given(minors, st.sampled_from(CURRENCIES))
def test_what_a_program_writes_is_read_exactly(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    written = f"{amount.decimal:f}"
    assert money(written, currency) == money(amount.decimal, currency) == amount
    assert written.partition(".")[2] == written[-digits(currency) :] * bool(digits(currency))
    assert isinstance(amount.decimal, Decimal)


@given(minors, minors)
def test_sums_are_whole_numbers(one: int, other: int) -> None:
    first, second = Money(one, "EUR"), Money(other, "EUR")
    assert (first + second - second, Money(0, "EUR") - first) == (first, -first)
    assert type((first + second).minor) is int
    assert (first < second) == (one < other) and (first >= second) == (one >= other)
    for mixed in (lambda: first + Money(1, "USD"), lambda: first < Money(1, "USD")):
        with pytest.raises(BadMoney):
            mixed()


@given(st.text(max_size=40), st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES))
def test_whatever_is_typed_is_an_amount_or_refused(words: str, currency: str, language: str) -> None:
    try:
        found = typed(words, currency, language)
    except BadMoney:
        return
    assert type(found.minor) is int and abs(found.minor) <= MOST


@pytest.mark.parametrize(
    ("words", "currency", "language", "minor"),
    [
        ("18.40", "EUR", "de", 1840),
        ("18,40", "EUR", "en", 1840),
        ("1.234", "EUR", "de", 123400),
        ("1,234", "EUR", "en", 123400),
        ("1.234,50", "EUR", "en", 123450),
        ("1'234.50", "CHF", "de-CH", 123450),
        ("1 234,50 €", "EUR", "fr", 123450),
        ("12,34,567.50", "INR", "en-IN", 123456750),
        ("1,234", "JPY", "en", 1234),
        ("1.234", "KWD", "en", 1234),
        ("\u22125 €", "EUR", "sv", -500),
        ("Rs. 500", "INR", "en", 50000),
    ],
)
def test_people_type_as_they_are_used_to(words: str, currency: str, language: str, minor: int) -> None:
    assert typed(words, currency, language) == Money(minor, currency)


@pytest.mark.parametrize(
    "words",
    [
        "12.3.4",
        "1,2,3",
        "0,999",
        "1,23,456.00",
        "1.234",
        "1,234 567",
        "12,34.5",
        ".5",
        "5-",
        "",
        "EUR",
        "1e9",
        "18.405",
    ],
)
def test_what_could_mean_two_things_is_refused(words: str) -> None:
    with pytest.raises(BadMoney):
        typed(words, "EUR", "en")


@pytest.mark.parametrize(
    "amount",
    [18.4, True, "NaN", "Infinity", "1e999999", "18.405", "1.0000000000000000000000000000001", "x", "", 10**20],
)
def test_what_is_no_exact_amount_is_refused(amount: Any) -> None:
    with pytest.raises(BadMoney):
        money(amount, "EUR")


@pytest.mark.parametrize("minor", [18.4, True, "18"])
def test_minor_units_are_whole(minor: Any) -> None:
    with pytest.raises(BadMoney):
        Money(minor, "EUR")
    with pytest.raises(BadMoney):
        Money(1, "euro")
