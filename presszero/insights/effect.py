"""What suggestions added: the mean of those who could see one less the mean of those held out, and how sure that is.

One in ten is held out and most customers buy nothing, so the held-out few decide. Welch's interval estimates their
spread from themselves alone: without one large order among them it is too sure as well as too low, and covered the
truth 61 to 95 times in 100 on simulated merchants. Here the spread of what a buyer spends is taken from both groups
together and only the share of buyers from each, with two buyers and two others added (Agresti and Coull, 1998); the
degrees of freedom are Welch's and Satterthwaite's. It covered 93 to 99 times in 100. See docs/decisions/0012.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

FEWEST_HELD_OUT = 30  # customers
FEWEST_BUYERS = 10  # in both groups together


@dataclass(frozen=True, slots=True)
class Effect:
    """In the unit of the amounts, a customer. `low` to `high` holds the truth 95 times in 100."""

    shown: int  # customers
    held_out: int
    shown_mean: float
    held_out_mean: float
    low: float | None  # None: too little to tell
    high: float | None

    @property
    def difference(self) -> float:
        return self.shown_mean - self.held_out_mean

    @property
    def tells(self) -> bool:
        """Whether there is enough to give an interval at all."""
        return self.low is not None

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies on one side of nothing."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def effect(shown: Sequence[float], held_out: Sequence[float], *, sureness: float = 0.95) -> Effect:
    """`shown` and `held_out`: what each customer bought afterwards, 0 for those who bought nothing."""
    means = _mean(shown), _mean(held_out)
    buyers = [amount for amount in (*shown, *held_out) if amount]
    if len(held_out) < FEWEST_HELD_OUT or len(shown) < FEWEST_HELD_OUT or len(buyers) < FEWEST_BUYERS:
        return Effect(len(shown), len(held_out), *means, None, None)
    mean, square = _mean(buyers), _mean([amount * amount for amount in buyers])
    of_shown, of_held_out = (_variance_of_mean(group, mean, square) for group in (shown, held_out))
    variance = of_shown + of_held_out
    freedom = variance**2 / (of_shown**2 / (len(shown) - 1) + of_held_out**2 / (len(held_out) - 1))
    reach = t_quantile((1 + sureness) / 2, freedom) * math.sqrt(variance)
    difference = means[0] - means[1]
    return Effect(len(shown), len(held_out), *means, difference - reach, difference + reach)


def t_quantile(probability: float, freedom: float) -> float:
    """Student's t, by the expansion of Abramowitz and Stegun 26.7.5; four digits from 20 degrees of freedom on."""
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _mean(amounts: Sequence[float]) -> float:
    return math.fsum(amounts) / len(amounts) if amounts else 0.0


def _variance_of_mean(group: Sequence[float], mean: float, square: float) -> float:
    """Of a group's mean, when each buys with its group's chance and buyers spend alike: (p·E[x²] − (p·E[x])²) / n."""
    chance = (sum(1 for amount in group if amount) + 2) / (len(group) + 4)
    return (chance * square - (chance * mean) ** 2) / len(group)
