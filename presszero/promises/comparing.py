"""Where what they believe, what we promised and what will happen differ. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

FIRM = 0.8  # what they need by a day is in danger below this chance, whatever a merchant calls sure
WORSE = 2  # days by which a plan moves before those who were told are to hear of it again


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen, as far as we can tell. Quantiles are days, as fulfilment.Forecast has them; None: unknown.

    `shop` is the day that the shop itself names now; it counts where nothing better is known, or where it moved after
    what was promised. `sent`: something of it is on its way.
    """

    quantiles: tuple[tuple[float, date], ...] = ()  # ((0.5, p50), (0.8, p80) …), rising
    shop: date | None = None
    sent: bool = False
    measured: tuple[date, float] | None = None  # the forecast's own probability for one day


@dataclass(frozen=True, slots=True)
class Promised:
    """A day that stands."""

    day: date
    broken: bool = False
    checkout: bool = False  # it is the shop's own word


@dataclass(frozen=True, slots=True)
class Expected:
    """What they believe. `needs`: they said so; else it is what they were shown or told."""

    day: date
    needs: bool = False
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Something to act on; `kind` as Gap.Kind. `chance` of being there in time, None where nothing tells."""

    kind: str
    expected: date | None
    promised: date | None
    planned: date | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How careful a merchant is: Keeping.sure and Keeping.keep."""

    sure: float = 0.5
    keep: float = 0.95


def compare(
    expectation: Expected | None, promise: Promised | None, plan: Plan, today: date, manner: Manner
) -> Difference | None:
    """The difference to act on, the gravest first: the day has passed, needed sooner, not in time. None: all agree.

    What they were shown or told counts as long as that promise stands; what they need, always.
    """
    wanted = expectation.day if expectation else None
    planned = day_kept(plan, promise, manner.keep)
    if promise and promise.broken:
        return Difference("overdue", wanted, promise.day, planned, 0.0)
    if promise and promise.day < today:
        return None  # the clock breaks it, unless nobody would tell us that it arrived
    if expectation and expectation.needs and (promise is None or expectation.day < promise.day):
        enough = max(manner.sure, FIRM) if expectation.firm else manner.sure
        chance = chance_by(plan, expectation.day, promise, today)
        if chance is None and promise is None:
            return None
        if chance is None or chance < enough:
            return Difference("wanted_sooner", wanted, promise.day if promise else None, planned, chance)
    chance = chance_by(plan, promise.day, promise, today) if promise else None
    if promise and chance is not None and chance < manner.sure:
        return Difference("late", wanted, promise.day, planned, chance)
    return None


def chance_by(plan: Plan, day: date, promise: Promised | None, today: date) -> float | None:
    """The probability of being there by the end of a day; None where nothing tells."""
    if day < today:
        return 0.0
    moved = _moved(plan, promise)
    if moved and day < moved:
        return 0.0
    if day == today and not plan.sent and (plan.quantiles or plan.shop):
        return 0.0  # not even sent on its day
    if plan.measured and plan.measured[0] == day:
        return plan.measured[1]
    if plan.quantiles:
        return interpolated(plan.quantiles, day)
    if plan.shop:
        return 1.0 if day >= plan.shop else 0.0
    return None


def day_kept(plan: Plan, promise: Promised | None, keep: float) -> date | None:
    """The first known day that is kept with this probability; the shop's own day where we have learned nothing."""
    moved = _moved(plan, promise)
    enough = [day for share, day in plan.quantiles if share >= keep - 1e-9]
    found = enough[0] if enough else plan.quantiles[-1][1] if plan.quantiles else plan.shop
    return max(found, moved) if found and moved else found or moved


def interpolated(quantiles: Sequence[tuple[float, date]], day: date) -> float:
    """The share of arrivals by the end of a day, straight between the quantiles that are known.

    Below the first of them it falls to nothing over the days that lie between the first two.
    """
    first_share, first = quantiles[0]
    if day < first:
        spread = max(1, (quantiles[1][1] - first).days if len(quantiles) > 1 else 1)
        return max(0.0, first_share * (1 - (first - day).days / spread))
    best = first_share
    for (low, start), (high, end) in pairwise(quantiles):
        if day >= end:
            best = high
        elif day >= start:
            return low + (high - low) * (day - start).days / (end - start).days
    return best


def worse(was: Difference, now: Difference) -> bool:
    """Whether those who were told of it should hear of it again."""
    if was.kind != now.kind:
        return True
    if was.planned is None or now.planned is None:
        return False
    return (now.planned - was.planned).days >= WORSE


def _moved(plan: Plan, promise: Promised | None) -> date | None:
    """The shop's own day, where it stands later than what the shop had promised and nothing is sent yet."""
    late = promise and promise.checkout and plan.shop and plan.shop > promise.day and not plan.sent
    return plan.shop if late else None
