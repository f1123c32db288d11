"""Exceptions counted by rule, and the limit that would have needed few of them.

A rule that is passed often is wrong. What is proposed is the limit at which four of five exceptions of the last 30 days
would not have been needed; nobody changes a limit but a person.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from presszero.core.money import digits
from presszero.merchants.models import Merchant

from .models import Limit, Passed, Remedy
from .policy import Rule

SINCE = timedelta(days=30)
OFTEN = 5  # times, and
SHARE = 0.2  # of everything given under the same row of the table
ENOUGH = 0.8  # of the exceptions would not have been needed
_COLUMN = {
    Rule.EACH: "each",
    Rule.SHARE: "share",
    Rule.ORDER: "order",
    Rule.CUSTOMER: "customer_month",
    Rule.DAY: "day",
    Rule.MONTH: "month",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one rule was passed, and of how many remedies that were given under it."""

    rule: str  # Rule
    kind: str
    whose: str  # a role, or "member"
    times: int
    given: int
    reasons: tuple[str, ...] = ()  # the latest
    needed: tuple[int, ...] = field(default=())

    @property
    def share(self) -> float:
        return self.times / self.given if self.given else 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """`now` and `then` in minor units of the merchant's currency, or in percent where `rule` is a share."""

    counted: Counted
    limit: Limit
    column: str
    now: int
    then: int


def exceptions_by_rule(merchant: Merchant, since: datetime) -> list[Counted]:
    """What was passed since then, the most often first."""
    rows = Passed.objects.filter(merchant=merchant, at__gte=since).order_by("-id")
    found: dict[str, list[Passed]] = defaultdict(list)
    for row in rows:
        found[row.rule].append(row)
    under = _given_under(merchant, since)
    counted = [_counted(rule, passed, under) for rule, passed in found.items()]
    return sorted(counted, key=lambda each: (-each.times, each.rule, each.kind))


def proposals(merchant: Merchant, at: datetime | None = None) -> list[Proposal]:
    """Limits that should be higher, since they were passed at least five times, and one time in five."""
    since = (at or timezone.now()) - SINCE
    often = (each for each in exceptions_by_rule(merchant, since) if each.times >= OFTEN and each.share >= SHARE)
    made = (_proposal(merchant, each) for each in often)
    return [each for each in made if each is not None]


def enough_for(needed: Sequence[int], share: float = ENOUGH) -> int:
    """The least number that at least this share of them are within. `needed` is not empty."""
    ordered = sorted(needed)
    return ordered[math.ceil(len(ordered) * share) - 1]


def rounded_up(minor: int, currency: str) -> int:
    """To a number that somebody would have written: whole units, fives from 20 on, tens from 100 on, and so forth."""
    one = 10 ** digits(currency)
    units = -(-minor // one)
    step = next((step for below, step in ((20, 1), (100, 5), (500, 10), (2000, 50)) if units <= below), 100)
    return int(-(-units // step) * step * one)


def _given_under(merchant: Merchant, since: datetime) -> dict[str, int]:
    """How many were given under each row of the table. What was asked for and granted counts under both rows."""
    found: dict[str, set[int]] = defaultdict(set)
    given = Remedy.objects.filter(merchant=merchant, given_at__gte=since)
    for number, under in given.values_list("id", "under"):
        found[under].add(number)
    for number, rule in Passed.objects.filter(merchant=merchant, at__gte=since).values_list("remedy_id", "rule"):
        found[rule.partition(":")[2]].add(number)
    return {name: len(numbers) for name, numbers in found.items()}


def _counted(name: str, passed: Sequence[Passed], under: dict[str, int]) -> Counted:
    rule, _, row = name.partition(":")
    kind, _, whose = row.rpartition(":")
    needed = tuple(each.needed for each in passed if each.needed is not None)
    reasons = tuple(dict.fromkeys(each.reason for each in passed if each.reason))[:5]
    return Counted(rule, kind, whose, len(passed), max(under.get(row, 0), len(passed)), reasons, needed)


def _proposal(merchant: Merchant, counted: Counted) -> Proposal | None:
    """None where no number would have helped, or the limit was raised or removed meanwhile."""
    column = _COLUMN.get(Rule(counted.rule)) if counted.rule in list(Rule) else None
    if column is None or not counted.needed or counted.whose == "member":
        return None
    rows = Limit.objects.filter(merchant=merchant, role=counted.whose, kind=counted.kind, worth_from=None)
    limit = rows.first()
    now = getattr(limit, column, None) if limit else None
    then = enough_for(counted.needed)
    then = min(then, 100) if counted.rule == Rule.SHARE else rounded_up(then, merchant.currency)
    if limit is None or now is None or then <= now:
        return None
    return Proposal(counted, limit, column, now, then)
