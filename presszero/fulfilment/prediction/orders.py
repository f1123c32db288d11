"""Orders as columns of numbers, and what was known of them on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Names = NDArray[Any]  # strings as given; numbers while learning


@dataclass(frozen=True)
class Orders:
    """One array element an order; all arrays are equally long.

    Times are days since 1970-01-01 on the shop's own clock (`numpy.datetime64` as days does it): the fraction of
    `placed` is the time of day, of the others only the day counts. NaN is "not known": no promise was made, it has not
    arrived. `groups` are names of any number (lane, carrier, region …), `numbers` are measures (weight, price …; NaN
    where missing).
    """

    placed: Floats
    promised: Floats
    delivered: Floats
    groups: Mapping[str, Names] = field(default_factory=dict)
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.placed)

    @property
    def day(self) -> Floats:
        """The day of placing."""
        return np.floor(self.placed)

    @property
    def days_promised(self) -> Floats:
        """Whole days from placing to the shop's own date; NaN where it gave none, or one before the order."""
        days = np.floor(self.promised) - self.day
        return np.where(days >= 0, days, np.nan)

    @property
    def days_taken(self) -> Floats:
        """Whole days from placing to delivery; NaN where it has not arrived, or arrived before it was placed."""
        days = np.floor(self.delivered) - self.day
        return np.where(days >= 0, days, np.nan)

    def pick(self, which: NDArray[np.generic]) -> Orders:
        """Those of a mask, or of indices."""
        return Orders(
            self.placed[which],
            self.promised[which],
            self.delivered[which],
            {name: each[which] for name, each in self.groups.items()},
            {name: each[which] for name, each in self.numbers.items()},
        )

    def known_at(self, as_of: float) -> Orders:
        """What had been placed before this day, as it looked then: what arrived on it or later had not arrived.

        A delivery that is dated before its order teaches nothing, and is left out.
        """
        then = self.pick(self.placed < as_of)
        seen = replace(then, delivered=np.where(then.delivered < as_of, then.delivered, np.nan))
        return seen.pick(np.isnan(seen.delivered) | (np.floor(seen.delivered) >= seen.day))

    def watched(self, as_of: float) -> Floats:
        """For how many whole days from placing each was watched by this day: a longer delivery was not seen."""
        return np.asarray(np.floor(as_of) - 1 - self.day, dtype=np.float64)


def weekday(days: Floats) -> Floats:
    """0 is Monday; the first of January 1970 was a Thursday."""
    return np.asarray((np.floor(days) + 3) % 7, dtype=np.float64)
