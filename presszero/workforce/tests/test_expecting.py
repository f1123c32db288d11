"""The forecast against shops whose truth is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from presszero.workforce.expecting import History, expect

from .worlds import KINDS, world

# How far half-hours may be off, as a share of all that comes; a mean of four weeks is off by 0.2 (big) to 1.7 (tiny).
FAR = {"tiny": 0.48, "small": 0.28, "promo": 0.22, "big": 0.08, "drift": 0.19, "year": 0.16}


def off(mean: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(mean - true).sum() / true.sum())


@pytest.mark.parametrize("kind", KINDS)
def test_half_hours_are_close_to_the_truth(kind: str):
    ours, naive = [], []
    for seed in range(4):
        for days in (70, 460):
            history, ahead, true = world(kind, seed, days)
            told = expect(history, ahead)
            assert told and told.mean.shape == (7, 48) and (told.mean >= 0).all()
            ours.append(off(told.mean, true))
            naive.append(off(history.days[-28:].reshape(4, 7, 48).mean(axis=0), true))
    assert np.mean(ours) < FAR.get(kind, 0.15)
    assert np.mean(ours) < 0.75 * np.mean(naive)


def test_a_holiday_ahead_is_quiet_and_the_day_after_is_not():
    history, ahead, _true = world("steady", 3, 460)
    day = ahead[2]
    plain = expect(history, ahead)
    known = expect(History(history.first, history.days, history.holidays | {day}), ahead)
    assert plain and known
    assert known.mean[2].sum() < 0.5 * plain.mean[2].sum()
    assert known.mean[3].sum() > 1.1 * plain.mean[3].sum()


def test_one_sale_is_no_new_level():
    history, ahead, _true = world("steady", 5, 200)
    calm = expect(history, ahead)
    sale = history.days.copy()
    sale[-3] *= 6
    after = expect(History(history.first, sale, history.holidays), ahead)
    assert calm and after
    assert after.mean.sum() == pytest.approx(calm.mean.sum(), rel=0.08)


def test_too_little_says_nothing():
    first = date(2026, 3, 2)
    ahead = [first + timedelta(days=30)]
    assert expect(History(first, np.ones((13, 48))), ahead) is None
    assert expect(History(first, np.zeros((60, 48))), ahead) is None
    some = expect(History(first, np.ones((14, 48))), ahead)
    assert some and some.mean.sum() == pytest.approx(48, rel=0.01) and some.spread >= 1


def test_last_year_s_december_is_remembered():
    first = date(2024, 9, 2)
    days = np.full((460, 48), 1.0)
    days[90:112] *= 3  # last year's rush; the history ends just before this year's
    days = days[: 90 + 364]
    ahead = [first + timedelta(days=len(days) + n + 5) for n in range(7)]
    told = expect(History(first, days), ahead)
    assert told and 1.6 * 48 < told.mean.sum() / 7 < 3.2 * 48
