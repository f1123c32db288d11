"""The interface speaks German and Spanish whole: no word is missing, no value is lost, no markup differs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from babel.messages import Message

from presszero.ui.words import LANGUAGES, catalogue, missing, said

pytestmark = pytest.mark.xdist_group("translations")  # what the product says is gathered once

_VALUE = re.compile(r"%\(\w+\)[sd]|%%|\{\{?\s*[\w.]*\s*\}?\}")
_TAG = re.compile(r"</?\w+|&\w+;")


@cache
def _said() -> dict[tuple[Any, Any], Message]:
    return {(each.id, each.context): each for each in said() if each.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language: str) -> None:
    known = catalogue(language)
    absent = [key[0] for key in _said() if not known.get(*key)]
    assert absent == [], "run bin/words, and translate them"
    assert [each.id for each in missing(known)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_in_a_catalogue_that_nobody_says(language: str) -> None:
    said_now = _said()
    assert [each.id for each in catalogue(language) if each.id and (each.id, each.context) not in said_now] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_and_markup_stand_in_each_translation_as_in_english(language: str) -> None:
    wrong = []
    for each in catalogue(language):
        for one, other in _pairs(each):
            # The singular may say "one" in words where the plural counts.
            values = sorted(set(_VALUE.findall(other)) ^ set(_VALUE.findall(one)))
            if values and not (isinstance(each.id, tuple) and values == ["%(n)d"]):
                wrong.append((one, other))
            if sorted(_TAG.findall(one)) != sorted(_TAG.findall(other)):
                wrong.append((one, other))
            if one[:1].isspace() != other[:1].isspace() or one[-1:].isspace() != other[-1:].isspace():
                wrong.append((one, other))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_one(language: str) -> None:
    """Long sentences that read the same in both languages were forgotten."""
    same = [each.id for each in catalogue(language) if each.id == each.string and str(each.id).count(" ") > 3]
    assert same == []


def _pairs(message: Message) -> list[tuple[str, str]]:
    if not message.id:
        return []
    if isinstance(message.id, tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(str(message.id), str(message.string))]
