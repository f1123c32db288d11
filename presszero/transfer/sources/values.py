"""What stands in providers' fields, as values of ours. Nothing here fails: what cannot be read is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from presszero.channels.adapters.email.reading import html as reading
from presszero.core.text import clean, one_line

LONGEST_TEXT = 500_000  # characters of one message
_ADDRESS = re.compile(r"[^\s@<>\"',;()]{1,64}@[^\s@<>\"',;()]{1,190}\.[^\s@<>\"',;()]{2,63}")
_SLASHED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def words(value: Any, limit: int = 300) -> str:
    """One line of text; "" for nothing and for what is no text."""
    if value is None or isinstance(value, Mapping | list | tuple):
        return ""
    return one_line(str(value), limit)


def number(value: Any) -> str:
    """A number elsewhere, as the text we keep it by."""
    return words(value, 100)


def text(value: Any) -> str:
    """Several lines."""
    return clean(str(value), LONGEST_TEXT).strip() if isinstance(value, str | int | float) else ""


def text_of_html(value: Any) -> str:
    """The words of a piece of HTML."""
    if not isinstance(value, str) or not value.strip():
        return ""
    return clean(reading.text_of(reading.lines(value)), LONGEST_TEXT).strip()


def address(value: Any) -> str:
    """An e-mail address in lower case, out of whatever stands around it."""
    found = _ADDRESS.search(words(value, 400))
    return found[0].lower().rstrip(".") if found else ""


def phone(value: Any) -> str:
    """A phone number as + and digits, or digits; "" for what is none."""
    plain = words(value, 60).partition("ext")[0]
    digits = re.sub(r"\D", "", plain)
    return ("+" if plain.startswith(("+", "00")) else "") + digits.removeprefix("00") if 5 <= len(digits) <= 17 else ""


def handles(emails: Iterable[Any] = (), phones: Iterable[Any] = ()) -> tuple[tuple[str, str], ...]:
    """(kind, address), each once."""
    found = [("email", address(each)) for each in emails] + [("phone", phone(each)) for each in phones]
    return tuple(dict.fromkeys((kind, value) for kind, value in found if value))


def when(value: Any) -> datetime | None:
    """A moment with its zone (UTC where none is said); a day is its beginning."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4_000_000_000:
        return datetime.fromtimestamp(value, UTC)
    said = words(value, 60).replace(" UTC", "Z").replace(" +", "+")
    try:
        found = parse_datetime(said) or _day(parse_date(said[:10]) if len(said) <= 11 else None) or _slashed(said)
    except ValueError:
        return None
    if found is None or not 1970 <= found.year <= 2200:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def fact(value: Any) -> bool:
    """Whether it says yes."""
    return value is True or words(value).lower() in ("true", "1", "yes", "t", "y")


def some(value: Any) -> list[Any]:
    """A list, whatever it was: a list alone, one thing, or nothing."""
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value in (None, "") else [value]


def tags(value: Any) -> tuple[str, ...]:
    """Names of tags out of a list of names or objects, or out of text with commas or spaces between."""
    if isinstance(value, str):
        value = value.split(",") if "," in value else value.split()
    names = [words(each.get("name") if isinstance(each, Mapping) else each, 60) for each in some(value)]
    return tuple(dict.fromkeys(name for name in names if name))


def part(value: Any, *path: str) -> Any:
    """Down into mappings; None where there is nothing."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _day(found: date | None) -> datetime | None:
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found else None


def _slashed(said: str) -> datetime | None:
    """31.12.2025 17:30 and 31/12/2025; the month first only where the second number cannot be one."""
    found = _SLASHED.fullmatch(said)
    if not found:
        return None
    first, second, year, hour, minute, second_ = (int(each or 0) for each in found.groups())
    day, month = (second, first) if second > 12 else (first, second)
    return datetime(year, month, day, hour, minute, second_, tzinfo=UTC)
