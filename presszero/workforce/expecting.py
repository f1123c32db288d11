"""How many will come in each half-hour of the days ahead, learned from our own past alone. Pure.

A day brings level × weekday × holiday × time of year; a half-hour its share of the day. Each part leans on the whole
until it has counts enough of its own, so that a small shop with three calls a day gets a calm guess, not a jagged one.
Which memory suits the shop (a fortnight or half a year, growing or not) is tried out on its own past weeks.

A day with an unheard-of number (a sale, an outage) counts as a busy day, not as a new level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SLOTS = 48  # half-hours of a day, by the shop's clock
LEAST = 14  # days of history, before anything is foretold
MEMORIES = (14.0, 28.0, 56.0, 112.0)  # half-lives of the level, in days
DAMPED = 0.85  # what is left of a trend, week by week
STEEP = 2.5  # what a trend may make of the level at most
TRIED = 20  # past weeks on which the memories are compared
BETTER = 0.97  # a trend must win by this much: one that is not there costs more than one that is missed
SHAPE = 112.0  # half-life of weekdays and of the shape of a day, in days
LEAN = 30.0  # so many counts of the whole are mixed into each part …
LEAN_DAY = 2.0  # … but no more than so many days of the whole week into each weekday
STRANGE = 3.0  # robust standard deviations beyond which a day counts as one deviation only
YEAR = 364  # the same weekday a year ago


@dataclass(frozen=True)
class History:
    """Arrivals per day and half-hour. `days`: n × 48, the first of them on `first`. `holidays`: past and to come."""

    first: date
    days: Floats
    holidays: frozenset[date] = frozenset()

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=d) for d in range(len(self.days))]


@dataclass(frozen=True)
class Expected:
    """`mean`: arrivals per day ahead and half-hour. `spread`: variance per mean of a day's total; 1 is pure chance."""

    dates: list[date]
    mean: Floats
    spread: float


def expect(history: History, ahead: Sequence[date]) -> Expected | None:
    """None: too little is known to say anything."""
    if len(history.days) < LEAST or history.days.sum() <= 0:
        return None
    dates = history.dates
    week, kinds, clean = _parts(history, dates)
    level = _level(clean, _steps(history, ahead))
    season = _time_of_year(clean, dates, ahead)
    usual = np.array([week[day.weekday()] * kinds[_kind(day, history.holidays)] for day in ahead])
    shapes = _shapes(history, dates)
    mean = (level * season * usual)[:, None] * np.array([shapes[day.weekday()] for day in ahead])
    return Expected(list(ahead), mean, _spread(clean))


def _parts(history: History, dates: list[date]) -> tuple[Floats, Floats, Floats]:
    """Weekday factors, holiday factors, and the day totals with both and the strange days taken out."""
    totals = history.days.sum(axis=1)
    weekday = np.array([day.weekday() for day in dates])
    kind = np.array([_kind(day, history.holidays) for day in dates])
    weight = _weights(len(totals), SHAPE)
    weight = weight / weight[-1]
    around = _around(totals)
    plain = kind == 0
    week = _weekdays(np.minimum(totals, 3 * around), around, weekday, weight * plain)
    usual = week[weekday] * around
    kinds = np.array([1.0, *(_factor(totals, usual, kind == each) for each in (1, 2))])
    clean = totals / np.maximum(week[weekday] * kinds[kind], 1e-9)
    return week, kinds, _calm(clean, around, plain)


def _weekdays(totals: Floats, around: Floats, weekday: NDArray[np.int_], weight: Floats) -> Floats:
    """Seven factors around 1, each leaning on the whole week."""
    whole = float((weight * totals).sum() / max((weight * around).sum(), 1e-9))
    found = []
    for day in range(7):
        of_day = weight * (weekday == day)
        expected, slack = float((of_day * around).sum()), min(LEAN, LEAN_DAY * float(np.mean(around)))
        found.append(((of_day * totals).sum() + slack * whole) / max(expected + slack, 1e-9))
    week = np.array(found)
    return _floats(week / max(week.mean(), 1e-9))


def _factor(totals: Floats, usual: Floats, chosen: NDArray[np.bool_]) -> float:
    """What holidays, or the days after them, bring beside a usual day; 1 where none is known."""
    lean = LEAN / 3
    return float((totals[chosen].sum() + lean) / (usual[chosen].sum() + lean))


def _calm(clean: Floats, around: Floats, plain: NDArray[np.bool_]) -> Floats:
    """Days far beyond what chance and the shop's own ups and downs bring are cut back: a sale is no new level."""
    scale = np.sqrt(np.maximum(around, 1.0))
    off = (clean - around) / scale
    usual = off[plain] if plain.any() else off
    wide = max(1.0, 1.4826 * float(np.median(np.abs(usual - np.median(usual)))))
    cut = np.where(np.abs(off) > STRANGE * wide, np.sign(off) * wide, off)
    return _floats(np.maximum(0.0, around + cut * scale))


