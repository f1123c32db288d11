"""Learn from a history when orders arrive; then say it of others."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .backtest import Fit, Shape, Trial, crossed, known, try_out
from .lately import Lately, lately
from .naming import Naming, naming
from .orders import Floats, Orders
from .outlook import Outlook, Spread, spread_of
from .plain import learn_plain
from .reliability import Level, choose
from .rhythm import Rhythm, even, heard
from .watching import quantile

MANY = 400  # deliveries from which trees know better than a line
FEW = 20  # deliveries below which only beliefs help
TRIED = 100  # orders foretold from what lay before them that are needed to judge by
SETTLED = 0.97  # of deliveries take no longer than an order must have been watched to be judged by
BELIEF = 10.0  # orders: as many weigh as much as the belief that the spread is a normal curve
LISTENED = 8_000  # orders whose weekdays are looked at, at most
USED = (0.0, 0.3, 0.6, 0.9)  # how much of what changed lately may be believed; what foretold best is
NEARLY = 1.003
FADING = (90.0, 45.0, 25.0)  # days in which what was tried out comes to count half
NEWEST = (1.2, 1.5, 2.0, 3.0)  # times as long as nearly all deliveries take: the past that is like today
QUICKER = 0.05  # by so much (of the logarithm of days) a newer past is quicker than the whole, or it is only luckier
JUDGED = 100.0  # missed orders, at the share asked for, that such a past must be long enough for
Say = Callable[[str], None]


def quiet(sentence: str) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Predictor:
    """What was learned up to `as_of` (days since 1970). It may be kept and used at any later time."""

    as_of: float
    keep: float
    named: Naming
    shape: Shape
    recent: Lately
    falls: Spread
    rhythm: Rhythm
    level: Level
    learned_from: int
    trial: Trial
    newest: tuple[Trial, ...] = ()

    def outlook(self, orders: Orders) -> Outlook:
        """For orders of any time: only when they were placed, what was promised, and their groups are looked at."""
        orders = self.named.numbered(orders)
        knots = self.shape.usual(orders) + self.trial.used * self.recent.shift(orders)[:, None]
        return Outlook(orders, knots, self.falls, self.rhythm)

    def promise(self, orders: Orders) -> Floats:
        """Whole days from placing: the shortest that is kept as often as was asked for."""
        return self.level.days(self.outlook(orders))

    def keeping(self, keep: float) -> Predictor:
        """The same at another share of promises to be kept."""
        falls, level = _drawn(self.trial, self.newest, self.rhythm, keep)
        return replace(self, keep=keep, falls=falls, level=level)


def learn(history: Orders, as_of: float, keep: float = 0.965, say: Say = quiet) -> Predictor:
    """Only what was placed and delivered before the day `as_of` is looked at.

    `keep` is the share of promises to be kept, between 0.5 and 0.999. Any history will do, also none.
    """
    named = naming(history.known_at(as_of))
    then = named.numbered(history.known_at(as_of))
    seen, y, w = known(then, as_of)
    fit: Fit = importlib.import_module(f"{__package__}.boosted").learn_boosted if len(seen) >= MANY else learn_plain
    say(f"trying out on the past, {len(seen):,} deliveries")
    trial = _tried(then, as_of, _where_enough(fit))
    say(f"learning from {len(seen):,} deliveries")
    shape = fit(seen, y, w)
    recent = lately(seen, y - shape.usual(seen)[:, 0], w)
    say("choosing how surely to promise")
    rhythm = _rhythm(trial, _falls(trial))
    newest = _newest(then, as_of, fit, recent, trial)
    falls, level = _drawn(trial, newest, rhythm, keep)
    return Predictor(as_of, keep, named, shape, recent, falls, rhythm, level, len(seen), trial, newest)


def _drawn(trial: Trial, newest: tuple[Trial, ...], rhythm: Rhythm, keep: float) -> tuple[Spread, Level]:
    """From as long a past as lets promises be shorter than the shop's own; from the longest where none does.

    A hard season long ago would otherwise be promised for ever. Where even the last weeks ask for more than the shop
    promises, its dates cannot be kept as often as asked, and being sure comes first.
    """
    first = None
    telling = [each for each in newest if each.size * (1 - keep) >= JUDGED]
    for past in [*(trial.faded(days) for days in FADING), *telling]:
        falls = _falls(past)
        level = choose(past, falls, rhythm, keep)
        first = first or (falls, level)
        if level.reached and level.days_ours <= level.days_shop:
            return falls, level
    return first or (_falls(trial), choose(trial, _falls(trial), rhythm, keep))


def _newest(then: Orders, as_of: float, fit: Fit, recent: Lately, trial: Trial) -> tuple[Trial, ...]:
    """The last weeks as they look to whoever knows them: what to promise if all goes on as it went in them.

    What was foretold of them before a hard season was over says how wrong one then was, not how slow parcels are now.
    """
    if not trial.ahead:
        return ()
    told = crossed(then, as_of, fit)
    slowest = float(quantile(told.orders.days_taken, told.worth, SETTLED))
    parts = [told.newest(then, as_of, times * slowest) for times in NEWEST]
    quicker = [part for part in parts if part.size > 0 and _level(part) < _level(told) - QUICKER]
    return tuple(replace(part, shift=recent.shift(part.orders)).shifted(trial.used) for part in quicker)


def _level(trial: Trial) -> float:
    """How much slower than foretold: mean of the logarithm of days."""
    return float(np.average(np.log(trial.orders.days_taken + 0.5) - trial.knots[:, 0], weights=trial.worth))


def _tried(then: Orders, as_of: float, fit: Fit) -> Trial:
    """The past as if it were still to come; where it is too short for that, each half of it told by the other."""
    seen, y, w = known(then, as_of)
    if len(seen) < FEW:
        return crossed(then.pick(np.zeros(len(then), dtype=bool)), as_of, fit)
    slowest = float(quantile(seen.days_taken, w, SETTLED))
    ahead = try_out(then, as_of, fit).settled(as_of, slowest)
    if np.count_nonzero(ahead.worth) >= TRIED:
        return _believing(ahead)
    return crossed(then, as_of, fit)


def _believing(trial: Trial) -> Trial:
    """With as much of what changed lately as foretells nearly best: what never changed yet may still change."""
    tried = [(each.loss(), each) for each in (trial.shifted(used) for used in USED)]
    best = min(loss for loss, _ in tried)
    return [each for loss, each in tried if loss <= best * NEARLY][-1]


def _where_enough(fit: Fit) -> Fit:
    """Early folds know little."""

    def fold(orders: Orders, y: Floats, w: Floats) -> Shape:
        return (fit if len(orders) >= MANY / 2 else learn_plain)(orders, y, w)

    return fold


def _falls(trial: Trial) -> Spread:
    """Where orders fall among their like, with a few that are only believed: a normal curve."""
    has = trial.worth > 0
    believed = np.random.default_rng(0).normal(0, 1, 200)
    share = np.full(200, BELIEF / 200)
    return spread_of(np.append(trial.positions[has], believed), np.append(trial.worth[has], share))


def _rhythm(trial: Trial, falls: Spread) -> Rhythm:
    at = np.flatnonzero(trial.worth > 0)
    if len(at) < TRIED:
        return even()
    some = trial.pick(at[:: max(len(at) // LISTENED, 1)])
    return heard(Outlook(some.orders, some.knots, falls, even()).walk(), some.orders, some.worth)
