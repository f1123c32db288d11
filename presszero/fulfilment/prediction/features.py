"""What is known of an order when it is placed, as columns of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .orders import Floats, Names, Orders, weekday
from .watching import quantile

SHRINK = 20.0  # orders: a group with as many lies half-way between what it shows and what all show
PAIRS = 4  # group columns at most whose pairs are looked at
APART = 10_000_019  # more names than a column has
YEAR = 365.25


@dataclass(frozen=True)
class Levels:
    """What one key's groups have shown: their mean, and how often they were very slow; drawn towards all by size."""

    names: Names
    mean: Floats
    slow: Floats
    usual: tuple[float, float]

    def of(self, keys: Names) -> tuple[Floats, Floats]:
        """Mean and slowness by order; a group never seen is as usual."""
        if len(self.names) == 0:
            return np.full(len(keys), self.usual[0]), np.full(len(keys), self.usual[1])
        at = np.minimum(np.searchsorted(self.names, keys), len(self.names) - 1)
        known = self.names[at] == keys
        return np.where(known, self.mean[at], self.usual[0]), np.where(known, self.slow[at], self.usual[1])


def levels(keys: Names, y: Floats, w: Floats, shrink: float = SHRINK, towards: float | None = None) -> Levels:
    """`y` is the logarithm of days, `w` what each order stands for; groups are drawn to the mean, or `towards`."""
    names, code = np.unique(keys, return_inverse=True)
    limit = float(quantile(y, w, 0.85)) if len(y) else 0.0
    mean = float(np.average(y, weights=w)) if towards is None else towards
    usual = (mean, float(np.average(y > limit, weights=w)))
    size = np.bincount(code, w, len(names))
    means = [
        (np.bincount(code, w * each, len(names)) + shrink * at) / (size + shrink)
        for each, at in zip((y, (y > limit).astype(np.float64)), usual, strict=True)
    ]
    return Levels(names, means[0], means[1], usual)


@dataclass(frozen=True)
class Sight:
    """How orders are turned into columns: learned once from a history, then the same for every order."""

    keys: dict[str, Levels]
    numbers: tuple[str, ...]
    seasons: bool

    def columns(self, orders: Orders) -> Floats:
        """One row an order."""
        keys = dict(_keys(orders))
        return np.column_stack(
            [*self._plain(orders), *(c for name, at in self.keys.items() for c in at.of(keys[name]))]
        )

    def _plain(self, orders: Orders) -> Iterator[Floats]:
        promised = orders.days_promised
        yield promised
        yield weekday(orders.placed)
        yield weekday(orders.placed + promised)
        yield np.round((orders.placed % 1) * 24)
        for name in self.numbers:
            yield orders.numbers[name]
        if self.seasons:
            yield np.floor(orders.placed % YEAR / 7)


def sight(orders: Orders, y: Floats, w: Floats, *, seasons: bool) -> tuple[Sight, Floats]:
    """What was learned, and the columns of the very orders it was learned from.

    There a group's level is taken from every other order (two halves, each seen by what the other shows): an order
    that had been counted into its own level would seem easier to foretell than the next one is.
    """
    keys = dict(_keys(orders))
    learned = Sight({name: levels(each, y, w) for name, each in keys.items()}, tuple(orders.numbers), seasons)
    half = np.arange(len(orders)) % 2 == 0
    columns = np.empty((len(orders), learned.columns(orders.pick(np.arange(min(1, len(orders))))).shape[1]))
    for seen, told in ((half, ~half), (~half, half)):
        other = Sight(
            {name: levels(each[told], y[told], w[told]) for name, each in keys.items()}, learned.numbers, seasons
        )
        columns[seen] = other.columns(orders.pick(seen))
    return learned, columns


def _keys(orders: Orders) -> Iterator[tuple[str, Names]]:
    """Every group, and every pair of the first few; names are numbers by now."""
    yield from orders.groups.items()
    for one, other in combinations(list(orders.groups)[:PAIRS], 2):
        yield f"{one}\x1f{other}", orders.groups[one] * APART + orders.groups[other]