def _around(totals: Floats) -> Floats:
    """What is usual then, whatever the weekday: the median of the three weeks around each day, or nearest to it."""
    if len(totals) < 21:
        return np.full(len(totals), float(np.mean(np.sort(totals)[: -max(1, len(totals) // 10)])))
    weeks = np.lib.stride_tricks.sliding_window_view(totals, 21).reshape(-1, 3, 7).mean(axis=2)
    around = np.maximum(np.median(weeks, axis=1), 0.5 * weeks.mean(axis=1))
    return _floats(around[np.clip(np.arange(len(totals)) - 10, 0, len(around) - 1)])


def _level(clean: Floats, steps: Floats) -> Floats:
    """The level on each day ahead, by the memory and the trend that did best on past weeks."""
    best, scored = (MEMORIES[0], False), np.inf
    for trend in (False, True):
        for memory in MEMORIES:
            missed = _missed(clean, memory, trend)
            if missed < scored * (BETTER if trend else 1.0):
                best, scored = (memory, trend), missed
    return _told(clean, *best, steps)


def _missed(clean: Floats, memory: float, trend: bool) -> float:
    """The mean square by which past weeks were missed, each foretold from what was known before it."""
    ends = [end for back in range(1, TRIED + 1) if (end := len(clean) - 7 * back) >= LEAST]
    if not ends:
        return 0.0 if not trend and memory == MEMORIES[1] else 1.0
    steps = np.arange(1.0, 8.0)
    errors = [_told(clean[:end], memory, trend, steps).mean() - clean[end : end + 7].mean() for end in ends]
    return float(np.mean(np.square(errors)))


def _told(clean: Floats, memory: float, trend: bool, steps: Floats) -> Floats:
    """A weighted mean of the past, or a weighted line through it whose slope fades week by week."""
    weight = _weights(len(clean), memory)
    if not trend:
        return np.full(len(steps), float(weight @ clean))
    age = np.arange(len(clean), 0, -1, dtype=float)
    middle = float(weight @ age)
    slope = -float(weight @ ((age - middle) * clean)) / max(float(weight @ (age - middle) ** 2), 1e-9)
    fade = DAMPED ** (1 / 7)
    gone = (1 - fade**steps) / (1 - fade)
    flat = float(weight @ clean)
    return _floats(np.clip(flat + slope * (middle + gone), flat / STEEP, flat * STEEP))


def _time_of_year(clean: Floats, dates: list[date], ahead: Sequence[date]) -> Floats:
    """How last year went on from where we are now: nothing before there are a year and eight weeks of history."""
    last = dates[-1]
    begin = len(clean) - YEAR
    if begin < 56:
        return np.ones(len(ahead))
    then = clean[begin - 28 : begin].mean()
    found = []
    for day in ahead:
        at = begin + (day - last).days - 1
        near = clean[max(0, at - 7) : at + 8].mean() if at < len(clean) else then
        found.append((near + LEAN / 28) / (then + LEAN / 28))
    return _floats(np.clip(np.array(found), 0.4, 2.5) ** 0.8)


def _shapes(history: History, dates: list[date]) -> Floats:
    """For each weekday the half-hours' shares of it: its own counts, leaning on the whole week's, smoothed a little."""
    weight = _weights(len(dates), SHAPE)
    weight = weight / weight[-1]
    weekday = np.array([day.weekday() for day in dates])
    usual = np.array([day not in history.holidays for day in dates])
    totals = np.maximum(history.days.sum(axis=1), 1.0)
    typical = float(np.median(totals))
    scaled = history.days * np.minimum(1.0, 2 * typical / totals)[:, None]  # no sale paints the whole shape
    whole = _share(_blurred((weight * usual) @ scaled))
    found = []
    for day in range(7):
        own = _blurred((weight * usual * (weekday == day)) @ scaled)
        found.append(_share(own + 4 * LEAN * whole))
    return np.array(found)


def _blurred(counts: Floats) -> Floats:
    """Few counts are spread over the half-hours beside them, many are left alone."""
    mixed = 0.25 * np.roll(counts, 1) + 0.5 * counts + 0.25 * np.roll(counts, -1)
    trust = counts.sum() / (counts.sum() + SLOTS * LEAN)
    return _floats(trust * counts + (1 - trust) * mixed)


def _share(counts: Floats) -> Floats:
    return _floats(counts / max(float(counts.sum()), 1e-9))


def _spread(clean: Floats) -> float:
    """Variance per mean of the last quarter's days around their own weeks."""
    recent = clean[-91:]
    near = np.convolve(recent, np.full(7, 1 / 7), "valid")
    off = recent[3 : 3 + len(near)] - near
    return max(1.0, float(np.mean(off**2) * 7 / 6 / max(near.mean(), 1e-9)))


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _weights(days: int, half_life: float) -> Floats:
    """Newest last; they add up to 1."""
    weight = np.exp2(-np.arange(days - 1, -1, -1) / half_life)
    return _floats(weight / weight.sum())


def _steps(history: History, ahead: Sequence[date]) -> Floats:
    last = history.first + timedelta(days=len(history.days) - 1)
    return np.array([float((day - last).days) for day in ahead])


def _kind(day: date, holidays: frozenset[date]) -> int:
    """0 a plain day · 1 a holiday · 2 the first day after one."""
    if day in holidays:
        return 1
    return 2 if day - timedelta(days=1) in holidays else 0
