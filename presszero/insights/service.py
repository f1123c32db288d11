"""What a month of service cost, what it gave back, and what was bought after it. Pure: the rows are given.

Costs count in the month they arose in, whatever became of the matter. A customer counts once, from the first matter of
theirs that was settled in the time that is looked at; what they bought within so many days of it counts, less refunds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from .effect import Effect, effect

WINDOWS = (3, 14, 30)  # days after a matter was settled
LONGEST = WINDOWS[-1]
MARGIN_FROM = 0.9  # of what was bought, by value: with less of it known, margins tell nothing


@dataclass(frozen=True, slots=True)
class Work:
    """Hands at work in a conversation by a channel. `labour`: minor units, of the seconds that had a rate."""

    root: int
    channel: str
    seconds: int
    labour: Decimal
    unpriced: int = 0  # seconds


@dataclass(frozen=True, slots=True)
class Contact:
    """What they wrote by a channel; `cost` None where it has no rate."""

    root: int
    channel: str
    count: int
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Remedies of a kind in a conversation, None for none; `cost` None where nobody knows the exchange rate."""

    root: int | None
    kind: str
    cost: int | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Serve:
    """A matter that was settled. What is bought from `start` on was bought after it."""

    root: int
    customer: int
    topic_id: int | None
    start: datetime
    held_out: bool | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """What a customer bought, less what went back. `margin` None where a cost is not known."""

    customer: int
    at: datetime
    kept: int
    margin: int | None = None


@dataclass(frozen=True, slots=True)
class After:
    """What was bought within so many days after service."""

    days: int
    customers: int
    buyers: Mapping[int, int]  # customer → the conversation that counts for them
    kept: int
    margin: int
    known: int  # of `kept`, what has a margin
    complete: bool  # every customer's days are over

    @property
    def margin_known(self) -> bool:
        return self.kept > 0 and self.known >= MARGIN_FROM * self.kept


