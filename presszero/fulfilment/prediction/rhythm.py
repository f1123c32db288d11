"""When in the week, and how near to the shop's own date, orders arrive: what a smooth curve over days cannot know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .orders import Floats, Orders

BELIEF = 30.0  # arrivals
RANGE = (0.01, 8.0)
NEAR, PAST = 5, 3  # days before and after the shop's own date that are told apart
CLOSE = NEAR + PAST + 2  # with one for no date at all


@dataclass(frozen=True)
class Rhythm:
    """How much more or less arrives than the curve says, by weekday and by days from the shop's own date."""

    weekday: Floats
    close: Floats

    def applied(self, chances: Floats, orders: Orders) -> Floats:
        """Chances by the end of day 0, 1 … (columns), told again: nothing arrives on days on which nothing does."""
        if np.all(self.weekday == 1) and np.all(self.close == 1):
            return chances
        factor = self.weekday[_weekdays(orders, chances.shape[1])] * self.close[_closeness(orders, chances.shape[1])]
        told = -np.expm1(-np.cumsum(_hazard(chances) * factor, axis=1))
        return np.asarray(told, dtype=np.float64)


def even() -> Rhythm:
    """All days alike."""
    return Rhythm(np.ones(7), np.ones(CLOSE))


def heard(walk: Iterable[tuple[NDArray[np.int64], Floats]], orders: Orders, worth: Floats) -> Rhythm:
    """From orders that arrived, what the curve had said of them (`Outlook.walk`), and how many each stands for."""
    parts = []
    for rows, chances in walk:
        here, width = orders.pick(rows), chances.shape[1]
        taken = np.minimum(here.days_taken, width - 1).astype(np.int64)
        awaited = np.arange(width)[None, :] <= taken[:, None]
        came = np.arange(width)[None, :] == taken[:, None]
        kind = _weekdays(here, width) * CLOSE + _closeness(here, width)
        weight = np.broadcast_to(worth[rows][:, None], came.shape)
        parts.append([each[awaited] for each in (kind, _hazard(chances), weight, came)])
    kind, hazard, weight, came = (np.concatenate(each) for each in zip(*parts, strict=True))
    arrived = np.bincount(kind, weight * came, 7 * CLOSE).reshape(7, CLOSE)
    found = even()
    for turn in range(8):  # each is told with the other known, until both have settled
        factor = (found.weekday[:, None] * found.close).ravel()[kind]
        told = np.bincount(kind, -np.expm1(-hazard * factor) * weight, 7 * CLOSE).reshape(7, CLOSE)
        along = turn % 2
        ratio = (arrived.sum(axis=1 - along) + BELIEF) / (told.sum(axis=1 - along) + BELIEF)
        if along == 0:
            found = Rhythm(np.clip(found.weekday * ratio, *RANGE), found.close)
        else:
            found = Rhythm(found.weekday, np.clip(found.close * ratio, *RANGE))
    return found


def _hazard(chances: Floats) -> Floats:
    """What each day adds to the cumulative hazard."""
    left = -np.log(np.maximum(1 - chances, 1e-5))
    return np.diff(left, axis=1, prepend=0.0)


def _weekdays(orders: Orders, width: int) -> NDArray[np.int64]:
    return np.asarray((orders.day[:, None] + 3 + np.arange(width)[None, :]) % 7, dtype=np.int64)


def _closeness(orders: Orders, width: int) -> NDArray[np.int64]:
    """0 where no date was given; else by days from it."""
    said = orders.days_promised
    from_it = np.clip(np.arange(width)[None, :] - np.nan_to_num(said)[:, None], -NEAR, PAST)
    return np.asarray(np.where(np.isnan(said)[:, None], 0, from_it + NEAR + 1), dtype=np.int64)
