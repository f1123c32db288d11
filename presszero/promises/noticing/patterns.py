"""The patterns by which a language's moments are found: one a way of naming them, made once a language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from re import Pattern

from .lexicon import Times

Patterns = tuple[Pattern[str], ...]


@cache
def patterns_of(times: Times) -> Patterns:
    """length · near · stretch · weekday · dated · nth · hour, as `times` reads them."""
    lead, then = rf"(?:(?:(?P<before>{times.before})|{times.by})\s+)?", rf"(?:,?\s+{_hour(times)}(?!\w))?"
    weekday = rf"(?P<today>{times.this})?\s*(?P<coming>{times.coming})?\s*(?P<weekday>{_any(times.days)})\.?"
    the_nth = rf"(?:,?\s+(?:{times.the}\s+)?\d{{1,2}}(?:{times.nth})(?!\w|\.\d))?"
    return (
        _made(_length(times)),
        _made(rf"{lead}(?P<near>{_any(times.near)}){then}"),
        _made(rf"{lead}(?P<stretch>{_any(times.stretches)})"),
        _made(rf"{lead}{weekday}{the_nth}{then}"),
        _made(rf"{lead}(?:{times.the}\s+)?(?:{_date(times)}){then}"),
        _made(
            rf"(?:(?P<before>{times.before})|{times.by}|{times.on})\s+(?:{times.the}\s+)(?P<day>\d{{1,2}})(?:{times.nth}){then}"
        ),
        _made(rf"(?:(?P<before>{times.before})|{times.by}|{times.at})\s+{_hour(times, bare=True)}"),
    )


@cache
def hint_of(times: Times) -> Pattern[str]:
    """What a sentence that names a moment has: a number, or one of the words. Most sentences have neither."""
    every = (times.days, times.near, times.parts, times.units, times.stretches)
    return re.compile(rf"\d|(?<!\w)(?:{_any({word for words in every for word in words})})", re.IGNORECASE)


def _length(times: Times) -> str:
    number = rf"\d{{1,3}}|{_any(times.numbers)}"
    units = _any(times.units)
    led = rf"(?:{times.within})\s+{_counted(number, times, '')}(?:(?P<joined>{times.joined})|(?P<unit>{units}))"
    return rf"(?:{led}|{_counted(number, times, '2')}(?P<joined2>{times.joined}))"


def _counted(number: str, times: Times, mark: str) -> str:
    return rf"(?P<low{mark}>{number})(?:\s*(?:{times.to})\s*(?P<high{mark}>{number}))?[\s-]*"


def _date(times: Times) -> str:
    months, year = _any(times.months), r"(?:,?\s+(?:del?\s+)?(?P<year>20\d\d))?"
    ways = [
        r"(?P<iso>20\d\d-\d\d-\d\d)",
        r"(?P<numeric>\d{1,2}\.\d{1,2}\.(?:20\d\d|\d\d)?|\d{1,2}/\d{1,2}(?:/(?:20)?\d\d)?)",
        rf"(?P<day>\d{{1,2}})(?:{times.nth})?\s+(?:{times.of}\s+)?(?P<month>{months})\.?{year}",
        rf"(?P<month2>{months})\.?\s+(?:{times.the}\s+)?(?P<day2>\d{{1,2}})(?:{times.nth})?(?!\w|:)",
    ]
    return "|".join(ways)


def _hour(times: Times, *, bare: bool = False) -> str:
    """An hour or a part of a day; `bare`: one that stands alone must be plainly an hour."""
    at = "" if bare else rf"(?:(?:{times.at}|{times.by})\s+)?"
    marked = rf"(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d\d))?\s*(?P<mark>{times.clock})"
    return rf"{at}(?:(?P<part>{_any(times.parts)})|{marked}|(?P<hour2>\d{{1,2}})[:h](?P<minute2>\d\d))"


def _made(inside: str) -> Pattern[str]:
    return re.compile(rf"(?<![\w-]){inside}(?!\w)", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    """The longer first, so that "tomorrow" is not found in "tomorrow week"."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=lambda word: (-len(word), word))
    )
