"""How long it usually takes, from few orders: one line through the promises, and what each group adds to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .features import Levels, levels
from .orders import Floats, Orders
from .outlook import KNOTS
from .watching import quantile

# Where nothing has been delivered yet: five working days and a wide spread, or the most of what the shop itself says.
USUAL_DAYS = 7.0
OF_PROMISED = 0.7
SPREAD = 0.6  # of the logarithm, from the middle to nine in ten
NINE = 1.2816  # where nine in ten of a normal curve lie below
BELIEF = 10.0  # orders: as many of its own weigh as much as what is said above


@dataclass(frozen=True)
class Plain:
    """`usual` gives for each order the knots of an outlook."""

    at: float
    slope: float
    centre: float
    groups: tuple[tuple[str, Levels], ...]
    spread: float

    def usual(self, orders: Orders) -> Floats:
        middle = _line(orders, self.at, self.slope, self.centre)
        for name, each in self.groups:
            middle = middle + each.of(orders.groups[name])[0]
        return np.asarray(middle[:, None] + self.spread * KNOTS, dtype=np.float64)


def learn_plain(orders: Orders, y: Floats, w: Floats) -> Plain:
    """From orders that were delivered (none is enough), their `log(days + 0.5)`, and what each stands for."""
    said = np.log(orders.days_promised + 0.5)
    has = ~np.isnan(said)
    centre = float(np.average(said[has], weights=w[has])) if has.any() else np.log(USUAL_DAYS / OF_PROMISED + 0.5)
    believed = BELIEF / (BELIEF + w.sum())
    expected = centre + np.log(OF_PROMISED)
    at = believed * expected + (1 - believed) * (float(np.average(y, weights=w)) if len(y) else expected)
    far, rest = (said - centre)[has], (y - at)[has]
    # As if a few orders had been seen whose days grow half as much as their promise does.
    slope = (float(np.sum(w[has] * far * rest)) + 0.5 * BELIEF / 10) / (float(np.sum(w[has] * far**2)) + BELIEF / 10)
    left = y - _line(orders, at, slope, centre)
    groups = []
    for name in orders.groups if len(y) else ():
        added = levels(orders.groups[name], left, w)
        groups.append((name, added))
        left = left - added.of(orders.groups[name])[0]
    seen = float(quantile(left, w, 0.9)) if len(y) else SPREAD
    return Plain(at, slope, centre, tuple(groups), max(believed * SPREAD + (1 - believed) * seen, 0.05) / NINE)


def _line(orders: Orders, at: float, slope: float, centre: float) -> Floats:
    said = np.log(orders.days_promised + 0.5) - centre
    return np.asarray(at + slope * np.where(np.isnan(said), 0.0, said), dtype=np.float64)
