"""How a webhook fared in the last day, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ..models import Webhook

HOURS = 24
_TRIES = """
SELECT d.webhook_id, floor(extract(epoch FROM %(now)s - t.at) / 3600)::int AS ago,
  count(*) FILTER (WHERE t.status BETWEEN 200 AND 299), count(*)
FROM api_webhooktry t JOIN api_webhookdelivery d ON d.merchant_id = t.merchant_id AND d.id = t.delivery_id
WHERE t.merchant_id = %(merchant)s AND t.at > %(since)s AND d.created_at > %(oldest)s AND d.webhook_id = ANY(%(ids)s)
GROUP BY 1, 2
"""


@dataclass
class Health:
    """Tries that went well, and all of them. `hours`: oldest first, (height, how much of it failed), 0 to 100."""

    well: int = 0
    tries: int = 0
    hours: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)] * HOURS)


def health_of(webhooks: Sequence[Webhook], now: datetime) -> dict[int, Health]:
    """By webhook; those that were told nothing are left out."""
    if not webhooks:
        return {}
    values: dict[str, Any] = {
        "merchant": webhooks[0].merchant_id,
        "ids": [row.id for row in webhooks],
        "now": now,
        "since": now - timedelta(hours=HOURS),
        "oldest": now - timedelta(days=5),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRIES, values)
        found = cursor.fetchall()
    counted: dict[int, dict[int, tuple[int, int]]] = {}
    for webhook_id, ago, well, tries in found:
        counted.setdefault(webhook_id, {})[min(max(ago, 0), HOURS - 1)] = (well, tries)
    return {webhook_id: _health(hours) for webhook_id, hours in counted.items()}


def _health(hours: dict[int, tuple[int, int]]) -> Health:
    most = max(tries for _, tries in hours.values())
    shown = []
    for ago in range(HOURS - 1, -1, -1):
        well, tries = hours.get(ago, (0, 0))
        height = max(8, tries * 100 // most) if tries else 0
        shown.append((height, height * (tries - well) // tries if tries else 0))
    return Health(sum(w for w, _ in hours.values()), sum(t for _, t in hours.values()), shown)
