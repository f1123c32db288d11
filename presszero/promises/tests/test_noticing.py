"""What is promised in words, and what is wished for, as a labelled set of sentences says."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from presszero.merchants.policy import Week
from presszero.promises.noticing import Found, noticed, wanted

from .said import SENTENCES

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)  # a Tuesday


@dataclass(frozen=True)
class Numbered:
    id: int
    number: str


def found(text: str, language: str = "en", now: datetime = NOW, week: Week | None = None) -> list[Found]:
    return noticed(text, language=language, now=now, zone=LONDON, week=week)


def test_of_what_is_noticed_nearly_all_is_meant_and_of_what_is_meant_nearly_all_is_noticed() -> None:
    right = noticed_in_all = meant_in_all = 0
    for language, sentences in SENTENCES.items():
        for text, meant in sentences:
            got = [(each.kind, each.due_at.astimezone(LONDON).date().isoformat()) for each in found(text, language)]
            right += len([each for each in got if each in meant])
            noticed_in_all, meant_in_all = noticed_in_all + len(got), meant_in_all + len(meant)
    assert sum(len(each) for each in SENTENCES.values()) >= 150
    assert right / noticed_in_all >= 0.95
    assert right / meant_in_all >= 0.85


@pytest.mark.parametrize(
    ("language", "text", "by_day", "firm"),
    [
        ("en", "I need it for Saturday.", "2026-03-07", True),
        ("en", "It's for my son's birthday on the 12th.", "2026-03-12", True),
        ("en", "Will it arrive before Friday?", "2026-03-05", False),
        ("en", "We leave on Friday.", "2026-03-05", True),
        ("en", "I'd like to have it by 10 March if possible.", "2026-03-10", False),
        ("de", "Ich brauche es bis Samstag.", "2026-03-07", True),
        ("de", "Es ist für die Hochzeit meiner Schwester am 14. März.", "2026-03-14", True),
        ("de", "Kommt es bis Freitag an?", "2026-03-06", False),
        ("es", "Lo necesito para el sábado.", "2026-03-07", True),
        ("es", "Salimos de viaje el viernes.", "2026-03-05", True),
        ("es", "¿Llegará antes del viernes?", "2026-03-05", False),
    ],
)
def test_by_when_they_need_it(language: str, text: str, by_day: str, firm: bool) -> None:
    said = wanted(text, language=language, now=NOW, zone=LONDON)
    assert [(each.by_day, each.firm) for each in said] == [(date.fromisoformat(by_day), firm)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I ordered on Monday."),
        ("en", "Can you call me tomorrow?"),
        ("en", "You told me on Friday that it was sent."),
        ("en", "> I need it by Friday."),
        ("en", "Are you open on Saturday?"),
        ("de", "Ich habe am Montag bestellt."),
        ("de", "Haben Sie am Samstag geöffnet?"),
        ("es", "Lo pedí el lunes."),
        ("fr", "Il me le faut pour samedi."),  # not surely understood
    ],
)
def test_other_days_are_no_wish(language: str, text: str) -> None:
    assert wanted(text, language=language, now=NOW, zone=LONDON) == []


def test_the_words_stand_where_it_says() -> None:
    text = "Hello Ada,\n\nYour boots will be there by Friday, 6 March. Best, Maya"
    (one,) = found(text)
    assert text[one.start : one.end] == one.quote == "by Friday, 6 March"


def test_a_day_lasts_until_its_end_where_the_clocks_change() -> None:
    (one,) = found("It will arrive on Sunday.", now=datetime(2026, 10, 22, 12, tzinfo=UTC))
    assert one.due_at == datetime(2026, 10, 25, 23, 59, 59, 999999, tzinfo=UTC)  # winter time since that night
    (one,) = found("It will arrive on Sunday.", now=datetime(2026, 3, 26, 12, tzinfo=UTC))
    assert one.due_at == datetime(2026, 3, 29, 22, 59, 59, 999999, tzinfo=UTC)  # summer time since that night


def test_business_days_are_those_on_which_they_open() -> None:
    week = Week(
        "Europe/London", {day: [["09:00", "17:00"]] for day in ("tue", "wed", "fri")}, frozenset({date(2026, 3, 6)})
    )
    (one,) = found("You'll have your refund in 2-3 business days.", week=week)
    assert one.due_at.date() == date(2026, 3, 11)  # Wednesday; Tuesday; Wednesday: Friday is a holiday


def test_an_order_is_meant_by_its_number_or_by_being_the_only_one() -> None:
    orders = [Numbered(7, "#1042"), Numbered(8, "#1043")]
    text = "Order 1043 will be with you by Friday."
    named = noticed(text, language="en", now=NOW, zone=LONDON, orders=orders)
    assert [each.order_id for each in named] == [8]
    unnamed = noticed("It will be with you by Friday.", language="en", now=NOW, zone=LONDON, orders=orders)
    assert [each.order_id for each in unnamed] == [None]
    only = noticed("It will be with you by Friday.", language="en", now=NOW, zone=LONDON, orders=orders[:1])
    assert [each.order_id for each in only] == [7]


def test_an_answer_is_looked_through_while_it_is_typed() -> None:
    kind = "We are so sorry that you had to wait for the laces, Ada, and thank you for telling us about them. "
    text = kind * 19 + "Your boots will be with you by Friday, and I'll call you tomorrow."
    assert len(found(text)) == 2  # and the patterns are made, once
    took = []
    for _turn in range(5):
        begun = time.process_time()
        found(text)
        took.append(time.process_time() - begun)
    assert min(took) < 0.02  # two or three thousandths of a second where nothing else runs


@pytest.mark.parametrize(
    "text", ["by " * 5000, "1-" * 5000, "2 to " * 3000, "(" * 9000, "on the 12 " * 2000, "." * 9000]
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    for language in SENTENCES:
        found(text, language)
    assert time.perf_counter() - begun < 3
