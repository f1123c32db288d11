"""Money: whole minor units and a currency. Nothing here ever holds a fraction of a cent, or a float.

How many minor units make one is the currency's own (ISO 4217, from CLDR): two for EUR, none for JPY, three for KWD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol, is_currency

from presszero.core.refusal import Refused

MOST = 10**15  # minor units; beyond it somebody leant on a key
_LONGEST = 27  # characters of an amount; Decimal rounds what is longer
# The sign for decimals, and those between thousands; the last two are written in Arabic and Persian.
_TYPED = re.compile(r"(?P<before>(?:\D*[^\d.,])?)(?P<number>\d(?:[\d.,'’\s٫٬]*\d)?)[^\d\-]*")


class BadMoney(Refused):
    """What was typed is no amount, or its currency is not known or not the same."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """18.40 in euro is Money(1840, "EUR"). May be negative; adding two currencies raises BadMoney."""

    minor: int
    currency: str  # ISO 4217

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise BadMoney("An amount is a whole number of minor units.")
        if not is_currency(self.currency):
            raise BadMoney(f"There is no currency called {self.currency[:10]!r}.")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """As providers write it: Decimal("18.40"), with exactly the currency's digits."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def says(self, language: str = "en") -> str:
        """As people read it: €18.40, 18,40 €, ¥1,840."""
        return str(format_currency(self.decimal, self.currency, locale=_locale(language)))

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise BadMoney(f"{other.currency} and {self.currency} cannot be added up.")
        return other.minor


def digits(currency: str) -> int:
    """How many digits stand behind the point: 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(currency))


def money(amount: str | Decimal | int, currency: str) -> Money:
    """What a provider or a program wrote: money("18.40", "EUR"). More digits than the currency has raise BadMoney.

    A float raises it too: it may not be the amount that was written.
    """
    currency = currency.strip().upper()
    if not is_currency(currency):
        raise BadMoney(f"There is no currency called {currency[:10]!r}.")
    said = "" if isinstance(amount, float | bool) else str(amount).strip()
    try:
        exact = Decimal(said if len(said) <= _LONGEST else "").scaleb(digits(currency))
    except ArithmeticError as why:
        raise BadMoney(f"{str(amount)[:30]!r} is no amount.") from why
    if not exact.is_finite() or abs(exact) > MOST or exact != exact.to_integral_value():
        raise BadMoney(f"{str(amount)[:30]!r} is no amount of {currency}.")
    return Money(int(exact), currency)


def typed(words: str, currency: str, language: str = "en") -> Money:
    """What a person typed, in their language's way or with a plain point: "18.40", "18,40", "1.234,50", "€ 20".

    Where a sign could stand for thousands or for the decimals, the language decides. Raises BadMoney.
    """
    said = _TYPED.fullmatch(words.strip().replace("\u2212", "-"))
    if said is None:
        raise BadMoney(f"{words[:30]!r} is no amount.")
    found = money(_plain(re.sub(r"\s", " ", said["number"]), _locale(language)), currency)
    return -found if "-" in said["before"] else found


def _plain(number: str, locale: Locale) -> str:
    """Digits with at most one point. The last sign is the decimal one unless it can only stand between thousands."""
    signs = [sign for sign in number if not sign.isdigit()]
    if not signs:
        return number
    point, last = get_decimal_symbol(locale), signs[-1]
    whole, _sign, rest = number.rpartition(last)
    if last not in ".,٫" or signs.count(last) > 1 or (last != point and len(rest) == 3):
        return _grouped(number, locale)
    return f"{_grouped(whole, locale)}.{rest}"


def _grouped(whole: str, locale: Locale) -> str:
    """Thousands taken together: one sign between them all, three digits in each, as in "1,234,567".

    Where people group by two above the thousands, as in India, that is right too.
    """
    first, *groups = re.split(r"\D", whole)
    if not groups:
        return whole
    *upper, last = groups
    pairs = locale.decimal_formats[None].grouping[1] == 2 and len(first) <= 2 and all(len(each) == 2 for each in upper)
    threes = len(first) <= 3 and all(len(each) == 3 for each in upper)
    same = len({sign for sign in whole if not sign.isdigit()}) == 1
    if not same or not first or first.startswith("0") or len(last) != 3 or not (threes or pairs):
        raise BadMoney(f"{whole[:30]!r} is no amount: thousands have three digits.")
    return first + "".join(groups)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
