"""Going through a history as if it were still to come: what would have been said, and what then happened."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .lately import lately
from .orders import Floats, Orders
from .outlook import KNOTS, SHARES, positions
from .watching import quantile, weights

FOLDS = 6
OF_HISTORY = 0.6  # the part that is foretold; what lies before it is only learned from
LONGEST = 75.0  # days at most that one fold looks ahead
SEASON = (240.0, 365.0)  # days before now are the months to come, a year ago
ENOUGH = 60  # deliveries to begin with
UNSEEN = 0.6  # of what may be missed is held back where the past was too short to look ahead in


class Shape(Protocol):
    """What was learned of how long orders usually take."""

    def usual(self, orders: Orders) -> Floats:
        """For each order the knots of an outlook."""


Fit = Callable[[Orders, Floats, Floats], Shape]


@dataclass(frozen=True)
class Trial:
    """Orders of the past that were foretold from what lay before them, in order of time."""

    orders: Orders
    knots: Floats
    shift: Floats  # what had changed lately, as seen then; not in the knots
    worth: Floats  # how many orders each stands for; 0 where it has not arrived
    used: float = 0.0  # how much of the shift is in the knots by now
    ahead: bool = True  # each was foretold from what lay before it; else from the other half of the same time
    held_back: float = 0.0  # of what may be missed, as it was not tried how things go on
    beyond: float = 0.0  # the share of all that takes longer than any of these was watched for

    @property
    def positions(self) -> Floats:
        """How slow each was among its like; NaN where it has not arrived."""
        return positions(np.log(self.orders.days_taken + 0.5), self.knots)

    def pick(self, which: NDArray[np.generic]) -> Trial:
        return replace(
            self,
            orders=self.orders.pick(which),
            knots=self.knots[which],
            shift=self.shift[which],
            worth=self.worth[which],
        )

    def shifted(self, used: float) -> Trial:
        """The same, had so much of what had changed lately been believed."""
        return replace(self, knots=self.knots + (used - self.used) * self.shift[:, None], used=used)

    def settled(self, as_of: float, days: float) -> Trial:
        """Those that were watched for so long."""
        found = self.pick(self.orders.watched(as_of) >= days)
        return replace(found, worth=weights(found.orders.days_taken, found.orders.watched(as_of)))

    def faded(self, days: float) -> Trial:
        """In which an order counts half when so many days older: the newest say most of the months to come.

        Those of the same months a year ago say as much as any: there may be a season.
        """
        age = self.orders.day.max(initial=0) - self.orders.day
        season = (age >= SEASON[0]) & (age <= SEASON[1])
        return replace(self, worth=self.worth * np.where(season, 1.0, 0.5 ** (age / days)))

    def newest(self, all_of_them: Orders, as_of: float, days: float) -> Trial:
        """Those placed in the last days, each standing for those of the same time that have not arrived."""
        since = all_of_them.pick(all_of_them.day >= np.floor(as_of) - days)
        worth = weights(since.days_taken, since.watched(as_of))
        beyond = float(np.average(self.orders.days_taken >= days, weights=self.worth))
        found = self.pick(self.orders.day >= np.floor(as_of) - days)
        return replace(found, worth=worth[~np.isnan(since.days_taken)], held_back=0.0, beyond=beyond)

    @property
    def size(self) -> float:
        """How many orders of equal weight would say as much."""
        squared = float(np.sum(self.worth**2))
        return float(self.worth.sum() ** 2 / squared) if squared else 0.0

    def loss(self) -> float:
        """How badly the knots foretold: mean pinball loss of the logarithm of days."""
        has = self.worth > 0
        left = np.log(self.orders.days_taken[has] + 0.5)[:, None] - self.knots[has]
        shares = np.array(SHARES)
        return float(np.average(np.maximum(shares * left, (shares - 1) * left).mean(axis=1), weights=self.worth[has]))


def known(orders: Orders, as_of: float) -> tuple[Orders, Floats, Floats]:
    """The deliveries seen before a day, the logarithm of their days, and what each stands for."""
    then = orders.known_at(as_of)
    w = weights(then.days_taken, then.watched(as_of))
    has = w > 0
    seen = then.pick(has)
    return seen, np.log(seen.days_taken + 0.5), w[has] / max(float(w[has].mean()), 1e-9) if has.any() else w[has]


def try_out(orders: Orders, as_of: float, fit: Fit) -> Trial:
    """Each fold learns from what was known at its beginning and foretells the orders placed until the next begins."""
    then = orders.known_at(as_of)
    begins = origins(then, as_of)

    def fold(begin: float, end: float) -> tuple[Orders, Floats, Floats]:
        ahead = then.pick((then.day >= begin) & (then.day < end))
        seen, y, w = known(then, begin)
        shape = fit(seen, y, w)
        return ahead, shape.usual(ahead), lately(seen, y - shape.usual(seen)[:, 0], w).shift(ahead)

    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        parts = list(side_by_side.map(fold, begins, [*begins[1:], float(np.floor(as_of))]))
    tried = _joined([part[0] for part in parts], then)
    knots = np.concatenate([part[1] for part in parts] or [np.zeros((0, len(KNOTS)))])
    shift = np.concatenate([part[2] for part in parts] or [np.zeros(0)])
    return Trial(tried, knots, shift, weights(tried.days_taken, tried.watched(as_of)))


def crossed(orders: Orders, as_of: float, fit: Fit) -> Trial:
    """Each half is foretold from the other: where a history is too short to look ahead in."""
    seen, y, w = known(orders, as_of)
    knots, half = np.zeros((len(seen), len(KNOTS))), np.arange(len(seen)) % 2 == 0
    for told, other in ((half, ~half), (~half, half)) if len(seen) else ():
        knots[told] = fit(seen.pick(other), y[other], w[other]).usual(seen.pick(told))
    return Trial(seen, knots, np.zeros(len(seen)), w, ahead=False, held_back=UNSEEN)


def origins(then: Orders, as_of: float) -> list[float]:
    """The days on which the folds begin."""
    if len(then) == 0:
        return []
    days, taken = np.sort(then.day), then.days_taken
    has = np.isfinite(taken)
    if has.sum() < ENOUGH:
        return []
    settled = float(quantile(taken[has], np.ones(int(has.sum())), 0.9))
    last = float(np.floor(as_of))
    first = max(last - (last - days[0]) * OF_HISTORY, last - FOLDS * LONGEST)
    arrived = np.sort(np.floor(then.delivered[has]))
    first = max(first, float(arrived[ENOUGH // 2]) + 1)
    step = max((last - first) / FOLDS, min(7.0, settled))
    begins = np.floor(np.arange(first, last - settled / 2, step))
    return [float(each) for each in begins]


def _joined(parts: list[Orders], like: Orders) -> Orders:
    if not parts:
        return like.pick(np.zeros(len(like), dtype=bool))
    return Orders(
        np.concatenate([part.placed for part in parts]),
        np.concatenate([part.promised for part in parts]),
        np.concatenate([part.delivered for part in parts]),
        {name: np.concatenate([part.groups[name] for part in parts]) for name in like.groups},
        {name: np.concatenate([part.numbers[name] for part in parts]) for name in like.numbers},
    )
