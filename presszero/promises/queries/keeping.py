"""How many of our promises we keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.merchants.models import Merchant

_BY = {
    "kind": "p.kind",
    "who": "p.by",
    "where": "p.where",
    "month": "to_char(p.due_at AT TIME ZONE %(zone)s, 'YYYY-MM')",
}
# Those that were due, or came to an end, since then. One that nobody can judge counts for nothing.
_SHARE = """
SELECT {by} AS name, count(*) FILTER (WHERE p.state = 'kept'), count(*) FILTER (WHERE p.state = 'broken'),
  count(*) FILTER (WHERE p.state = 'renegotiated'), count(*) FILTER (WHERE p.state = 'withdrawn')
FROM promises_promise p
WHERE p.merchant_id = %(merchant)s AND p.due_at >= %(since)s
  AND p.state IN ('kept', 'broken', 'renegotiated', 'withdrawn') AND (p.due_at <= %(now)s OR p.state <> 'withdrawn')
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Share:
    """Promises of one name that came to an end. Agreed anew before their day counts as neither kept nor broken."""

    name: str  # a kind, an actor's code, a Where, or "2026-11"
    kept: int
    broken: int
    renegotiated: int
    withdrawn: int

    @property
    def judged(self) -> int:
        return self.kept + self.broken

    @property
    def share(self) -> float | None:
        """Of those that were kept or broken; None where there are none."""
        return self.kept / self.judged if self.judged else None


def share_kept(merchant: Merchant, since: datetime, by: str = "kind", now: datetime | None = None) -> list[Share]:
    """A row a name, of promises due since then. `by`: kind · who · where · month. KeyError for anything else."""
    values: dict[str, Any] = {
        "merchant": merchant.id,
        "since": since,
        "now": now or timezone.now(),
        "zone": merchant.timezone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARE.format(by=_BY[by]), values)
        return [Share(*row) for row in cursor.fetchall()]
