"""Every open order of a large shop thought over: read, foretold, compared with what was said before, and written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop

if TYPE_CHECKING:
    from presszero.merchants.models import Merchant

OPEN, PAST = 100_000, 30_000
SECONDS = 60

# Past ones took two to nine days from the house; of the open, one in five is not sent yet.
_ORDERS = """
INSERT INTO commerce_order (merchant_id, external_id, number, number_key, currency, total, placed_at, promised_by, sent,
  ship_to, source, kind, url, attached_because, store_customer, email, phone, name, bill_to, note, subtotal, discount,
  shipping, tax, captured, refunded, paid)
SELECT %(merchant)s, 'f' || n, '#' || n, n::text, 'EUR', 4900, at, (at + interval '5 days')::date,
  CASE WHEN n <= %(past)s THEN 'delivered' WHEN n %% 5 = 0 THEN 'not' ELSE 'sent' END,
  jsonb_build_object('country', (ARRAY['DE', 'AT', 'ES', 'FR', 'GB'])[1 + n %% 5]), 'store', 'sale', '', '', '', '', '',
  '', '{}', '', 0, 0, 0, 0, 0, 0, 'paid'
FROM (SELECT n, CASE WHEN n <= %(past)s THEN now() - interval '12 days' - (n %% 200) * interval '1 day'
  ELSE now() - (n %% 6) * interval '1 day' END AS at FROM generate_series(1, %(past)s + %(open)s) n) made
"""
_PARCELS = """
INSERT INTO commerce_shipment (merchant_id, order_id, external_id, carrier, service, tracking, tracking_url, state,
  lines, sent_at, delivered_at)
SELECT merchant_id, id, 's', (ARRAY['DHL', 'UPS', 'GLS'])[1 + id %% 3], '', 'T' || id, '',
  CASE WHEN sent = 'delivered' THEN 'delivered' ELSE 'in_transit' END, '[]', placed_at + interval '1 day',
  CASE WHEN sent = 'delivered' THEN placed_at + interval '3 days' + (id * 7919 %% 8) * interval '1 day' END
FROM commerce_order WHERE merchant_id = %(merchant)s AND sent <> 'not'
"""
_SCANS = """
INSERT INTO fulfilment_scan (merchant_id, shipment_id, external_id, stage, at, words, place)
SELECT merchant_id, id, n::text, 'in_transit', sent_at + n * interval '1 day', '', ''
FROM commerce_shipment, generate_series(1, 2) n
WHERE merchant_id = %(merchant)s AND sent_at + n * interval '1 day' < least(now(), coalesce(delivered_at, now()))
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """One row: from the tables to a hundred thousand new forecasts."""
    from presszero.fulfilment.forecasting import forecast_many
    from presszero.fulfilment.lessons import learn

    merchant = _stock(ground, open_shop(ground))
    now = datetime.now(UTC)
    begun = time.perf_counter()
    lesson = learn(merchant, now)
    learned = time.perf_counter() - begun
    say(f"learned from {lesson.parcels:,} parcels in {learned:.1f} s")
    begun = time.perf_counter()
    written = forecast_many(merchant, None, now)
    took = time.perf_counter() - begun
    if written < OPEN:
        raise RuntimeError(f"Of {OPEN} open orders {written} have a forecast.")
    begun = time.perf_counter()
    again = forecast_many(merchant, None, now)
    same = time.perf_counter() - begun
    if again:
        raise RuntimeError("What did not change was written again.")
    note = (
        f"{written:,} open orders, told and written; {same:.0f} s when nothing changed. Learning took {learned:.0f} s."
    )
    yield at_most("forecast open orders", took, SECONDS, "s", note)


def _stock(ground: Ground, shop: Shop) -> Merchant:
    from presszero.merchants.models import Merchant

    asked = {"merchant": shop.merchant_id, "past": PAST, "open": OPEN}
    with ground.connect() as connection:
        for statement in (_ORDERS, _PARCELS, _SCANS):
            connection.execute(statement.encode(), asked)
        connection.execute(b"ANALYZE commerce_order, commerce_shipment, fulfilment_scan")
    return Merchant.objects.get(id=shop.merchant_id)
