"""What has changed lately: a new carrier, a queue in the warehouse, a trend that the whole history evens out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .features import Levels, levels
from .orders import Floats, Names, Orders

FADING = 25.0  # days in which a delivery comes to count half
SHRINK = 60.0  # deliveries (of full weight) by which a group is half believed
EVERY = ""  # no column has this name


@dataclass(frozen=True)
class Lately:
    """By how much the logarithm of days differs lately from what the whole history says: for all, then by group."""

    steps: tuple[tuple[str, Levels], ...]

    def shift(self, orders: Orders) -> Floats:
        found = np.zeros(len(orders))
        for name, each in self.steps:
            found = found + each.of(_keys(orders, name))[0]
        return found


def lately(orders: Orders, left: Floats, w: Floats) -> Lately:
    """From what is left of the logarithm of days once the history has spoken; the newest order counts fully."""
    if len(orders) == 0:
        return Lately(())
    fresh = w * 0.5 ** ((orders.day.max() - orders.day) / FADING)
    total = fresh.sum()
    all_of_them = float(fresh @ left) / (total + SHRINK)
    steps = [(EVERY, Levels(np.zeros(1, dtype=np.int64), np.array([all_of_them]), np.zeros(1), (all_of_them, 0.0)))]
    left = left - all_of_them
    for name in orders.groups:
        found = levels(orders.groups[name], left, fresh, shrink=SHRINK, towards=0.0)
        steps.append((name, found))
        left = left - found.of(orders.groups[name])[0]
    return Lately(tuple(steps))


def _keys(orders: Orders, name: str) -> Names:
    return orders.groups[name] if name in orders.groups else np.zeros(len(orders), dtype=np.int64)
