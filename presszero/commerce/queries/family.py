"""The pieces of our own statements that say whose orders are asked for. All take %(merchant)s and %(root)s."""

from __future__ import annotations

from datetime import timedelta

# Everyone who is this customer today.
FAMILY = """family AS (
  SELECT id FROM customers_customer WHERE merchant_id = %(merchant)s AND (id = %(root)s OR root_id = %(root)s)
)"""

# Addresses they gave or were seen under, and have not proven. One that our own receiver refuted is not theirs.
GIVEN = """given AS (
  SELECT h.kind, h.address FROM customers_handle h JOIN family f ON f.id = h.customer_id
  WHERE h.merchant_id = %(merchant)s AND h.proof IN ('claimed', 'seen') AND h.kind IN ('email', 'phone')
  UNION
  SELECT l.kind, l.address FROM customers_claim l JOIN family f ON f.id = l.customer_id
  WHERE l.merchant_id = %(merchant)s AND l.proven_at IS NULL AND l.kind IN ('email', 'phone')
)"""

# Ids of the newest orders of the family; one index look a member, however many orders the shop has.
THEIRS = """(
  SELECT o.id, o.placed_at FROM family f CROSS JOIN LATERAL (
    SELECT id, placed_at FROM commerce_order
    WHERE merchant_id = %(merchant)s AND customer_id = f.id ORDER BY placed_at DESC LIMIT %(most)s
  ) o ORDER BY o.placed_at DESC LIMIT %(most)s
)"""

# Ids of the orders under what they gave; nobody has proven these addresses.
WAITING = """(
  SELECT o.id, o.placed_at FROM given g CROSS JOIN LATERAL (
    SELECT id, placed_at FROM commerce_order
    WHERE g.kind = 'email' AND merchant_id = %(merchant)s AND customer_id IS NULL AND email = g.address
    UNION ALL
    SELECT id, placed_at FROM commerce_order
    WHERE g.kind = 'phone' AND merchant_id = %(merchant)s AND customer_id IS NULL AND phone = g.address
    LIMIT 50
  ) o GROUP BY o.id, o.placed_at ORDER BY o.placed_at DESC LIMIT %(waiting)s
)"""

# What their sales come to, a row a currency.
SPENT = """
SELECT o.currency, count(*) FILTER (WHERE o.cancelled_at IS NULL) AS orders,
  coalesce(sum(o.captured - o.refunded), 0)::bigint AS minor, min(o.placed_at) AS first_at, max(o.placed_at) AS last_at
FROM family f JOIN commerce_order o ON o.merchant_id = %(merchant)s AND o.customer_id = f.id
WHERE o.kind = 'sale' GROUP BY o.currency
"""

SHOPPING = timedelta(days=7)  # a cart that nobody touched for so long is not "shopping now"
