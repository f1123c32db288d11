"""Made-up shops whose truth is known: what `presszero promise` is measured on.

A world is two years of orders with everything that goes wrong in real histories: peaks, strikes, carriers that change,
promises that mean little, orders that never arrive. Because each order's delivery can be drawn again and again from
the same truth, the shortest promise that perfect knowledge would make is known as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator], Floats]

START = 16_800  # days since 1970: the last day of 2015
SPAN = 730


@dataclass(frozen=True)
class World:
    """Orders by time of placing. Days are days since 1970; NaN where nothing is known."""

    name: str
    placed: Floats
    promised: Floats
    groups: dict[str, NDArray[np.object_]]
    draw: Draw  # the days from placing until delivery, drawn anew: fractions count, NaN never arrives
    as_of: float
    numbers: dict[str, Floats] = field(default_factory=dict)
    seed: int = 0

    def delivered(self) -> Floats:
        return self.placed + self.draw(np.random.default_rng([self.seed, 1]))


Maker = Callable[[np.random.Generator, int], World]
WORLDS: dict[str, Maker] = {}


def world(name: str, orders: int = 20_000, seed: int = 1042) -> World:
    """The shop of this name, the same for the same numbers."""
    made = WORLDS[name](np.random.default_rng([seed, 0]), orders)
    return World(name, made.placed, made.promised, made.groups, made.draw, made.as_of, made.numbers, seed)


def _a_world(maker: Maker) -> Maker:
    WORLDS[maker.__name__.strip("_")] = maker
    return maker


def _times(rng: np.random.Generator, orders: int, growth: float = 0.0, span: float = SPAN) -> Floats:
    """When orders are placed: over the whole span, more and more of them, by day rather than by night."""
    share = rng.random(orders)
    along = share if growth == 0 else np.log1p(share * np.expm1(growth)) / growth
    whole = np.floor(along * span)
    hour = np.clip(rng.normal(14, 5, orders), 0, 23.9) / 24
    return np.asarray(np.sort(START + whole + hour), dtype=np.float64)


def _lanes(rng: np.random.Generator, orders: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Groups of very unequal size."""
    weight = 1 / np.arange(1, count + 1) ** 1.1
    which = rng.choice(count, orders, p=weight / weight.sum())
    return which, np.array([f"R{each:02d}" for each in which], dtype=object)


def _skewed(middle: Floats, spread: Floats | float) -> Draw:
    """A day of handling at least, then lognormal days on the road."""

    def draw(rng: np.random.Generator) -> Floats:
        return np.asarray(0.5 + middle * np.exp(rng.normal(0, 1, len(middle)) * spread), dtype=np.float64)

    return draw


def _padded(placed: Floats, middle: Floats, rng: np.random.Generator, by: float = 2.2) -> Floats:
    """What a careful shop says: about twice the usual, by lane, in whole days."""
    return np.floor(placed) + np.ceil(middle * by * np.exp(rng.normal(0, 0.15, len(placed))))


def _two_sided(rng: np.random.Generator, orders: int) -> tuple[dict[str, NDArray[np.object_]], Floats, Floats]:
    """Where from and where to: usual days and their spread (of the logarithm) for each order."""
    there, to = _lanes(rng, orders, 27)
    here, origin = _lanes(rng, orders, 12)
    far, near = rng.gamma(4, 1.6, 27) + 2, rng.gamma(2, 1, 12)
    wide = rng.uniform(0.3, 0.65, 27)
    return {"to": to, "from": origin}, np.asarray(far[there] + near[here]), np.asarray(wide[there])


@_a_world
def _steady(rng: np.random.Generator, orders: int) -> World:
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    return World("", placed, _padded(placed, middle, rng), groups, _skewed(middle, spread), START + 550)


@_a_world
def _growing(rng: np.random.Generator, orders: int) -> World:
    """Three times the orders at the end; a slow, restless level; two bad months; promises cut twice."""
    placed = _times(rng, orders, growth=1.2)
    groups, middle, spread = _two_sided(rng, orders)
    day = placed - START
    walk = np.cumsum(rng.normal(0, 0.012, SPAN + 1))[day.astype(int)]
    bad = 0.45 * np.exp(-(((day - 330) / 12) ** 2)) + 0.5 * np.exp(-(((day - 430) / 18) ** 2))
    promised = _padded(placed, middle * np.where(day < 300, 1.2, np.where(day < 500, 1.0, 0.8)), rng, 2.3)
    return World("", placed, promised, groups, _skewed(middle * np.exp(walk + bad), spread), START + 550)


