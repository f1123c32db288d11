"""Dates as the world writes them, as days since 1970 on their own clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .orders import Floats

EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = 1980, 2100  # years; what lies outside is a placeholder
MISSING = {"", "-", "--", "0", "null", "none", "nan", "nat", "n/a", "na", "#n/a", "\\n", "undefined", "?"}
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: at for at, name in enumerate(NAMES, 1)}

_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<one>\d{1,2})[-/.](?P<two>\d{1,2})" + _TIME)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})[-/. ]\s?(?P<two>\d{1,2})[-/. ]\s?(?P<year>\d{4}|\d{2})" + _TIME)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<one>\d{2})(?P<two>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?Z?$"
)
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})[-. ]+(?P<month>[A-Za-z]{3,9})\.?[-, ]+(?P<year>\d{4}|\d{2})" + _TIME
)
_NAMED_FIRST = re.compile(r"(?P<month>[A-Za-z]{3,9})\.? +(?P<day>\d{1,2}),? +(?P<year>\d{4})" + _TIME)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?$")
SHORT = 1000  # numbers below are days from placing, not dates


@dataclass(frozen=True)
class Column:
    """`days` since 1970 (fractions are times of day), NaN where missing or not understood; `bad` marks the latter.

    `after` says that the numbers are days after placing. `order` is "day first", "month first" or "".
    """

    days: Floats
    bad: np.ndarray
    order: str = ""
    after: bool = False


def read_dates(
    cells: Sequence[str], *, may_count: bool = False, usual: str = "", telling: np.ndarray | None = None
) -> Column:
    """A whole column at once: whether day or month comes first is one decision for all of it.

    `may_count`: small numbers may be days after placing. `usual` is the order that other columns of the file showed,
    for where this one shows none. Only cells marked by `telling` have a say.
    """
    says = [cell for cell, tells in zip(cells, telling, strict=True) if tells] if telling is not None else cells
    if may_count and _counts(says):
        days = np.array([_number(cell) if _NUMBER.match(cell.strip()) else np.nan for cell in cells], dtype=np.float64)
        bad = np.isnan(days) & np.array([not missing(cell) for cell in cells], dtype=bool)
        return Column(days, bad, after=True)
    shown = _order(says)
    order = shown or usual
    day_first = order != "month first"
    known: dict[str, int | None] = {}
    days = np.array([_read(cell.strip(), day_first, known) for cell in cells], dtype=np.float64)
    bad = np.isnan(days) & np.array([not missing(cell) for cell in cells], dtype=bool)
    return Column(days, bad, shown)


def missing(cell: str) -> bool:
    return cell.strip().lower() in MISSING or cell.startswith("0000-00-00")


def written(day: float) -> str:
    """A day since 1970 as an ISO date."""
    return date.fromordinal(int(day) + EPOCH).isoformat()


def _counts(cells: Sequence[str]) -> bool:
    told = [cell.strip() for cell in cells[:20_000] if cell.strip() == "0" or not missing(cell)]
    short = sum(1 for cell in told if _NUMBER.match(cell) and abs(_number(cell)) < SHORT)
    return bool(told) and short >= 0.9 * len(told)


def _number(cell: str) -> float:
    return float(cell.strip().replace(",", "."))


def _order(cells: Sequence[str]) -> str:
    """Which of the first two numbers is ever above 12; where both are, the one that is more often."""
    count: Counter[str] = Counter()
    for cell in cells:
        found = _YEAR_LAST.match(cell.strip())
        if found:
            count["day first"] += int(found["one"]) > 12
            count["month first"] += int(found["two"]) > 12
    most = count.most_common(1)
    return most[0][0] if most and most[0][1] else ""


def _read(cell: str, day_first: bool, known: dict[str, int | None]) -> float:
    if missing(cell):
        return np.nan
    found = _YEAR_FIRST.match(cell) or _YEAR_LAST.match(cell) or _COMPACT.match(cell)
    if found:
        swap = found.re is _YEAR_LAST and day_first
        month, day = (found["two"], found["one"]) if swap else (found["one"], found["two"])
        return _day(found["year"], int(month), int(day)) + _clock(found.groupdict())
    if _NUMBER.match(cell):
        return _stamp(_number(cell))
    found = _NAMED.match(cell) or _NAMED_FIRST.match(cell)
    if found and found["month"][:3].lower() in MONTHS:
        return _day(found["year"], MONTHS[found["month"][:3].lower()], int(found["day"])) + _clock(found.groupdict())
    return np.nan


def _day(year: str, month: int, day: int) -> float:
    whole = int(year) + (2000 if len(year) == 2 else 0)
    if not FIRST <= whole <= LAST:
        return np.nan
    try:
        return date(whole, month, day).toordinal() - EPOCH
    except ValueError:
        return np.nan


def _clock(found: dict[str, str | None]) -> float:
    if not found.get("hour"):
        return 0.0
    hour = int(found["hour"] or 0)
    half = (found.get("half") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    seconds = hour * 3600 + int(found["minute"] or 0) * 60 + int(found["second"] or 0)
    return min(seconds, 86_399) / 86_400


def _stamp(number: float) -> float:
    """Seconds, or thousandths of them, since 1970; or a spreadsheet's days since the end of 1899."""
    for scale in (86_400.0, 86_400_000.0, 86_400_000_000.0):
        if 3_650 <= number / scale <= 47_500:
            return number / scale
    return number - 25_569 if 29_000 <= number <= 73_100 else np.nan
