"""Shops whose true rhythm is known, so that a forecast can be held against the truth and not against one draw of it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from presszero.workforce.expecting import Floats, History

KINDS = ("steady", "growth", "fall", "year", "step", "drift", "holiday", "promo", "small", "tiny", "big")
_LEVELS = {"small": 4.0, "tiny": 0.7, "big": 400.0}  # calls a day; 60 elsewhere
_WEEK = np.array([1.35, 1.15, 1.0, 1.0, 0.95, 0.45, 0.25])
_CLOCK = np.arange(48) / 2
_WORKDAY = np.exp(-(((_CLOCK - 10.5) / 2) ** 2)) + 0.8 * np.exp(-(((_CLOCK - 15) / 2.2) ** 2)) + 0.004
_WEEKEND = np.exp(-(((_CLOCK - 12) / 3) ** 2)) + 0.005


def world(kind: str, seed: int, days: int) -> tuple[History, list[date], Floats]:
    """So many days of history, the week after it, and that week's true mean per half-hour."""
    drawn = np.random.default_rng(seed)
    first = date(2025, 1, 6)
    dates = [first + timedelta(days=n) for n in range(days + 7)]
    holidays = {first + timedelta(days=int(n)) for n in drawn.integers(0, days + 7, 12)}
    if kind == "holiday":
        holidays.add(dates[days + int(drawn.integers(0, 6))])
    mean = _means(dates, _level(kind, days + 7, drawn), frozenset(holidays), drawn)
    busy = mean * np.exp(drawn.normal(-0.011, 0.15, days + 7))[:, None]
    if kind == "promo":
        for day in drawn.integers(0, days - 2, 1 + days // 50):
            busy[day : day + 2] *= drawn.uniform(2, 4)
    came = drawn.poisson(busy[:days]).astype(float)
    return History(first, came, frozenset(holidays)), dates[days:], mean[days:]


def _level(kind: str, days: int, drawn: np.random.Generator) -> Floats:
    week, level = np.arange(days) / 7, np.full(days, _LEVELS.get(kind, 60.0))
    if kind == "growth":
        level *= np.exp(0.012 * week)
    if kind == "fall":
        level *= np.exp(-0.015 * week)
    if kind == "year":
        level *= 1 + 0.5 * np.sin(2 * np.pi * (week / 52 + drawn.random()))
    if kind == "step":
        level[-35 - int(drawn.integers(0, 40)) :] *= 1.6
    if kind == "drift":
        level *= np.exp(np.cumsum(drawn.normal(0, 0.04, days)))
    return level


def _means(dates: list[date], level: Floats, holidays: frozenset[date], drawn: np.random.Generator) -> Floats:
    week = _WEEK * np.exp(drawn.normal(0, 0.08, 7))
    mean = np.zeros((len(dates), 48))
    for n, day in enumerate(dates):
        holiday = 0.3 if day in holidays else 1.4 if day - timedelta(days=1) in holidays else 1.0
        shape = _WEEKEND if day.weekday() > 4 else _WORKDAY
        mean[n] = level[n] * week[day.weekday()] * holiday * shape / shape.sum()
    return mean
