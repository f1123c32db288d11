"""How an order stands with everything that is just being given, and what was given so far. Read under the locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from presszero.commerce.models import Order, OrderLine, Refund

from .models import COUNTS, Remedy
from .physics import BACK, LineStand, OrderStand
from .policy import Given
from .vocabulary import Kind

DAY = timedelta(hours=24)
MONTH = timedelta(days=30)

# A code that was out in the world may have been used: taken back in the shop, it still counts.
_COUNTED = """(r.state = ANY(%(counts)s)
  OR r.state = 'undone' AND r.code <> '' AND r.store_id IS NOT NULL AND r.done_at IS NOT NULL)"""
_BY = f"""
SELECT kind, coalesce(sum(weighs) FILTER (WHERE given_at > %(day)s), 0), coalesce(sum(weighs), 0)
FROM remedies_remedy r
WHERE merchant_id = %(merchant)s AND authority = %(authority)s AND given_at > %(month)s AND {_COUNTED} GROUP BY kind
"""  # noqa: S608 - our own words
_TO = f"""
SELECT coalesce(sum(weighs), 0) FROM remedies_remedy r
WHERE merchant_id = %(merchant)s AND customer_id = ANY(%(customers)s) AND given_at > %(month)s AND {_COUNTED}
"""  # noqa: S608 - our own words
_ON = f"""
SELECT coalesce(sum(weighs), 0) FROM remedies_remedy r
WHERE merchant_id = %(merchant)s AND order_id = %(order)s AND {_COUNTED}
"""  # noqa: S608 - our own words


def given(authority: str, customers: Sequence[int], order: Order | None, at: datetime, merchant_id: int) -> Given:
    """What counts at this moment: on somebody's authority, to these ids of one customer, on the order."""
    values: dict[str, Any] = {
        "merchant": merchant_id,
        "authority": authority,
        "customers": list(customers),
        "order": order.id if order else 0,
        "day": at - DAY,
        "month": at - MONTH,
        "counts": [str(state) for state in COUNTS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY, values)
        rows = cursor.fetchall()
        cursor.execute(_TO, values)
        (to,) = cursor.fetchone()
        on = 0
        if order:
            cursor.execute(_ON, values)
            (on,) = cursor.fetchone()
    day, month = {kind: int(d) for kind, d, _ in rows}, {kind: int(m) for kind, _, m in rows}
    return Given(day, month, int(to), int(on))


def stand_of(order: Order, lines: Iterable[OrderLine]) -> OrderStand:
    """With what is given and not yet in the order's own sums counted in."""
    rows = list(Remedy.objects.filter(merchant_id=order.merchant_id, order_id=order.id, state__in=COUNTS))
    refunds = Refund.objects.filter(merchant_id=order.merchant_id, order_id=order.id).exclude(state="failed")
    told = set(refunds.exclude(key="").values_list("key", flat=True))
    sums = refunds.aggregate(amount=Sum("amount"), shipping=Sum("shipping"))
    coming = [row for row in rows if row.kind in BACK and row.key not in told]
    return OrderStand(
        currency=order.currency,
        total=order.total,
        captured=order.captured,
        back=max(order.refunded, sums["amount"] or 0) + sum(row.amount for row in coming),
        shipping=order.shipping,
        shipping_back=(sums["shipping"] or 0) + sum(row.shipping for row in coming),
        lines=_lines(lines, rows, {row.id for row in coming}),
        sent=order.sent in ("part", "sent", "delivered", "returned"),
        cancelled=order.cancelled_at is not None or any(row.kind == Kind.CANCEL for row in rows),
    )


def _lines(lines: Iterable[OrderLine], rows: Sequence[Remedy], coming: set[int]) -> dict[int, LineStand]:
    """The store's word on pieces and ours, whichever is more: it does not always say which pieces a refund was for."""
    ours: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for line, pieces in row.asked.get("lines", []):
            for what in _counts_as(row, row.id in coming):
                ours[what][line] += pieces
    return {
        line.id: LineStand(
            title=line.title,
            bought=line.quantity,
            total=line.total,
            refunded=max(line.refunded + ours["coming"][line.id], ours["refunded"][line.id]),
            replaced=ours["replaced"][line.id],
            returning=ours["returning"][line.id],
            variant=line.variant_id,
        )
        for line in lines
    }


def _counts_as(row: Remedy, is_coming: bool) -> list[str]:
    found = []
    if row.kind in BACK:
        found += ["refunded", "coming"] if is_coming else ["refunded"]
    if row.kind in (Kind.REPLACE, Kind.EXCHANGE):
        found.append("replaced")
    if row.kind in (Kind.RETURN, Kind.EXCHANGE):
        found.append("returning")
    return found
