"""What may become of each order: for every day, how likely it has arrived by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .orders import Floats, Orders
from .rhythm import Rhythm
from .watching import quantile

GRID = np.concatenate([np.linspace(0, 0.99, 397), 1 - np.geomspace(0.0098, 1e-4, 60)])
KNOTS = np.array([0.0, 0.8416212, 1.6448536])  # where half, 80 and 95 of a hundred of a normal curve lie below
SHARES = (0.5, 0.8, 0.95)
CHUNK = 400_000  # numbers of a matrix looked at in one go
FARTHEST = 400  # days that are told apart


def positions(y: Floats, knots: Floats) -> Floats:
    """How slow each was among its like: 0 in the middle, 1.6 at the slowest twentieth. One row of knots an order."""
    low, high = _slopes(knots)
    near = (y - knots[:, 0]) / low
    return np.where(y < knots[:, 1], near, KNOTS[1] + (y - knots[:, 1]) / high)


def at_positions(v: Floats | float, knots: Floats) -> Floats:
    """The way back."""
    low, high = _slopes(knots)
    return np.where(v < KNOTS[1], knots[:, 0] + v * low, knots[:, 1] + (v - KNOTS[1]) * high)


def _slopes(knots: Floats) -> tuple[Floats, Floats]:
    return (knots[:, 1] - knots[:, 0]) / KNOTS[1], (knots[:, 2] - knots[:, 1]) / (KNOTS[2] - KNOTS[1])


@dataclass(frozen=True)
class Spread:
    """Where orders really fell among their like: quantiles, at GRID, of their positions."""

    at: Floats

    def below(self, v: Floats) -> Floats:
        return np.asarray(np.interp(v, self.at, GRID, left=0.0), dtype=np.float64)

    def where(self, share: Floats | float) -> Floats:
        return np.asarray(np.interp(share, GRID, self.at), dtype=np.float64)


def spread_of(v: Floats, w: Floats) -> Spread:
    """From what was seen. The tail beyond the slowest few goes on as it falls from one in ten to one in fifty."""
    at = quantile(v, w, np.maximum(GRID, 1e-6))
    size = float(w.sum() ** 2 / np.sum(w**2))
    thin = max(4 / size, 1e-4)  # where fewer than four orders lie beyond, the data say little
    heavy = max(float(at[np.searchsorted(GRID, 0.98)] - at[np.searchsorted(GRID, 0.9)]) / np.log(5), 0.05)
    start = max(int(np.searchsorted(GRID, 1 - thin)) - 1, 0)
    drawn = at[start] + heavy * np.log((1 - GRID[start]) / (1 - GRID[start:]))
    at[start:] = np.maximum(at[start:], drawn)
    return Spread(np.maximum.accumulate(at + np.arange(len(at)) * 1e-9))


@dataclass(frozen=True)
class Outlook:
    """The future of some orders. Days are from the day of placing; arrays have one element an order.

    `knots` are the logarithms of days (and a half) by which half, 80 and 95 in a hundred of its like would have come.
    """

    orders: Orders
    knots: Floats
    falls: Spread
    rhythm: Rhythm

    def __len__(self) -> int:
        return len(self.knots)

    def by(self, days: Floats | float) -> Floats:
        """How likely each has arrived by the end of that many whole days after placing (one number, or one each)."""
        wanted = np.broadcast_to(np.asarray(days, dtype=np.float64), len(self))
        found = np.zeros(len(self))
        for rows, chances in self.walk(float(np.max(wanted, initial=0))):
            at = np.floor(np.nan_to_num(wanted[rows], nan=-1)).astype(np.int64)
            told = chances[np.arange(len(rows)), np.clip(at, 0, chances.shape[1] - 1)]
            found[rows] = np.where(at < 0, 0.0, told)
        return found

    def after(self, elapsed: Floats | float, days: Floats | float) -> Floats:
        """The same for orders that had not arrived by the end of `elapsed` whole days."""
        gone = self.by(elapsed)
        left = np.maximum(1 - gone, 1e-9)
        return np.where(gone >= 1 - 1e-6, 0.5, np.clip((self.by(days) - gone) / left, 0.0, 1.0))

    def quantiles(self, shares: tuple[float, ...]) -> Floats:
        """A column for each share (rising): days by which it has arrived with that probability, never below 0."""
        found = np.zeros((len(self), len(shares)))
        for rows, chances in self.walk():
            for column, share in enumerate(shares):
                found[rows, column] = _crossing(chances, share)
        return np.maximum.accumulate(found, axis=1)

    def quantile(self, share: float) -> Floats:
        return self.quantiles((share,))[:, 0]

    def first_day(self, share: float) -> Floats:
        """The first whole day by whose end it has arrived with this probability."""
        found = np.zeros(len(self))
        for rows, chances in self.walk():
            found[rows] = np.minimum((chances < share).sum(axis=1), chances.shape[1] - 1)
        return found

    def cheapest(self, prices: Floats, least: float) -> Floats:
        """For each price (rows) and order (columns) the day after which waiting longer is not worth it.

        A day more is worth it while it adds more than its price to the chance of having arrived. Nobody is promised
        a day with a lesser chance than `least`.
        """
        found = np.zeros((len(prices), len(self)))
        for rows, chances in self.walk():
            enough = np.where(chances >= least, chances, -np.inf)
            enough[:, -1] = np.maximum(enough[:, -1], chances[:, -1])
            days = np.arange(chances.shape[1])
            for at, price in enumerate(prices):
                found[at, rows] = np.argmax(enough - price * days, axis=1)
        return found

    def walk(self, reach: float = 0.0) -> Iterator[tuple[NDArray[np.int64], Floats]]:
        """Numbers of orders, and for each (rows) the chance by the end of day 0, 1 … (columns), at least to `reach`."""
        ends = np.exp(np.minimum(at_positions(float(self.falls.at[-1]), self.knots), 7.0))
        order = np.argsort(ends, kind="stable")
        begin = 0
        while begin < len(order):
            rows = order[begin : begin + 4096]
            width = int(np.clip(np.ceil(max(ends[rows[-1]], reach)) + 2, 8, FARTHEST))
            rows = rows[: max(CHUNK // width, 1)]
            begin += len(rows)
            yield rows, self._chances(rows, width)

    def _chances(self, rows: NDArray[np.int64], width: int) -> Floats:
        knots = self.knots[rows]
        low, high = _slopes(knots)
        ends = np.log(np.arange(1, width + 1))[None, :]
        near = (ends - knots[:, :1]) / low[:, None]
        far = KNOTS[1] + (ends - knots[:, 1:2]) / high[:, None]
        return self.rhythm.applied(self.falls.below(np.where(ends < knots[:, 1:2], near, far)), self.orders.pick(rows))


def _crossing(chances: Floats, share: float) -> Floats:
    """Days (with a fraction) after which the chance is this; a day's arrivals are taken as spread over the day."""
    at = np.minimum((chances < share).sum(axis=1), chances.shape[1] - 1)
    rows = np.arange(len(chances))
    above = chances[rows, at]
    below = np.where(at > 0, chances[rows, np.maximum(at - 1, 0)], 0.0)
    part = np.clip((share - below) / np.maximum(above - below, 1e-9), 0.0, 1.0)
    return np.asarray(np.maximum(at + part - 0.5, 0.0), dtype=np.float64)
