"""What rules did: counted for the list, told for a rule, explained for a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from presszero.merchants.models import Merchant

from .models import Firing, Rule

DAYS = 30

_BY_DAY = """
SELECT rule_id, (at AT TIME ZONE %(zone)s)::date, count(*) FROM rules_firing
WHERE merchant_id = %(merchant)s AND at >= %(since)s AND outcome = 'done'
  AND (%(rule)s::bigint IS NULL OR rule_id = %(rule)s)
GROUP BY 1, 2
"""


@dataclass(slots=True)
class Days:
    """How often, on each of the last days, the oldest first. `longest` is of the busiest day."""

    days: list[tuple[date, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _day, count in self.days)

    @property
    def longest(self) -> int:
        return max((count for _day, count in self.days), default=0)

    @property
    def bars(self) -> list[tuple[date, int, int]]:
        """(day, count, height of 100); what is there at all is at least 6 high."""
        top = self.longest or 1
        return [(day, count, max(6, round(100 * count / top)) if count else 0) for day, count in self.days]


def rules_of(merchant: Merchant) -> QuerySet[Rule]:
    """In their order, those put away left out."""
    return Rule.objects.filter(merchant=merchant, retired_at=None).order_by("position", "id")


def days_of(merchant: Merchant, at: datetime, rule: Rule | None = None) -> dict[int, Days]:
    """Rule → how often it fired on each of the last thirty days, in the shop's own days."""
    today = at.astimezone(ZoneInfo(merchant.timezone)).date()
    whole = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    values: dict[str, Any] = {"zone": merchant.timezone, "merchant": merchant.id, "since": at - timedelta(days=DAYS),
              "rule": rule.id if rule else None}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, values)
        counted: dict[int, dict[date, int]] = {}
        for number, day, count in cursor.fetchall():
            counted.setdefault(number, {})[day] = count
    return {number: Days([(day, of.get(day, 0)) for day in whole]) for number, of in counted.items()}


def spread(counted: Mapping[str, int], merchant: Merchant, at: datetime, days: int = DAYS) -> Days:
    """The days of a dry run, as `days_of` gives them."""
    today = at.astimezone(ZoneInfo(merchant.timezone)).date()
    whole = [today - timedelta(days=n) for n in range(days - 1, -1, -1)]
    return Days([(day, counted.get(day.isoformat(), 0)) for day in whole])


def firings_of(rule: Rule) -> QuerySet[Firing]:
    """The newest first."""
    found = Firing.objects.filter(merchant_id=rule.merchant_id, rule=rule)
    return found.select_related("conversation__customer", "version").order_by("-id")


def explained(merchant_id: int, ids: Iterable[int]) -> dict[int, Firing]:
    """Firings by their number, with their rule; none for none, without a statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = Firing.objects.filter(merchant_id=merchant_id, id__in=wanted).select_related("rule", "version")
    return {row.id: row for row in rows}
