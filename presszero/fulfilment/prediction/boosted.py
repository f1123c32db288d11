"""How long it usually takes, from many orders: two rows of small trees, for the middle and for nine in ten."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from .features import Sight, sight
from .orders import Floats, Orders
from .outlook import SHARES

MOST = 20_000  # orders to learn from in one fit: more are drawn by lot, and hardly sharpen it
ROUNDS = 80
LEAF = 30  # orders at least in a leaf, for the middle
BINS = 200


@dataclass(frozen=True)
class Boosted:
    """`usual` gives for each order the knots of an outlook."""

    sight: Sight
    cuts: tuple[Floats, ...]
    middle: tuple[HistGradientBoostingRegressor, ...]  # one of each half of the history
    upper: tuple[HistGradientBoostingRegressor, ...]  # how far above the middle

    def usual(self, orders: Orders) -> Floats:
        if len(orders) == 0:  # trees will not look at nothing
            return np.zeros((0, len(SHARES)))
        columns = _binned(self.sight.columns(orders), self.cuts)
        with alone():
            knots = [np.mean([trees.predict(columns) for trees in self.middle], axis=0)]
            above = [trees.predict(columns) for trees in self.upper]
        least = 0.2 / np.exp(knots[0])  # a fifth of a day
        for each in above:
            knots.append(np.maximum(knots[-1] + least, knots[0] + each))
        return np.column_stack(knots)


def learn_boosted(orders: Orders, y: Floats, w: Floats, *, seasons: bool = False) -> Boosted:
    """From delivered orders, their `log(days + 0.5)`, and what each stands for (drawn by lot accordingly).

    How far orders fall from the middle is learned from a half whose middle the other half told: what trees have seen
    lies closer to them than what comes.
    """
    seen, columns = sight(orders, y, w, seasons=seasons)
    cuts = tuple(_cuts(column) for column in columns.T)
    drawn = _drawn(w, min(len(y), MOST))
    columns, told = _binned(columns[drawn], cuts), y[drawn]
    half, left, middle = drawn % 2 == 0, np.zeros(len(told)), []
    with alone():
        for mine, other in ((half, ~half), (~half, half)):
            middle.append(_trees(SHARES[0]).fit(columns[mine], told[mine]))
            left[other] = told[other] - middle[-1].predict(columns[other])
        upper = [_trees(share).fit(columns, left) for share in SHARES[1:]]
    return Boosted(seen, cuts, tuple(middle), tuple(upper))


def alone() -> AbstractContextManager[object, bool | None]:
    """One thread for the trees begun here. Threads of OpenMP wait for each other by turning round and round: with
    others at work on the same cores that took twenty times as long. Whole fits go side by side instead."""
    limits: AbstractContextManager[object, bool | None] = threadpool_limits(1, user_api="openmp")
    return limits


def _drawn(w: Floats, count: int) -> NDArray[np.int64]:
    """So many, each as often as its weight asks, evenly along the history: what weighs more may be drawn twice.

    Weights in the fit itself would do the same and make it several times slower.
    """
    summed = np.cumsum(w)
    at = np.searchsorted(summed, (np.arange(count) + 0.5) / count * summed[-1])
    return np.asarray(np.minimum(at, len(w) - 1), dtype=np.int64)


def _trees(share: float) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        loss="quantile",
        quantile=share,
        max_iter=ROUNDS if share == SHARES[0] else ROUNDS // 2,
        learning_rate=0.1,
        max_leaf_nodes=15,
        min_samples_leaf=round(LEAF * 0.5 / (1 - share)),  # as many beyond the share as beyond the middle
        early_stopping=False,
        random_state=0,
    )


def _cuts(column: Floats) -> Floats:
    known = column[~np.isnan(column)]
    return np.unique(np.quantile(known, np.linspace(0, 1, BINS), method="nearest")) if len(known) else np.zeros(1)


def _binned(columns: Floats, cuts: tuple[Floats, ...]) -> Floats:
    """Each value as the number of its bin: trees need no more, and unbinned columns cost them much longer."""
    found = [
        np.where(np.isnan(column), -1.0, np.searchsorted(cut, column))
        for column, cut in zip(columns.T, cuts, strict=True)
    ]
    return np.column_stack(found)
