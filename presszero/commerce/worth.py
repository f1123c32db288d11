"""What somebody was worth to the shop so far. Pure; `queries.worth` finds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from presszero.core.money import Money


@dataclass(frozen=True, slots=True)
class Worth:
    """Of sales alone: a replacement or an exchange is none. Spent is what was taken less what went back."""

    orders: int
    spent: Money  # in the merchant's currency
    other: dict[str, int] = field(default_factory=dict)  # spent in other currencies: {"USD": minor units}
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """One currency's part of it, as a query counts."""

    currency: str
    orders: int
    minor: int
    first_at: datetime | None
    last_at: datetime | None


def summed(parts: list[Spent], currency: str) -> Worth:
    """All currencies together, for a merchant who counts in `currency`."""
    firsts = [each.first_at for each in parts if each.first_at]
    lasts = [each.last_at for each in parts if each.last_at]
    return Worth(
        sum(each.orders for each in parts),
        Money(sum(each.minor for each in parts if each.currency == currency), currency),
        {each.currency: each.minor for each in parts if each.currency != currency and each.minor},
        min(firsts, default=None),
        max(lasts, default=None),
    )
