"""Whether anybody would tell us that an order has arrived: where nobody does, silence is no broken promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from presszero.commerce.models import Order
from presszero.commerce.models.orders import Sent

ENOUGH = 0.2  # of the orders before it, so many were reported as delivered
_LATELY = timedelta(days=10)  # by then an order has arrived, and we would know

_OWN = """
SELECT EXISTS (SELECT FROM commerce_shipment s WHERE s.merchant_id = %(merchant)s AND s.order_id = %(order)s
  AND (s.state IN ('in_transit', 'out_for_delivery', 'exception', 'delivered', 'returned')
    OR EXISTS (SELECT FROM fulfilment_scan c WHERE c.merchant_id = s.merchant_id AND c.shipment_id = s.id)))
"""
_OTHERS = """
SELECT count(*) FILTER (WHERE sent = 'delivered'), count(*) FROM (
  SELECT sent FROM commerce_order WHERE merchant_id = %(merchant)s AND placed_at < %(until)s
    AND store_id IS NOT DISTINCT FROM %(store)s AND sent IN ('sent', 'delivered')
  ORDER BY placed_at DESC LIMIT 200
) before
"""


def would_be_told(order: Order, now: datetime) -> bool:
    """What was never sent has surely not arrived; of a parcel its scans tell, or those of the orders before it."""
    if order.sent != Sent.SENT:
        return True
    values: dict[str, Any] = {
        "merchant": order.merchant_id,
        "order": order.id,
        "until": now - _LATELY,
        "store": order.store_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWN, values)
        if cursor.fetchone()[0]:
            return True
        cursor.execute(_OTHERS, values)
        delivered, sent = cursor.fetchone()
    return bool(sent) and delivered / sent >= ENOUGH
