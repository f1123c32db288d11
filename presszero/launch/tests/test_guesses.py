"""What is guessed so that nobody has to type it."""

from __future__ import annotations

import pytest

from presszero.launch import guesses
from presszero.launch.preview import DARK, LIGHT, on
from presszero.launch.steps import after, before, steps


@pytest.mark.parametrize(
    ("tag", "zone", "currency"),
    [
        ("en-GB", "Europe/London", "GBP"),
        ("de-CH", "Europe/Zurich", "CHF"),
        ("en-US", "Europe/Berlin", "EUR"),  # an American laptop in Berlin
        ("en-US", "America/New_York", "USD"),
        ("en", "Europe/London", "GBP"),
        ("de", "Europe/Berlin", "EUR"),
        ("", "UTC", "EUR"),
        ("zh-Hant-HK", "Asia/Hong_Kong", "HKD"),
    ],
)
def test_the_currency_of_a_browser(tag: str, zone: str, currency: str) -> None:
    assert guesses.currency(tag, zone) == currency


def test_a_zone_or_a_language_that_is_none_is_the_usual_one() -> None:
    assert guesses.zone("Mars/Olympus") == "UTC" and guesses.zone("Asia/Tokyo") == "Asia/Tokyo"
    assert guesses.language("de-AT", ["en", "de"]) == "de" and guesses.language("fr", ["en", "de"]) == "en"


def test_one_person_alone_is_asked_for_no_people() -> None:
    alone, team = steps(True, {}), steps(False, {"steps": {"mailbox": "done"}})
    assert "people" not in [each.name for each in alone] and "people" in [each.name for each in team]
    assert team[0].state == "done" and alone[0].state == ""
    assert after("web", alone) == "answers" and after("web", team) == "people"
    assert after("answers", alone) == "" and before("mailbox", alone) == "" and before("answers", alone) == "web"


@pytest.mark.parametrize(
    ("colour", "text"), [("#00695c", LIGHT), ("#ffee00", DARK), ("#ffffff", DARK), ("#000000", LIGHT)]
)
def test_words_on_a_colour_can_be_read(colour: str, text: str) -> None:
    assert on(colour) == text
