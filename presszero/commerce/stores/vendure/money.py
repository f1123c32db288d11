"""A shop's money and times as ours. Vendure keeps whole numbers of its own precision, whatever the currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presszero.channels.adapter import Unreadable
from presszero.core.money import digits

Node = Mapping[str, Any]


def precision(said: Node) -> int:
    """Digits behind the point of every amount in an answer; asked for with each."""
    return int(said["globalSettings"]["serverConfig"]["moneyStrategyPrecision"])


def minor(said: Any, currency: str, places: int) -> int:
    """1840 of a shop with two digits is 1840 in EUR and 18 in JPY. Raises Unreadable for a part of a minor unit."""
    if isinstance(said, bool) or not isinstance(said, int):
        raise Unreadable(f"{str(said)[:30]!r} is no amount.")
    whole, rest = _scaled(said, digits(currency) - places)
    if rest:
        raise Unreadable(f"{said} is no whole amount of {currency}.")
    return whole


def theirs(amount: int, currency: str, places: int) -> int:
    """The same the other way. Raises ValueError where the shop has fewer digits than the currency needs."""
    whole, rest = _scaled(amount, places - digits(currency))
    if rest:
        raise ValueError(f"{amount} of {currency} has more digits than the shop keeps.")
    return whole


def _scaled(amount: int, by: int) -> tuple[int, int]:
    """So many digits more, or fewer; and what is left over."""
    return divmod(amount * int("1" + "0" * max(by, 0)), int("1" + "0" * max(-by, 0)))