@_a_world
def _padded_market(rng: np.random.Generator, orders: int) -> World:
    """Many sellers, long ways, dates with much room and yet eight in a hundred late; a bad winter; then it mends."""
    placed = _times(rng, orders, growth=1.5)
    groups, middle, spread = _two_sided(rng, orders)
    _, seller = _lanes(rng, orders, 400)
    slack = rng.gamma(3, 0.1, 400) + 0.7
    own = np.array([slack[int(name[1:])] for name in seller])
    day = placed - START
    bad = 0.5 * np.exp(-(((day - 410) / 25) ** 2)) + 0.2 * np.exp(-(((day - 330) / 8) ** 2))
    usual = (2 + middle * own) * np.exp(bad - 0.2 * np.clip((day - 450) / 100, 0, 2))
    held = rng.random(orders) < 0.04

    def draw(rng: np.random.Generator) -> Floats:
        return (
            usual * np.exp(rng.normal(0, 1, orders) * spread * 0.8) * np.where(held & (rng.random(orders) < 0.8), 2, 1)
        )

    said = np.ceil((middle * 1.6 + 7) * np.where(day < 520, 1.0, 0.85) * np.exp(rng.normal(0, 0.12, orders)))
    groups = {**groups, "seller": seller}
    return World("", placed, np.floor(placed) + said, groups, draw, START + 540)


@_a_world
def _peak(rng: np.random.Generator, orders: int) -> World:
    """Slow before Christmas, every year, worst for far lanes; the promise hardly knows."""
    placed = _times(rng, orders, growth=0.5)
    groups, middle, spread = _two_sided(rng, orders)
    late = np.exp(-(((placed % 365.25 - 345) / 14) ** 2))
    return World(
        "", placed, _padded(placed, middle, rng), groups, _skewed(middle * (1 + 0.6 * late), spread), START + 620
    )


@_a_world
def _strike(rng: np.random.Generator, orders: int) -> World:
    """Three strikes of ten days: what is under way then waits. One of them is still to come."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    quick = _skewed(middle, spread)

    def draw(rng: np.random.Generator) -> Floats:
        took = quick(rng)
        for begun in (200, 430, 640):
            meets = (placed - START < begun + 10) & (placed - START + took > begun)
            took = np.where(meets, took + 10 * rng.random(len(took)), took)
        return took

    return World("", placed, _padded(placed, middle, rng), groups, draw, START + 550)


@_a_world
def _carrier(rng: np.random.Generator, orders: int) -> World:
    """A faster carrier for half of the lanes, two months before we are asked."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    quicker = np.array([int(name[1:]) % 2 == 0 for name in groups["to"]]) & (placed - START > 490)
    usual = np.where(quicker, middle * 0.55, middle)
    return World("", placed, _padded(placed, middle, rng), groups, _skewed(usual, spread), START + 550)


@_a_world
def _improving(rng: np.random.Generator, orders: int) -> World:
    placed = _times(rng, orders, growth=0.8)
    groups, middle, spread = _two_sided(rng, orders)
    trend = np.exp(-0.5 * (placed - START) / SPAN)
    return World("", placed, _padded(placed, middle, rng), groups, _skewed(middle * trend, spread), START + 550)


@_a_world
def _worsening(rng: np.random.Generator, orders: int) -> World:
    placed = _times(rng, orders, growth=0.8)
    groups, middle, spread = _two_sided(rng, orders)
    trend = np.exp(0.35 * (placed - START) / SPAN)
    return World("", placed, _padded(placed, middle, rng), groups, _skewed(middle * trend, spread), START + 550)


@_a_world
def _policy(rng: np.random.Generator, orders: int) -> World:
    """The shop promises a third less from the very day we are asked; nothing is faster."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    said = _padded(placed, middle * np.where(placed - START < 550, 1, 0.67), rng, 2.8)
    return World("", placed, said, groups, _skewed(middle, spread), START + 550)


@_a_world
def _nonsense(rng: np.random.Generator, orders: int) -> World:
    """A promise that is noise, missing one time in three, or before the order."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    said = np.floor(placed) + rng.integers(-3, 60, orders)
    said[rng.random(orders) < 0.33] = np.nan
    return World("", placed, said, groups, _skewed(middle, spread), START + 550)


@_a_world
def _silent(rng: np.random.Generator, orders: int) -> World:
    """No promise, no groups: only dates."""
    placed = _times(rng, orders)
    _, middle, spread = _two_sided(rng, orders)
    return World("", placed, np.full(orders, np.nan), {}, _skewed(middle, spread), START + 550)


@_a_world
def _slots(rng: np.random.Generator, orders: int) -> World:
    """Customers choose a day, one to forty ahead; it is met within a day, but for a few that slip."""
    placed = _times(rng, orders)
    chosen = np.ceil(np.minimum(40, 1 + rng.gamma(1.4, 6, orders)))
    _, names = _lanes(rng, orders, 8)

    def draw(rng: np.random.Generator) -> Floats:
        slip = np.where(rng.random(orders) < 0.06, rng.geometric(0.25, orders), 0)
        met = np.floor(placed) + np.maximum(chosen - (rng.random(orders) < 0.2) + slip, 0) + 0.5 - placed
        return np.asarray(np.maximum(met, 0.01), dtype=np.float64)

    return World("", placed, np.floor(placed) + chosen + 2, {"depot": names}, draw, START + 550)


