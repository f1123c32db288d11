"""Where to draw the line, so that the share kept in the months ahead is what was asked for.

A day more is promised only while it adds more than its price to the chance of keeping the promise; one price for all
orders makes the mean promise as short as any that keeps as many. The price is chosen on orders that were foretold as
if they were still to come. What held on average over the past does not hold in every month: there are peaks, strikes,
new carriers. So the share missed must stay below what is allowed by as much as the mean of the next few stretches may
be worse, if they differ as those before did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .backtest import UNSEEN, Trial
from .orders import Floats
from .outlook import Outlook, Spread
from .rhythm import Rhythm

STRETCH = 30.0  # days
AHEAD = 3.0  # stretches that the next promises are thought to reach over
SURE = 1.6  # standard errors: nineteen times in twenty
MARGIN = 0.35  # of what may be missed is the most that is held back: no promise is safe from everything
LESS = 3.0  # times less caution is the least
BELIEVED = 0.35  # how much the share missed differs between stretches before any was seen, in parts of itself
BELIEF = 2.0  # stretches: as many seen weigh as much
WORST = 2.0  # no single order has a chance of missing above that many times what may be missed
PRICES = np.geomspace(0.2, 2e-6, 120)
FEWEST = 40  # orders to choose a price by
LOOKED_AT = 12_000  # past orders at most


@dataclass(frozen=True)
class Level:
    """How promises are drawn, and what the past says of it."""

    price: float  # of a day, as chance of keeping; 0 where none could be told from the past
    least: float  # the chance that every single order has
    missed: float  # the share missed at it in the past
    margin: float  # what was added for chance and change
    stretches: int
    reached: bool  # whether the past shows any price that suffices
    days_ours: float = 0.0  # mean days promised to them, and by the shop
    days_shop: float = np.inf  # infinite where it hardly ever gave a date

    def days(self, outlook: Outlook) -> Floats:
        if not self.price:
            return outlook.first_day(self.least)
        return np.asarray(outlook.cheapest(np.array([self.price]), self.least)[0], dtype=np.float64)


def choose(trial: Trial, falls: Spread, rhythm: Rhythm, keep: float) -> Level:
    allowed = 1 - keep
    least = max(1 - WORST * allowed, 0.5)
    which, settled = _stretches(trial)
    unseen = trial.held_back * allowed
    if len(which) < FEWEST:
        return Level(0.0, 1 - (1 - UNSEEN) * allowed, allowed, 0.0, 0, False)
    outlook = Outlook(settled.orders, settled.knots, falls, rhythm)
    said = _own_mean(settled)
    careful = None
    for price, days in zip(PRICES, outlook.cheapest(PRICES, least), strict=True):
        level = _level(settled, which, days, (float(price), least))
        level = replace(level, margin=min(level.margin, MARGIN * allowed))
        level = replace(
            level,
            reached=level.missed + level.margin + unseen <= allowed,
            days_ours=_mean_where(settled, days),
            days_shop=said,
        )
        # Caution is bought with days only as far as the shop's own dates leave room: longer ones would help nobody.
        if careful and level.days_ours > said:
            return careful
        if level.missed + unseen + level.margin / LESS <= allowed and level.days_ours <= said:
            careful = replace(level, reached=True)
        if level.reached:
            return level
    return level


def _level(trial: Trial, which: NDArray[np.int64], days: Floats, drawn: tuple[float, float]) -> Level:
    """What the past says of promises of so many days; `drawn` is their price and least chance."""
    late = (trial.orders.days_taken > days) * trial.worth
    total = np.asarray(np.bincount(which, trial.worth), dtype=np.float64)
    mean = trial.beyond + (1 - trial.beyond) * float(late.sum() / total.sum())
    orders = float(trial.worth.sum() ** 2 / np.sum(trial.worth**2))
    margin = SURE * _error(np.bincount(which, late, len(total)) / total, total, mean, orders)
    return Level(*drawn, mean, margin, len(total), False)


def _own_mean(trial: Trial) -> float:
    """The shop's own mean days; without any to speak of, more than any."""
    has = ~np.isnan(trial.orders.days_promised)
    return _mean_where(trial, trial.orders.days_promised) if has.mean() > 0.5 else np.inf


def _mean_where(trial: Trial, days: Floats) -> float:
    has = ~np.isnan(trial.orders.days_promised)
    return float(np.average(days[has], weights=trial.worth[has])) if has.any() else 0.0


def _stretches(trial: Trial) -> tuple[NDArray[np.int64], Trial]:
    """Orders tried out that arrived, and to which stretch each belongs."""
    at = np.flatnonzero(trial.worth > 0)
    picked = trial.pick(at[:: max(len(at) // LOOKED_AT, 1)])
    day = picked.orders.day
    _, which = np.unique(np.floor((day - day.min(initial=np.inf)) / STRETCH), return_inverse=True)
    return np.asarray(which, dtype=np.int64), picked


def _error(by_stretch: Floats, total: Floats, mean: float, orders: float) -> float:
    """How far the mean of the next stretches may be from that of the past ones (a standard error).

    `total` is what each stretch weighs, `orders` how many orders all of them are worth.
    """
    count = float(total.sum() ** 2 / np.sum(total**2))
    floor = max(mean, 1 / orders)
    chance = floor * (1 - min(floor, 0.5)) / orders
    seen = float(np.average((by_stretch - mean) ** 2, weights=total)) * count / max(count - 1, 0.5)
    seen = max(seen - chance * count, 0.0)  # without what chance alone does
    between = (BELIEF * (BELIEVED * floor) ** 2 + (count - 1) * seen) / (BELIEF + count - 1)
    return float(np.sqrt(between * (1 / AHEAD + 1 / count) + chance))
