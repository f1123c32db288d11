"""Who had a person in time, who gave up, and what was in their carts: by channel, queue, line, kind and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from presszero.core.money import Money
from presszero.merchants.models import Merchant

WHAT = {
    "came": "true",
    "in-time": "\"left\" = 'answered' AND (due_at IS NULL OR left_at <= due_at)",
    "late": "\"left\" = 'answered' AND left_at > due_at",
    "gave-up": "\"left\" = 'abandoned'",
    "cart": "\"left\" = 'abandoned' AND cart_value IS NOT NULL",
}
BY = {
    "kind": "kind",
    "queue": "queue_id",
    "line": "line_id",
    "customers": "customers",
    "day": "(began_at AT TIME ZONE %(zone)s)::date",
}
# Who keeps a place for a call back waits on; what ended for another reason is nobody's failure. Neither is counted.
_COUNTED = """
FROM routing_waiting WHERE merchant_id = %(merchant)s AND began_at >= %(start)s AND began_at < %(end)s
  AND "left" IN ('answered', 'abandoned', 'voicemail')
"""
_SETS = ", ".join(["()", *(f"({column})" for column in BY.values())])
_GROUP = f"""grouping({", ".join(BY.values())}), coalesce({", ".join(f"({column})::text" for column in BY.values())})"""
_COUNTS = f"""
SELECT {_GROUP}, count(*), count(*) FILTER (WHERE {WHAT["in-time"]}), count(*) FILTER (WHERE {WHAT["late"]}),
  count(*) FILTER (WHERE {WHAT["gave-up"]}),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - since))
    FILTER (WHERE "left" = 'answered')
{_COUNTED} GROUP BY GROUPING SETS ({_SETS})
"""  # noqa: S608 - our own words
_CARTS = f"""
SELECT {_GROUP}, currency, count(*), sum(cart_value)::bigint
{_COUNTED} AND {WHAT["cart"]} GROUP BY GROUPING SETS ({
    ", ".join(["(currency)", *(f"({column}, currency)" for column in BY.values())])
})
"""
_BEHIND = """
SELECT DISTINCT ON (coalesce(c.root_id, c.id)) coalesce(c.root_id, c.id), w.began_at
FROM (SELECT * {counted} AND {what} {narrow}) w
JOIN conversations_conversation c ON c.merchant_id = w.merchant_id AND c.id = w.conversation_id
ORDER BY coalesce(c.root_id, c.id), w.began_at DESC
"""


@dataclass
class Helped:
    """Some who waited for a person. Shares are of those who were answered or gave up."""

    came: int = 0
    in_time: int = 0
    late: int = 0
    gave_up: int = 0
    median: float | None = None  # seconds that those who were answered waited
    carts: int = 0  # who gave up with something in the cart
    lost: list[Money] = field(default_factory=list)  # what was in them, a sum for each currency

    @property
    def share(self) -> float | None:
        """Who had a person in time; None where nobody waited to the end."""
        over = self.in_time + self.late + self.gave_up
        return self.in_time / over if over else None


@dataclass(frozen=True)
class Report:
    """`parts`: a name of BY → its value as text → those."""

    whole: Helped
    parts: Mapping[str, Mapping[str, Helped]]


def report(merchant: Merchant, start: datetime, end: datetime) -> Report:
    """Of everybody who began to wait between two moments, and waits no longer."""
    values = {"merchant": merchant.id, "start": start, "end": end, "zone": merchant.timezone}
    found: dict[tuple[str, str], Helped] = {}
    for mask, value, came, in_time, late, gave_up, median in _rows(_COUNTS, values):
        found[_of(mask), value or ""] = Helped(came, in_time, late, gave_up, median)
    for mask, value, currency, carts, lost in _rows(_CARTS, values):
        part = found[_of(mask), value or ""]
        part.carts += carts
        part.lost.append(Money(lost, currency))
    return Report(
        found.get(("", ""), Helped()),
        {by: {value: part for (name, value), part in found.items() if name == by} for by in BY},
    )


def behind(merchant: Merchant, what: str, by: str, value: str, between: tuple[datetime, datetime]) -> list[int] | None:
    """The conversations behind a number, newest first; None for a number there is not. `by` "" is everybody."""
    if what not in WHAT or by not in {"", *BY}:
        return None
    narrow = f"AND ({BY[by]})::text = %(value)s" if by else ""
    statement = _BEHIND.format(counted=_COUNTED, what=WHAT[what], narrow=narrow)
    start, end = between
    values = {"merchant": merchant.id, "start": start, "end": end, "zone": merchant.timezone, "value": value}
    return [number for number, _at in sorted(_rows(statement, values), key=lambda row: row[1], reverse=True)]


def _of(mask: int) -> str:
    """Which of BY a row is of: its bit is 0 where it was grouped by. The last column is the lowest bit."""
    names = [name for n, name in enumerate(BY) if not mask >> (len(BY) - 1 - n) & 1]
    return names[0] if names else ""


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