@_a_world
def _cancelled(rng: np.random.Generator, orders: int) -> World:
    """Nine in a hundred never arrive, and nothing says which."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    quick, never = _skewed(middle, spread), rng.random(orders) < 0.09

    def draw(rng: np.random.Generator) -> Floats:
        return np.where(never, np.nan, quick(rng))

    return World("", placed, _padded(placed, middle, rng), groups, draw, START + 550)


@_a_world
def _young(rng: np.random.Generator, orders: int) -> World:
    """Six weeks of history with parcels that take two: the last third shows only its fast ones."""
    placed = _times(rng, orders // 5, span=90)
    groups, middle, spread = _two_sided(rng, orders // 5)
    return World("", placed, _padded(placed, middle + 4, rng), groups, _skewed(middle + 4, spread), START + 42)


@_a_world
def _tiny(rng: np.random.Generator, orders: int) -> World:
    """Ninety orders of history."""
    placed = _times(rng, 120)
    groups, middle, spread = _two_sided(rng, 120)
    return World("", placed, _padded(placed, middle, rng), groups, _skewed(middle, spread), START + 550)


@_a_world
def _tight(rng: np.random.Generator, orders: int) -> World:
    """The shop promises what would be nice: every other parcel is late."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    return World("", placed, _padded(placed, middle, rng, 1.05), groups, _skewed(middle, spread), START + 550)


@_a_world
def _lost(rng: np.random.Generator, orders: int) -> World:
    """Two in a hundred are lost and found a month or more later; a few are typed in wrong."""
    placed = _times(rng, orders)
    groups, middle, spread = _two_sided(rng, orders)
    quick = _skewed(middle, spread)

    def draw(rng: np.random.Generator) -> Floats:
        took = np.where(rng.random(orders) < 0.02, rng.uniform(30, 180, orders), quick(rng))
        return np.where(rng.random(orders) < 0.005, -rng.uniform(1, 300, orders), took)

    return World("", placed, _padded(placed, middle, rng), groups, draw, START + 550)


@_a_world
def _weekdays(rng: np.random.Generator, orders: int) -> World:
    """Short ways, packed until two o'clock, nothing leaves or arrives on Sundays, little on Saturdays."""
    placed = _times(rng, orders)
    which, names = _lanes(rng, orders, 6)
    road = np.array([1, 1, 2, 2, 3, 4])[which]
    service = rng.random(orders) < 0.3

    def draw(rng: np.random.Generator) -> Floats:
        leaves = (
            np.floor(placed) + (placed % 1 > 14 / 24) + (rng.random(orders) < 0.15) + rng.geometric(0.7, orders) - 1
        )
        leaves += _weekday(leaves) == 6
        there = leaves + np.where(service, 1, road) + (rng.random(orders) < 0.1) * rng.geometric(0.5, orders)
        there += (_weekday(there) == 5) & (rng.random(orders) < 0.7)
        there += _weekday(there) == 6
        return np.asarray(there + 0.5 - placed, dtype=np.float64)

    promised = np.floor(placed) + np.where(service, 4, road + 5)
    kind = np.array(["express" if each else "standard" for each in service], dtype=object)
    return World("", placed, promised, {"zone": names, "service": kind}, draw, START + 550)


@_a_world
def _unseen(rng: np.random.Generator, orders: int) -> World:
    """One lane in four opens only after we are asked."""
    made = _steady(rng, orders)
    fresh = (np.array([int(name[1:]) % 4 == 3 for name in made.groups["to"]])) & (made.placed < made.as_of)
    swapped = made.groups["to"].copy()
    swapped[fresh] = "R00"
    return World("", made.placed, made.promised, {"to": swapped, "from": made.groups["from"]}, made.draw, made.as_of)


@_a_world
def _backorder(rng: np.random.Generator, orders: int) -> World:
    """Two days when in stock, three weeks when not; the price says a little about it and the promise more."""
    placed = _times(rng, orders)
    price = np.round(rng.lognormal(3.5, 0.8, orders), 2)
    out = rng.random(orders) < np.clip(0.02 + price / 600, 0, 0.7)
    guessed = np.where(rng.random(orders) < 0.8, out, ~out & (rng.random(orders) < 0.1))

    def draw(rng: np.random.Generator) -> Floats:
        return np.where(out, 14 + rng.gamma(6, 1.5, orders), 1 + rng.gamma(3, 0.6, orders))

    promised = np.floor(placed) + np.where(guessed, 35, 9)
    return World("", placed, promised, {}, draw, START + 550, {"price": price})


def _weekday(days: Floats) -> NDArray[np.int64]:
    """0 is Monday: the first of January 1970 was a Thursday."""
    return np.asarray((np.floor(days).astype(np.int64) + 3) % 7)
