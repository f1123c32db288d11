"""Weights that make up for what has not arrived yet.

On any day the orders of the last weeks show only their fast deliveries. Leaving the others out would make everything
look quick; so each delivery that took `t` days also stands for those which were not watched for `t` days (inverse
probability of censoring; Robins and Rotnitzky 1992). An order that never arrives (cancelled, or never written down)
stands for nothing, and looks the same as one that is still open: both only count as watched.
"""

from __future__ import annotations

import numpy as np

from .orders import Floats

MOST = 20.0  # times: one delivery may stand for no more than this


def weights(taken: Floats, watched: Floats, worth: Floats | None = None) -> Floats:
    """How many orders each delivery stands for: 0 where none was seen, else 1 and more.

    `taken` is days from placing, NaN where it had not arrived; `watched` is how long each was watched; `worth` is how
    much each counts before that (old ones less).
    """
    worth = np.ones(len(taken)) if worth is None else worth
    if len(taken) == 0:
        return worth
    order = np.argsort(watched, kind="stable")
    longest = np.cumsum(worth[order][::-1])[::-1]  # worth of all that were watched at least as long
    at = np.searchsorted(watched[order], np.nan_to_num(taken), side="left")
    share = np.append(longest, longest[-1])[at] / longest[0]
    return np.where(np.isnan(taken), 0.0, worth * np.minimum(1 / np.maximum(share, 1e-9), MOST))


def quantile(values: Floats, weight: Floats, share: float | Floats) -> Floats:
    """Weighted quantiles: the least value below or at which at least this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weight[order])
    at = np.searchsorted(summed, np.asarray(share) * summed[-1] * (1 - 1e-12), side="left")
    return np.asarray(values[order][np.minimum(at, len(values) - 1)], dtype=np.float64)
