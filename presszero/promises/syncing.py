"""Sync: what they believe, what we promised and what will happen, compared whenever one of them changes.

One statement reads everything that may differ; what surely agrees never leaves the database. A difference is a gap.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .actions.holding import hold_orders
from .differences import write
from .sides import Merchants, difference, doubtful, merchants, risk_of, whatever

AT_ONCE = 500  # orders whose differences are written in one transaction


def sync(merchant_id: int, order_ids: Collection[int], now: datetime | None = None) -> int:
    """Compares these orders, and opens, changes and closes what differs; how many differ now."""
    return _sync(merchants(merchant_id, now or timezone.now()), order_ids) if order_ids else 0


def sync_all(merchant_id: int, now: datetime | None = None) -> int:
    """The same for every order of the merchant that something is open about."""
    return _sync(merchants(merchant_id, now or timezone.now()), None)


def _sync(of: Merchants, order_ids: Collection[int] | None) -> int:
    differing, changed = 0, list[int]()
    for row in doubtful(of, order_ids):
        found = difference(row, of)
        differing += found is not None
        if found != row.was or risk_of(row, found) != (row.at_risk or ""):
            changed.append(row.order)
    for start in range(0, len(changed), AT_ONCE):
        _write(of, changed[start : start + AT_ONCE])
    return differing


@transaction.atomic
def _write(of: Merchants, order_ids: list[int]) -> None:
    """Read once more, with the orders held: what was read before may have changed meanwhile."""
    hold_orders(of.id, order_ids)
    write(of.id, [(row, difference(row, of)) for row in whatever(of, order_ids)])
