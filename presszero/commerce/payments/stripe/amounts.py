"""Amounts as Stripe writes them: its minor units are not everywhere those of ISO 4217.

https://docs.stripe.com/currencies: amounts of the króna, the Ugandan shilling and others that have no decimals any more
are still written with two.
"""

from __future__ import annotations

from presszero.core.money import Money, digits

_NONE = ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
_THREE = ("BHD", "JOD", "KWD", "OMR", "TND")


def to_stripe(money: Money) -> int:
    return _scaled(money.minor, _places(money.currency) - digits(money.currency))


def from_stripe(amount: int, currency: str) -> Money:
    """`currency` in either case. Raises BadMoney for one that nobody knows."""
    known = Money(0, currency.upper()).currency
    return Money(_scaled(amount, digits(known) - _places(known)), known)


def _places(currency: str) -> int:
    if currency in _NONE:
        return 0
    return 3 if currency in _THREE else 2


def _scaled(amount: int, places: int) -> int:
    return int(amount * 10**places if places >= 0 else amount // 10**-places)
