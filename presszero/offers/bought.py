"""What customers bought with or after what, counted from the merchant's own orders.

A customer counts once for a pair of products, if some sale of theirs had the second not before the first and within
180 days. Who they are: the customer the order is attached to, as merged today; else the address it was placed under;
else the order alone. Replacements, exchanges and cancelled orders are no sales. Whoever bought more than 200 different
things is a trader and says nothing of taste. Pairs of fewer than three customers are noise, and nearly a name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from presszero.commerce.models import Order
from presszero.merchants.models import Merchant

from .models import Suggesting

WITHIN = timedelta(days=180)
FEWEST = 3  # customers
MOST = 50  # pairs kept of one product
TRADER = 200  # different products
EVERY = timedelta(hours=20)
WHOLE_EVERY = timedelta(days=7)
_AT_ONCE = 5  # merchants a round

# One row a customer, product and order. `who` is text, so that the three sorts never meet.
_SALES = """
CREATE TEMP TABLE bought ON COMMIT DROP AS
SELECT DISTINCT coalesce('c' || coalesce(u.root_id, u.id), 'e' || nullif(o.email, ''), 'o' || o.id) AS who,
  v.product_id AS product, o.placed_at AS at, o.id AS orders
FROM commerce_order o
JOIN commerce_orderline l ON l.merchant_id = o.merchant_id AND l.order_id = o.id
JOIN commerce_variant v ON v.merchant_id = l.merchant_id AND v.id = l.variant_id
LEFT JOIN customers_customer u ON u.merchant_id = o.merchant_id AND u.id = o.customer_id
WHERE o.merchant_id = %(merchant)s AND o.kind = 'sale' AND o.cancelled_at IS NULL AND o.forgotten_at IS NULL
"""
_NO_TRADERS = """
DELETE FROM bought WHERE who IN (SELECT who FROM bought GROUP BY who HAVING count(DISTINCT product) > %(trader)s)
"""
_INDEX = "CREATE INDEX ON bought (who); ANALYZE bought"

# What is counted anew: the things in orders that came or changed, and all else that their buyers bought.
_TOUCHED = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
WITH fresh AS (
  SELECT o.id, o.customer_id, o.email FROM commerce_order o
  WHERE o.merchant_id = %(merchant)s
    AND greatest(o.created_at, o.cancelled_at, o.store_updated_at, o.forgotten_at) >= %(since)s
), changed AS (
  SELECT DISTINCT v.product_id AS product FROM fresh f
  JOIN commerce_orderline l ON l.merchant_id = %(merchant)s AND l.order_id = f.id
  JOIN commerce_variant v ON v.merchant_id = l.merchant_id AND v.id = l.variant_id
), people AS (
  SELECT DISTINCT coalesce('c' || coalesce(u.root_id, u.id), 'e' || nullif(f.email, '')) AS who FROM fresh f
  LEFT JOIN customers_customer u ON u.merchant_id = %(merchant)s AND u.id = f.customer_id
)
SELECT product FROM changed
UNION SELECT b.product FROM bought b JOIN people p USING (who)
"""
_EVERYTHING = "CREATE TEMP TABLE touched ON COMMIT DROP AS SELECT DISTINCT product FROM bought"

_FORGET_ALL = (
    "DELETE FROM offers_boughtnext WHERE merchant_id = %(merchant)s",
    "DELETE FROM offers_buyers WHERE merchant_id = %(merchant)s",
)
_FORGET = (
    "DELETE FROM offers_boughtnext WHERE merchant_id = %(merchant)s AND first_id IN (SELECT product FROM touched)",
    "DELETE FROM offers_buyers WHERE merchant_id = %(merchant)s AND product_id IN (SELECT product FROM touched)",
)
_PAIRS = """
WITH pairs AS (
  SELECT a.product AS first, b.product AS next, count(DISTINCT a.who) AS customers
  FROM touched t JOIN bought a ON a.product = t.product
  JOIN bought b ON b.who = a.who AND b.product <> a.product AND b.at >= a.at AND b.at <= a.at + %(within)s
  GROUP BY 1, 2 HAVING count(DISTINCT a.who) >= %(fewest)s
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY first ORDER BY customers DESC, next) AS place FROM pairs
)
INSERT INTO offers_boughtnext (merchant_id, first_id, then_id, customers)
SELECT %(merchant)s, first, next, customers FROM ranked WHERE place <= %(most)s
"""
_BUYERS = """
INSERT INTO offers_buyers (merchant_id, product_id, kind, customers, again)
SELECT %(merchant)s, p.id, p.kind, count(*), count(*) FILTER (WHERE mine.orders > 1)
FROM (SELECT b.who, b.product, count(DISTINCT b.orders) AS orders FROM bought b JOIN touched t USING (product)
  GROUP BY b.who, b.product) mine
JOIN commerce_product p ON p.merchant_id = %(merchant)s AND p.id = mine.product
GROUP BY p.id, p.kind
"""


def keep_counting(now: datetime) -> int:
    """The nightly duty: brings a few merchants up to date, whoever waited longest. How many."""
    _begin()
    due = Suggesting.objects.filter(on=True).exclude(counted_at__gt=now - EVERY).select_related("merchant")
    rows = list(due.order_by("counted_at")[:_AT_ONCE])
    for row in rows:
        old = row.counted_whole_at is None or row.counted_whole_at <= now - WHOLE_EVERY
        count_whole(row.merchant, now) if old else count_again(row.merchant, now)
    return len(rows)


def _begin() -> None:
    """Who has orders by now is counted too, before their first chance."""
    begun = Suggesting.objects.values("merchant_id")
    for merchant in Merchant.objects.filter(Exists(Order.objects.filter(merchant=OuterRef("id")))).exclude(
        id__in=begun
    ):
        Suggesting.objects.get_or_create(merchant=merchant)


@transaction.atomic
def count_whole(merchant: Merchant, at: datetime | None = None) -> int:
    """Everything worked out anew from every order; how many pairs there are."""
    return _count(merchant, at or timezone.now(), None)


@transaction.atomic
def count_again(merchant: Merchant, at: datetime | None = None) -> int:
    """Only what orders since the last count can have changed; how many pairs there are of it."""
    row = _locked(merchant)
    since = row.counted_at and row.counted_at - timedelta(days=1)  # stores' clocks, and news that came late
    return _count(merchant, at or timezone.now(), since)


def _count(merchant: Merchant, at: datetime, since: datetime | None) -> int:
    row = _locked(merchant)
    values: dict[str, Any] = {
        "merchant": merchant.id,
        "within": WITHIN,
        "fewest": FEWEST,
        "most": MOST,
        "trader": TRADER,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bought, touched")
        for statement in (_SALES, _NO_TRADERS, _INDEX, _EVERYTHING if since is None else _TOUCHED):
            cursor.execute(statement, values if "%(" in statement else None)
        for statement in _FORGET_ALL if since is None else _FORGET:
            cursor.execute(statement, values)
        cursor.execute(_BUYERS, values)
        cursor.execute(_PAIRS, values)
        pairs = cursor.rowcount
        cursor.execute("SELECT count(DISTINCT who) FROM bought")
        row.buyers = int(cursor.fetchone()[0])
    row.counted_at = at
    row.counted_whole_at = at if since is None else row.counted_whole_at
    row.save(update_fields=["buyers", "counted_at", "counted_whole_at"])
    return int(pairs)


def _locked(merchant: Merchant) -> Suggesting:
    """One count at a time for a merchant."""
    Suggesting.objects.get_or_create(merchant=merchant)
    return Suggesting.objects.select_for_update().get(merchant=merchant)
