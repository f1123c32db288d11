"""WooCommerce's decimals and times as ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from presszero.channels.adapter import Unreadable
from presszero.core.money import MOST, Money, digits

from .. import moments

Node = Mapping[str, Any]


def minor(said: Any, currency: str) -> int:
    """ "18.40" as 1840; a part of a minor unit, which taxes have, is rounded as the shop itself does it."""
    return _rounded(_decimal(said), currency)


def with_tax(net: Any, tax: Any, currency: str) -> int:
    """Both together, rounded once."""
    return _rounded(_decimal(net) + _decimal(tax), currency)


def theirs(amount: int, currency: str) -> str:
    """1840 as "18.40"."""
    return str(Money(amount, currency).decimal)


def when(said: Any) -> datetime | None:
    """Of a field that ends in _gmt: it has no zone, and means UTC. Raises Unreadable."""
    return moments.when(said, UTC)


def must(said: Any) -> datetime:
    """The same, of what an order or a product cannot be without."""
    return moments.must(said, UTC)


def unix(said: str) -> datetime:
    """Of seconds since 1970, as plugins write times."""
    return datetime.fromtimestamp(int(said), UTC)


def _decimal(said: Any) -> Decimal:
    text = str(said if said not in (None, "") else 0).strip()
    try:
        found = Decimal(text)
    except InvalidOperation as why:
        raise Unreadable(f"{text[:30]!r} is no amount.") from why
    if not found.is_finite() or abs(found) > MOST:
        raise Unreadable(f"{text[:30]!r} is no amount.")
    return found


def _rounded(exact: Decimal, currency: str) -> int:
    return int(exact.scaleb(digits(currency)).to_integral_value(ROUND_HALF_UP))
