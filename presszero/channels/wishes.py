"""What a sentence says about a moment: "we leave on Saturday" is Saturday noon, where they are.

Reading dates in many languages costs a third of a second to import: only what takes forms and wishes imports this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from threading import Lock
from zoneinfo import ZoneInfo

from dateparser.search import search_dates

_MAX_CHARACTERS = 200
_MAX_WORDS = 20
_MAX_NUMBERS = 8  # more than these is a list of something, and slow to try as dates
_MAX_PIECES = 4
_HORIZON = timedelta(days=730)
_LANGUAGES = ("en", "de", "es", "ar")
_ONE_AT_A_TIME = Lock()  # the reader fills caches of its own as it goes

_MARK = 271_828  # microseconds of "now": an hour that still carries them was not said but taken over
_WRITTEN = re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./]\d{1,2}\b|\b\d{1,2}:\d{2}\b")
_SHORT = frozenset(["mon", "tue", "tues", "wed", "thu", "fri", "sat", "hoy"])
_DEADLINE = re.compile(
    r"\b(?:by|before|until|till|latest|leav(?:e|ing)|bis|vor|spätestens|antes (?:de|del)|hasta|para)\b|قبل|حتى",
    re.IGNORECASE,
)
_NO_MOMENTS = re.compile(r"(?<![\d-])(?:\d{5,}|(?!20)\d{3,4})(?![\d-])|[£$€]\s*\d+(?:[.,]\d+)?|\d+[.,]\d\d(?=\s*[£$€])")
_HOUR = re.compile(r"\b(\d{1,2})\s*uhr\b", re.IGNORECASE)
_DOTTED_DAY = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.?(?![\d.])")
_SMALL_UNITS = re.compile(r"^\W*(?:a\s+)?(?:second|sekunde|segundo|minute|ثانية)s?\W*$", re.IGNORECASE)


def moment_in(words: str, *, language: str, now: datetime, zone: tzinfo | str) -> datetime | None:
    """The moment that somebody's sentence names, aware and after `now`, or None. Never raises.

    `language` is that of the page they wrote on ("de", "de-AT"), `zone` where they are. A day without an hour is its
    noon, or its end once noon has passed. What stands after a deadline's word ("by", "until") wins, else the earliest
    that is to come within two years.
    """
    try:
        local = now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
        pieces = _DEADLINE.split(_bounded(words))[:_MAX_PIECES]
        ahead = [
            (place == 0, when)
            for place, piece in enumerate(pieces)
            for when in _moments(piece, language, local)
            if local < when < local + _HORIZON
        ]
    except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, RecursionError, re.error, OSError):
        return None
    return min(ahead)[1] if ahead else None


def _bounded(words: str) -> str:
    """A line of words without prices and order numbers; "" for a list of numbers."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(words)[:_MAX_CHARACTERS])
    plain = _NO_MOMENTS.sub(" ", _HOUR.sub(r"\1:00", _DOTTED_DAY.sub(r"\1/\2", line)))
    return "" if len(re.findall(r"\d+", plain)) > _MAX_NUMBERS else " ".join(plain.split()[:_MAX_WORDS])


def _moments(piece: str, language: str, local: datetime) -> Iterator[datetime]:
    base = local.replace(microsecond=_MARK, tzinfo=None)
    code, _, country = language.lower().partition("-")
    settings = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "DATE_ORDER": "MDY" if (code, country) == ("en", "us") else "DMY",
    }
    if not piece.strip(" .,;!"):
        return
    with _ONE_AT_A_TIME:
        found = search_dates(piece.strip(" .,;!"), languages=[code if code in _LANGUAGES else "en"], settings=settings)
    for said, when in found or []:
        if _names_a_moment(said):
            yield _with_hour(when.replace(tzinfo=None), base).replace(tzinfo=local.tzinfo)


def _names_a_moment(said: str) -> bool:
    """Not a word that merely looks like one: "we", "may", "a second"."""
    if _WRITTEN.search(said):
        return True
    letters = re.findall(r"[^\W\d_]+", said)
    if not letters or _SMALL_UNITS.match(said):
        return False
    longest = max(letters, key=len)
    numbered = re.search(r"\b\d{1,2}(?:st|nd|rd|th)?\b", said)
    return len(longest) > 3 or not longest.isascii() or longest.lower() in _SHORT or numbered is not None


def _with_hour(when: datetime, base: datetime) -> datetime:
    if when.time() not in (time(0), base.time()):
        return when.replace(microsecond=0)
    noon = when.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if noon > base or noon.date() != base.date() else noon.replace(hour=23, minute=59)