@dataclass(frozen=True, slots=True)
class Recovered:
    """The part of what service cost that suggestions brought back, and its 95 % interval. 1.0 is all of it."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Month:
    """A month as it is known at `now`. Sums are minor units of the merchant's currency."""

    first: date
    now: datetime
    currency: str
    fixed: int = 0
    work: Sequence[Work] = ()
    contacts: Sequence[Contact] = ()
    given: Sequence[Given] = ()
    served: Sequence[Serve] = ()
    trial: Sequence[Serve] = ()  # everyone drawn, of up to a year
    sales: Sequence[Sale] = ()
    topics: Mapping[int, int | None] = field(default_factory=dict)  # conversation → topic
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # sold in a currency without a rate: not in `sales`

    @cached_property
    def labour(self) -> int:
        return _whole(sum((each.labour for each in self.work), Decimal(0)))

    @cached_property
    def unpriced(self) -> int:
        """Seconds worked that had no rate."""
        return sum(each.unpriced for each in self.work)

    @cached_property
    def reaching(self) -> int:
        """What contacts cost."""
        return sum(each.cost or 0 for each in self.contacts)

    @property
    def cost(self) -> int:
        return self.labour + self.reaching + self.fixed

    @property
    def gave(self) -> int:
        return sum(each.cost or 0 for each in self.given)

    @property
    def is_empty(self) -> bool:
        return not (self.work or self.contacts or self.given or self.served)

    def after(self, days: int, serves: Sequence[Serve] | None = None) -> After:
        """What the month's customers bought within so many days, or those of other matters."""
        firsts = first_each(self.served if serves is None else serves)
        bought = self._bought(firsts, days)
        sales = [sale for each in bought.values() for sale in each]
        return After(
            days,
            len(firsts),
            {customer: firsts[customer].root for customer, each in bought.items() if sum(s.kept for s in each)},
            sum(sale.kept for sale in sales),
            sum(sale.margin or 0 for sale in sales),
            sum(sale.kept for sale in sales if sale.margin is not None),
            all(each.start + timedelta(days=days) <= self.now for each in firsts.values()),
        )

    @cached_property
    def in_margin(self) -> bool:
        """Whether the trial is counted in margins: enough of them are known."""
        return self.after(LONGEST, self.trial).margin_known

    @cached_property
    def effects(self) -> Mapping[int, Effect]:
        """What suggestions added for a customer, by days: margin where it is known, else sales.

        Only whose days are over count, so that both groups had the same time.
        """
        return {days: self._effect(days) for days in WINDOWS}

    @cached_property
    def drawn(self) -> Mapping[int, Serve]:
        """Everybody in the trial by customer, those too whose days are not over."""
        return first_each(self.trial)

    @property
    def shown(self) -> int:
        """The month's customers for whom something could be suggested."""
        return sum(1 for each in first_each(self.served).values() if each.held_out is False)

    @property
    def recovered(self) -> Recovered | None:
        """None for too little to tell, or nothing spent."""
        found = self.effects[LONGEST]
        if self.cost <= 0 or found.low is None or found.high is None:
            return None
        whole = self.shown / self.cost
        return Recovered(found.difference * whole, found.low * whole, found.high * whole)

    def weeks_to(self, fewest: int) -> int | None:
        """Weeks until so many are held out, at the pace of the last eight; None where nobody is drawn any more."""
        since = self.now - timedelta(weeks=8)
        ours = [each.start for each in self.drawn.values() if each.held_out]
        lately = [start for start in ours if start >= since]
        if not lately:
            return None
        span = min(timedelta(weeks=8), max(self.now - min(ours), timedelta(weeks=1)))
        missing = fewest - self.effects[LONGEST].held_out
        # Those drawn already only need their days to be over.
        waiting = len(ours) - self.effects[LONGEST].held_out
        grow = max(0, missing - waiting) * (span / timedelta(weeks=1)) / len(lately)
        return max(1, round(grow + LONGEST / 7))

    def ids(self, what: str) -> list[int]:
        """The conversations behind a number, newest first. KeyError for what is no number."""
        kind, _, which = what.partition(":")
        return sorted({number for number in _FIGURES[kind](self, which) if number}, reverse=True)

    def topic_of(self, root: int | None) -> int | None:
        return self.topics.get(root) if root else None

    def _effect(self, days: int) -> Effect:
        over = {c: s for c, s in self.drawn.items() if s.start + timedelta(days=days) <= self.now}
        bought = self._bought(over, days)
        amounts: dict[bool, list[float]] = {True: [], False: []}
        for customer, serve in over.items():
            sales = bought.get(customer, [])
            spent = sum((sale.margin or 0) if self.in_margin else sale.kept for sale in sales)
            amounts[bool(serve.held_out)].append(float(spent))
        return effect(amounts[False], amounts[True])

    def _bought(self, firsts: Mapping[int, Serve], days: int) -> dict[int, list[Sale]]:
        found: dict[int, list[Sale]] = defaultdict(list)
        for customer, serve in firsts.items():
            until = serve.start + timedelta(days=days)
            theirs = [sale for sale in self._sales_of.get(customer, ()) if serve.start < sale.at <= until]
            if theirs:
                found[customer] = theirs
        return found

    @cached_property
    def _sales_of(self) -> Mapping[int, list[Sale]]:
        found: dict[int, list[Sale]] = defaultdict(list)
        for sale in self.sales:
            found[sale.customer].append(sale)
        return found


def first_each(serves: Iterable[Serve]) -> dict[int, Serve]:
    """Customer → the first matter of theirs that was settled; a customer counts once."""
    found: dict[int, Serve] = {}
    for each in sorted(serves, key=lambda serve: (serve.start, serve.root)):
        found.setdefault(each.customer, each)
    return found


def _whole(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_HALF_UP))


def _days(which: str) -> int:
    """KeyError for days that are not counted."""
    return {str(days): days for days in WINDOWS}[which]


def _group(held_out: bool) -> Callable[[Month, str], Iterable[int | None]]:
    """Everybody of a group, or those who bought within so many days."""

    def found(month: Month, which: str) -> Iterable[int | None]:
        serves = [each for each in month.drawn.values() if bool(each.held_out) is held_out]
        return month.after(_days(which), serves).buyers.values() if which else (each.root for each in serves)

    return found


def _of_topic(month: Month, which: str) -> set[int | None]:
    wanted = None if which == "none" else int(which)
    rows: list[Work | Contact | Given | Serve] = [*month.work, *month.contacts, *month.given, *month.served]
    return {each.root for each in rows if each.root and month.topic_of(each.root) == wanted}


_FIGURES: dict[str, Callable[[Month, str], Iterable[int | None]]] = {
    "settled": lambda month, which: (each.root for each in month.served),
    "cost": lambda month, which: [*(each.root for each in month.work), *(each.root for each in month.contacts)],
    "labour": lambda month, which: (each.root for each in month.work if which in ("", each.channel)),
    "contact": lambda month, which: (each.root for each in month.contacts if which in ("", each.channel)),
    "remedy": lambda month, which: (each.root for each in month.given if which in ("", each.kind)),
    "bought": lambda month, which: month.after(_days(which)).buyers.values(),
    "shown": _group(False),
    "held-out": _group(True),
    "topic": _of_topic,
}
