"""What fulfilment does by the clock: once a day of each merchant's, it learns, and thinks every open order over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from presszero.core.locks import alone
from presszero.merchants.models import Merchant

from .forecasting import forecast_many
from .gathering import HISTORY
from .hearing import forget as forget_strays
from .lessons import learn
from .models import Forecast

REMEMBERED = timedelta(days=400)  # how long a forecast that was scored is kept
MERCHANTS = 20  # a round
_LOCKS = 0x1E55  # advisory lock class of learning, by merchant

_DUE = f"""
SELECT m.id FROM merchants_merchant m LEFT JOIN LATERAL (
  SELECT l.at FROM fulfilment_lesson l WHERE l.merchant_id = m.id ORDER BY l.id DESC LIMIT 1
) last ON true
WHERE (last.at IS NULL OR (last.at AT TIME ZONE m.timezone)::date < (%(at)s AT TIME ZONE m.timezone)::date)
  AND EXISTS (SELECT 1 FROM commerce_order o WHERE o.merchant_id = m.id AND o.placed_at > %(since)s)
ORDER BY last.at NULLS FIRST, m.id LIMIT {MERCHANTS}
"""  # noqa: S608 - our own number


def work() -> int:
    """One round. Always 0, so that it rests between rounds."""
    learn_due(timezone.now())
    return 0


def learn_due(at: datetime) -> int:
    """Every merchant whose day has begun, and who sells: learns, and thinks over all that is open; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"at": at, "since": at - HISTORY})
        due = [row[0] for row in cursor.fetchall()]
    for merchant in Merchant.objects.filter(id__in=due).order_by("id"):
        with alone(_LOCKS, merchant.id) as got_it:
            if got_it:
                think_over(merchant, at)
    return len(due)


def think_over(merchant: Merchant, at: datetime) -> None:
    """Learns from what has arrived, and foretells everything that is open: days go by without a scan, too."""
    learn(merchant, at)
    forecast_many(merchant, None, at)


def forget(at: datetime) -> None:
    """Scans that were nobody's, and forecasts that were scored long ago."""
    forget_strays(at)
    Forecast.objects.filter(scored_at__lt=at - REMEMBERED).delete()
