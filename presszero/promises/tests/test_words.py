"""The time we name, in plain words: by the hours, the zone, the holidays and the language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from presszero.core.refusal import Refused
from presszero.merchants.policy import Week, add_open
from presszero.promises.languages import LANGUAGES, known, written_in
from presszero.promises.policy import round_moment
from presszero.promises.wording import Moment, UnknownVariable, Voice, acknowledgement, by, check_own, later, when

LONDON = ZoneInfo("Europe/London")
DAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = Week("Europe/London", {day: [["09:00", "17:30"]] for day in DAYS})
TARGET = timedelta(minutes=90)


def moment(now: datetime, week: Week = WEEK) -> Moment:
    due = add_open(week, now, TARGET)
    return Moment(now, round_moment(due) if due else None, week)


def said(now: datetime, code: str = "en", week: Week = WEEK) -> str:
    return when(moment(now, week), LANGUAGES[code])


def test_on_a_sunday_it_says_so_and_names_monday() -> None:
    sunday = datetime(2026, 3, 1, 15, 2, tzinfo=LONDON)
    voice = Voice("en", "Juniper & Co.")
    assert acknowledgement(moment(sunday), voice) == (
        "Thank you, we have your message. It is Sunday; we answer by 10:30 tomorrow."
    )
    assert said(datetime(2026, 2, 28, 15, 2, tzinfo=LONDON)) == "It is Saturday; we answer by Monday 10:30."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "It is Saturday; we answer by Monday 10:30."),
        ("de", "Heute ist Samstag; wir antworten bis Montag, 10:30 Uhr."),
        ("es", "Hoy es sábado; respondemos a más tardar el lunes a las 10:30."),
        ("fr", "Nous sommes samedi ; nous répondons au plus tard lundi à 10 h 30."),
    ],
)
def test_it_is_said_in_their_language(code: str, words: str) -> None:
    assert said(datetime(2026, 2, 28, 15, 2, tzinfo=LONDON), code) == words


def test_while_we_are_open_it_names_today() -> None:
    assert said(datetime(2026, 3, 2, 9, 31, tzinfo=LONDON)) == "We answer by 11:05 today."


def test_late_in_the_day_the_rest_runs_on_in_the_next() -> None:
    assert said(datetime(2026, 3, 2, 17, 0, tzinfo=LONDON)) == "We answer by 10:00 tomorrow."
    assert said(datetime(2026, 3, 2, 20, 0, tzinfo=LONDON)) == "We are closed right now; we answer by 10:30 tomorrow."


def test_a_holiday_is_no_weekend_and_no_night() -> None:
    week = Week("Europe/London", WEEK.weekly, frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    good_friday = datetime(2026, 4, 3, 11, 0, tzinfo=LONDON)
    assert said(good_friday, week=week) == "We are closed today; we answer by Tuesday 10:30."


def test_further_away_than_a_week_it_names_the_date() -> None:
    closed = frozenset(date(2026, 12, 21) + timedelta(days=n) for n in range(14))
    week = Week("Europe/London", WEEK.weekly, closed)
    before = datetime(2026, 12, 20, 12, 0, tzinfo=LONDON)
    assert said(before, week=week) == "It is Sunday; we answer by Monday 4 January, 10:30."
    assert "Montag, 4. Januar, 10:30 Uhr" in said(before, "de", week)
    assert "lunes 4 de enero a las 10:30" in said(before, "es", week)


def test_the_night_the_clocks_change_moves_no_promise() -> None:
    """Sunday 29 March 2026 has 23 hours in London; Monday opens at nine of the new time."""
    saturday = datetime(2026, 3, 28, 23, 30, tzinfo=LONDON)
    found = moment(saturday)
    assert found.by == datetime(2026, 3, 30, 9, 30, tzinfo=UTC)
    assert said(saturday) == "It is Saturday; we answer by Monday 10:30."
    autumn = datetime(2026, 10, 24, 23, 30, tzinfo=LONDON)
    assert moment(autumn).by == datetime(2026, 10, 26, 10, 30, tzinfo=UTC)
    assert said(autumn) == "It is Saturday; we answer by Monday 10:30."


def test_the_time_is_that_of_those_who_answer() -> None:
    week = Week("Europe/Berlin", WEEK.weekly)
    from_london = datetime(2026, 3, 2, 8, 30, tzinfo=LONDON)
    assert said(from_london, week=week) == "We answer by 11:00 today."
    assert by(moment(from_london, week), LANGUAGES["de"]) == "heute, 11:00 Uhr"


def test_a_line_that_never_opens_names_no_time() -> None:
    never = Week("Europe/London", {"mon": []}, frozenset({date(2026, 3, 2)}))
    voice = Voice("en", "Juniper & Co.", "Hello, {{ answer.by }}")
    assert acknowledgement(moment(datetime(2026, 3, 2, 9, tzinfo=UTC), never), voice) == (
        "Thank you, we have your message. We answer as soon as we are back."
    )


def test_a_moment_is_rounded_up_and_never_down() -> None:
    assert round_moment(datetime(2026, 3, 2, 10, 0, tzinfo=UTC)) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert round_moment(datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)) == datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def test_a_merchants_own_words_are_filled_from_a_short_list() -> None:
    voice = Voice("en", "Juniper & Co.", check_own("Hi from {{ brand.name }}! {{ answer.when }}"))
    text = acknowledgement(moment(datetime(2026, 3, 2, 10, 0, tzinfo=LONDON)), voice)
    assert text == "Hi from Juniper & Co.! We answer by 11:30 today."


@pytest.mark.parametrize(
    "words",
    [
        "{{ answer.when }} {{ settings.SECRET_KEY }}",
        "{{ answer.by }} {{ customer.name }}",
        "{{ answer.by }} {{ brand.__class__ }}",
        "{{ answer.by }} {% include 'x' %}",
        "{{ answer.by }} {{\nconfig }}",
    ],
)
def test_s7_own_words_that_ask_for_more_are_refused(words: str) -> None:
    with pytest.raises(UnknownVariable) as why:
        check_own(words)
    assert "{{ answer.when }}" in why.value.next_step


def test_own_words_must_say_when() -> None:
    with pytest.raises(Refused):
        check_own("We will get back to you.")
    with pytest.raises(Refused):
        check_own("{{ answer.by }}" + "x" * 2000)
    assert check_own("  ") == ""


def test_a_new_time_says_sorry_first() -> None:
    found = moment(datetime(2026, 3, 2, 10, 0, tzinfo=LONDON))
    assert later(found, LANGUAGES["en"]) == (
        "It takes us longer than we said, and we are sorry. We answer by 11:30 today."
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello, where is my order? I have not had the boots.", "en"),
        ("Hallo, wo ist meine Bestellung? Ich habe die Stiefel nicht.", "de"),
        ("Hola, ¿dónde está mi pedido? No tengo las botas.", "es"),
        ("Bonjour, où est ma commande ? Je n’ai pas les bottes.", "fr"),
        ("1042", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_its_short_words(text: str, code: str) -> None:
    assert written_in(text) == code


def test_a_tag_is_known_by_its_language() -> None:
    assert (known("de-AT"), known("pt_BR"), known("EN"), known("")) == ("de", "", "en", "")


def test_every_language_can_say_everything() -> None:
    for language in LANGUAGES.values():
        assert (len(language.days), len(language.months)) == (7, 12)
        for day in range(0, 400, 13):
            now = datetime(2026, 1, 1, 7, 55, tzinfo=UTC) + timedelta(days=day)
            text = when(moment(now), language) + later(moment(now), language)
            assert "{" not in text and "}" not in text
