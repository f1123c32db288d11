"""A week of this shop's as it is planned: the forecast, the terms, the roster, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from presszero.insights.days import zone_of
from presszero.merchants.models import Merchant
from presszero.merchants.policy import Week, is_open

from . import arrivals
from .arrivals import LIVE, Measured
from .expecting import SLOTS, Expected, expect
from .models import Plan
from .planning import Planned, Slot, Terms
from .rostering import Roster, roster, there

NOBODY = [0] * SLOTS
QUIET = 0.05  # arrivals of a half-hour, below which nobody is planned for where no hours say that we are open


@dataclass(frozen=True)
class Basis:
    """What the terms came from."""

    plan: Plan
    handling: Measured
    patience: Measured
    target: int  # seconds, of the queue

    @property
    def terms(self) -> Terms:
        plan = self.plan
        return Terms(
            plan.level,
            float(plan.within_seconds or self.target),
            float(plan.handling_seconds or self.handling.seconds),
            float(plan.patience_seconds or self.patience.seconds),
            plan.occupancy,
            plan.shrinkage,
        )


@dataclass(frozen=True)
class Coming:
    """`planned` is empty where too little is known. `came`: arrivals of days of the week that are over."""

    monday: date
    kind: str
    basis: Basis
    shifts: Roster
    planned: Planned
    came: dict[date, list[int]]


def basis(merchant: Merchant, kind: str, now: datetime) -> Basis:
    plan = Plan.objects.filter(merchant=merchant, kind=kind).first() or Plan(merchant=merchant, kind=kind)
    found = arrivals.handling(merchant, kind, now), arrivals.patience(merchant, kind, now)
    return Basis(plan, *found, arrivals.target_seconds(merchant, kind))


def coming(merchant: Merchant, kind: str, monday: date, now: datetime) -> Coming:
    """A week of calls or of chats. Whoever is on the roster takes calls first; chats get whom calls leave."""
    shifts, rests_on = roster(merchant, monday), basis(merchant, kind, now)
    dates = [monday + timedelta(days=n) for n in range(7)]
    hours = arrivals.week_for(merchant, kind)
    told = foretold(merchant, kind, dates, now, hours)
    busy = _with_calls(merchant, dates, shifts, now) if kind != LIVE[0] else {}
    slots: list[Slot] = []
    if told is None:
        return Coming(monday, kind, rests_on, shifts, Planned(rests_on.terms), _came(merchant, kind, dates, now))
    for n, day in enumerate(dates):
        expected = [float(each) for each in told.mean[n]]
        opens = _open(hours, day, zone_of(merchant.timezone), expected)
        free = [max(0, here - taken) for here, taken in zip(there(shifts, day), busy.get(day, NOBODY), strict=True)]
        slots += [Slot(day, k, expected[k], opens[k], free[k], rests_on.terms) for k in range(SLOTS)]
    return Coming(monday, kind, rests_on, shifts, Planned(rests_on.terms, slots), _came(merchant, kind, dates, now))


def foretold(merchant: Merchant, kind: str, dates: Sequence[date], now: datetime, hours: Week) -> Expected | None:
    """From what was known before the first of these days, and by now at the latest."""
    today = now.astimezone(zone_of(merchant.timezone)).date()
    return expect(arrivals.history(merchant, kind, min(today, dates[0]), hours.holidays), dates)


def _with_calls(merchant: Merchant, dates: Sequence[date], shifts: Roster, now: datetime) -> dict[date, list[int]]:
    """How many of those on the roster calls keep busy, by the optimist."""
    kind = LIVE[0]
    hours, terms = arrivals.week_for(merchant, kind), basis(merchant, kind, now).terms
    told = foretold(merchant, kind, dates, now, hours)
    if not told:
        return {}
    zone, found = zone_of(merchant.timezone), {}
    for n, day in enumerate(dates):
        expected = [float(each) for each in told.mean[n]]
        opens = _open(hours, day, zone, expected)
        found[day] = [Slot(day, k, expected[k], opens[k], 0, terms).least for k in range(SLOTS)]
    return found


def _open(hours: Week, day: date, zone: ZoneInfo, expected: Sequence[float]) -> list[bool]:
    """Whether somebody is there in the middle of each half-hour; without hours: whether anybody comes then."""
    if hours.always_open:
        return [each >= QUIET for each in expected]
    return [is_open(hours, datetime.combine(day, time(slot // 2, slot % 2 * 30 + 15), zone)) for slot in range(SLOTS)]


def _came(merchant: Merchant, kind: str, dates: Sequence[date], now: datetime) -> dict[date, list[int]]:
    today = now.astimezone(zone_of(merchant.timezone)).date()
    if dates[0] >= today:
        return {}
    past = arrivals.history(merchant, kind, min(today, dates[-1] + timedelta(days=1)))
    return {
        day: [int(each) for each in counts] for day, counts in zip(past.dates, past.days, strict=True) if day in dates
    }
