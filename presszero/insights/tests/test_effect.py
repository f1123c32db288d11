"""Whether the interval of what suggestions added keeps its word, on merchants whose truth we know."""

from __future__ import annotations

import math
import random

import pytest

from presszero.insights.effect import FEWEST_HELD_OUT, Effect, effect, t_quantile

TRIALS = 400
# chance to buy when shown, when held out, spread of what is spent (sigma of its logarithm), customers
MERCHANTS = [
    (0.13, 0.10, 1.0, 500),
    (0.07, 0.10, 1.0, 500),
    (0.10, 0.10, 0.8, 1000),
    (0.32, 0.25, 0.6, 500),
    (0.065, 0.05, 1.2, 1000),
]


@pytest.mark.parametrize(("shown", "held_out", "spread", "customers"), MERCHANTS)
def test_the_interval_covers_the_truth(shown: float, held_out: float, spread: float, customers: int) -> None:
    chances = random.Random(f"{shown} {held_out} {spread}")
    truth = (shown - held_out) * math.exp(4 + spread**2 / 2)
    found = [_one(chances, shown, held_out, spread, customers) for _ in range(TRIALS)]
    covered = sum(1 for each in found if each.low <= truth <= each.high) / TRIALS
    # 95 in 100, less three deviations of what 400 trials can tell
    assert covered >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / TRIALS)


def test_an_effect_that_is_large_is_clear() -> None:
    chances = random.Random("large")
    assert _one(chances, 0.4, 0.1, 0.6, 3000).is_clear
    assert not _one(chances, 0.1, 0.1, 0.6, 300).is_clear


def test_too_little_is_said_to_be_too_little() -> None:
    few = effect([10.0] * 500, [10.0] * (FEWEST_HELD_OUT - 1))
    nobody = effect([0.0] * 500, [0.0] * 60)
    assert not few.tells and not nobody.tells and not few.is_clear
    assert few.held_out_mean == 10.0
    assert effect([], []).difference == 0


def test_quantiles_agree_with_published_ones() -> None:
    # Student's t at 97.5 %: any table
    assert t_quantile(0.975, 20) == pytest.approx(2.0860, abs=2e-4)
    assert t_quantile(0.975, 30) == pytest.approx(2.0423, abs=1e-4)
    assert t_quantile(0.975, 120) == pytest.approx(1.9799, abs=1e-4)


def _one(chances: random.Random, shown: float, held_out: float, spread: float, customers: int) -> Effect:
    groups: tuple[list[float], list[float]] = ([], [])
    for number in range(customers):
        held = number % 10 == 0
        buys = chances.random() < (held_out if held else shown)
        groups[held].append(math.exp(chances.gauss(4, spread)) if buys else 0.0)
    return effect(*groups)
