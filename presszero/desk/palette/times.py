"""A time in words: "tomorrow 9", "in 3 hours", "friday 14:30", "24 dec", in English and in the member's language."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import dateparser

MORNING = 9  # the hour meant by a day alone
_LONGEST = timedelta(days=730)
_BARE_HOUR = re.compile(r"(?<=[^\W\d])\s+(?:at\s+|um\s+|a las\s+)?([01]?\d|2[0-3])\s*(?:uhr|h)?$", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(
    r"(?:jan|feb|mar(?!t)|mär|apr|abr|may|mai|jun|jul|aug|ago|sep|o[ck]t|nov|de[cz]|dic|ene)\w*\.?\s+\d+$",
    re.IGNORECASE,
)  # "dec 10" is a day, "24 dec 10" an hour of one
_HAS_HOUR = re.compile(
    r"\d{1,2}[:.]\d\d|\d\s*(?:am|pm|uhr)\b|\d+\s*(?:h|m|min)|hour|minut|hora|stund|tonight", re.IGNORECASE
)
_MAY_BE = re.compile(r"\d|[^\W\d]{3,}")


def moment(words: str, now: datetime, language: str) -> datetime | None:
    """The time meant, in the time zone of `now`; None for what is no time, is past, or is years away."""
    words = words.strip()[:60]
    if not _MAY_BE.search(words):
        return None
    if not _DAY_OF_MONTH.match(words):
        words = _BARE_HOUR.sub(r" \1:00", words)
    try:
        found = dateparser.parse(words, languages=_languages(language), settings=_settings(now))
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    found = found.replace(tzinfo=None)
    if not _HAS_HOUR.search(words):
        found = found.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    found = found.replace(tzinfo=now.tzinfo, second=0, microsecond=0)
    return found if now < found < now + _LONGEST else None


def _languages(language: str) -> list[str]:
    own = language.partition("-")[0]
    return ["en"] if own in ("", "en") else [own, "en"]


def _settings(now: datetime) -> dict[str, object]:
    return {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": now.replace(tzinfo=None)}
