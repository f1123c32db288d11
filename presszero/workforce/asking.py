"""What somebody may write for a length of time, a share and a target."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from presszero.host.refusal import Refusal

SECONDS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), Decimal("0.001")),
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), Decimal(1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), Decimal(60)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), Decimal(3600)),
    **dict.fromkeys(("d", "day", "days"), Decimal(86400)),
}
ONE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)")
CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)")  # 3:00 is three minutes, 1:30:00 an hour and a half
LONGEST = 366 * 86400


def seconds(words: str, about: str) -> float:
    """`180`, `180s`, `3min`, `0.5h`, `1h30m`, `3:00`. `about` names what is asked, for the sentence of a Refusal."""
    text = words.strip().lower()
    found = _by_clock(text) if ":" in text else _by_units(text)
    if found is None:
        raise Refusal(f"{about}: {words!r} is no length of time. Write it as 180s, 3m, 0.5h or 1h30m.")
    if found > LONGEST:
        raise Refusal(f"{about}: {words!r} is longer than a year.")
    return float(found)


def share(words: str, about: str) -> float:
    """`80%`, `80` and `0.8` are the same. Up to 1 it is a share, above it per cent."""
    text = words.strip()
    number = _number(text.removesuffix("%").strip())
    if number is None or not 0 <= (found := number / 100 if text.endswith("%") or number > 1 else number) <= 1:
        raise Refusal(f"{about}: {words!r} is no share. Write it as 80%, 80 or 0.8.")
    return float(found)


def target(words: str) -> tuple[float, float]:
    """`80/20` or `90%/5m`: the share, and within how many seconds."""
    left, slash, right = words.partition("/")
    if not slash:
        raise Refusal(f"--target: {words!r} is no target. Write it as 80/20: 80 % answered within 20 seconds.")
    level = share(left, "--target")
    if not 0 < level < 1:
        raise Refusal(
            f"--target: {left.strip()} cannot be planned for. However many agents there are, a few callers may come at "
            "once: ask for more than 0 and less than 100 %, such as 99.9/20."
        )
    return level, seconds(right, "--target")


def count(words: str, about: str, most: float = math.inf) -> float:
    """A plain number from 0, such as 100, 12.5 or 1e6."""
    number = _number(words.strip())
    if number is None or number < 0:
        raise Refusal(f"{about}: {words!r} is no number from 0 up. Write it as 100 or 12.5, without separators.")
    if number > most:
        raise Refusal(f"{about}: {words!r} is more than can be planned for.")
    return float(number)


def _by_units(text: str) -> Decimal | None:
    parts = ONE.findall(text)
    whole = re.sub(r"\s+", "", text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != whole:
        return None
    if any(unit not in SECONDS for _, unit in parts) or (len(parts) > 1 and any(not unit for _, unit in parts)):
        return None
    return sum((Decimal(number) * SECONDS[unit] for number, unit in parts), Decimal(0))


def _by_clock(text: str) -> Decimal | None:
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, rest = (Decimal(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + rest


def _number(text: str) -> Decimal | None:
    """Finite, in plain digits; None for anything else."""
    if "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e300") else None
