"""When the next order may be spoken of: a table of one reason each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from presszero.conversations.mood import Mood
from presszero.offers.policy import Case, Fixed, may_suggest

WELL = Case(fixed=Fixed.RESOLVED, mood=Mood.GOOD)

YES = [
    (WELL, "read"),
    (replace(WELL, fixed=Fixed.REMEDY), "read"),
    (replace(WELL, fixed=Fixed.AGAIN_OPEN), "read"),
    (replace(WELL, mood=Mood.UNCLEAR, said_well=True), "said"),
    (replace(WELL, mood=Mood.BAD, said_well=True), "said"),
]
NO = [
    (replace(WELL, on=False), "switched off"),
    (replace(WELL, spam=True), "spam"),
    (replace(WELL, known=False), "who this is"),
    (replace(WELL, sells=False), "nothing for sale"),
    (replace(WELL, refused=True), "no advertising"),
    (replace(WELL, remedies=frozenset({"unknown"})), "Nobody knows"),
    (replace(WELL, remedies=frozenset({"failed"})), "did not work"),
    (replace(WELL, remedies=frozenset({"asked"})), "lead"),
    (replace(WELL, remedies=frozenset({"given"})), "being done"),
    (replace(WELL, remedies=frozenset({"doing"})), "being done"),
    (replace(WELL, remedies=frozenset({"task"})), "by hand"),
    (replace(WELL, fixed=Fixed.NOT), "not solved"),
    (replace(WELL, fixed=Fixed.NOT, said_well=True), "not solved"),
    (replace(WELL, broken_promise=True), "broke a promise"),
    (replace(WELL, open_elsewhere=True), "Another matter"),
    (replace(WELL, mood=Mood.BAD), "not content"),
    (replace(WELL, mood=Mood.UNCLEAR), "not plain"),
]


@pytest.mark.parametrize(("case", "how"), YES)
def test_it_may_be_when_all_is_well(case: Case, how: str) -> None:
    found = may_suggest(case)
    assert (found.yes, found.how) == (True, how)


@pytest.mark.parametrize(("case", "words"), NO)
def test_one_reason_against_it_is_enough_and_is_told(case: Case, words: str) -> None:
    found = may_suggest(case)
    assert not found.yes
    assert words in str(found.why)


@pytest.mark.parametrize(("case", "words"), NO)
def test_that_all_is_well_outweighs_a_misread_mood_and_nothing_else(case: Case, words: str) -> None:
    assert may_suggest(replace(case, said_well=True)).yes == (words in ("not content", "not plain"))
