"""What to suggest to a customer: what others bought next, that is in stock, and that she did not have or send back.

Ranked by how much more often customers bought it after one of her things than customers buy it at all, drawn towards 1
where the numbers are small: (bought + 5) / (expected + 5), the observed over the expected count with five customers'
worth of doubt (a gamma prior, as DuMouchel's shrinkage of 1999). At least three customers, and plainly more than by
chance. Where nothing was bought next, the best sellers of the same kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from presszero.customers.models import Customer

from .bought import FEWEST

DOUBT = 5  # customers
LEAST = 1.2  # times as often as by chance; less is no pattern
ORDERS = 10  # of her newest, for what she has; everything she ever bought is left out all the same

# Her sales, what of them came back or was made good, and her sizes ("Brown / 42" of another thing).
_HERS = """
family AS (
  SELECT id FROM customers_customer WHERE merchant_id = %(merchant)s AND (id = %(customer)s OR root_id = %(customer)s)
), hers AS (
  SELECT o.id, o.paid, o.placed_at FROM family f JOIN commerce_order o
    ON o.merchant_id = %(merchant)s AND o.customer_id = f.id
), had AS (
  SELECT v.product_id AS product, l.id AS line, v.title AS size,
    (l.refunded > 0 OR h.paid IN ('refunded', 'voided')) AS back
  FROM hers h JOIN commerce_orderline l ON l.merchant_id = %(merchant)s AND l.order_id = h.id
  JOIN commerce_variant v ON v.merchant_id = %(merchant)s AND v.id = l.variant_id
), returned AS (
  SELECT (part ->> 'line')::bigint AS line FROM hers h
  JOIN commerce_return t ON t.merchant_id = %(merchant)s AND t.order_id = h.id
    AND t.state NOT IN ('refused', 'cancelled')
  CROSS JOIN LATERAL jsonb_array_elements(t.lines) part
  UNION
  SELECT (part ->> 0)::bigint FROM family f
  JOIN remedies_remedy r ON r.merchant_id = %(merchant)s AND r.customer_id = f.id
    AND r.kind IN ('refund', 'replace', 'return', 'exchange', 'cancel')
    AND r.state IN ('asked', 'given', 'doing', 'done', 'unknown', 'task')
  CROSS JOIN LATERAL jsonb_array_elements(coalesce(nullif(r.asked -> 'lines', 'null'), '[]')) part
), never AS (
  SELECT h.product FROM had h LEFT JOIN returned USING (line) WHERE h.back OR returned.line IS NOT NULL
)"""

# The variant to offer: her size where there is one, else the one there is most of.
_FOR_SALE = """
CROSS JOIN LATERAL (
  SELECT v.id FROM commerce_variant v
  WHERE v.merchant_id = %(merchant)s AND v.product_id = p.id AND v.gone_at IS NULL AND v.price > 0
    AND (v.stock IS NULL OR v.stock > 0 OR v.sells_without_stock)
  ORDER BY v.title <> '' AND v.title IN (SELECT size FROM had) DESC, v.currency = %(currency)s DESC,
    coalesce(v.stock, 1) > 0 DESC, v.stock DESC NULLS LAST, v.id LIMIT 1
) v
WHERE p.merchant_id = %(merchant)s AND p.active AND p.gone_at IS NULL
  AND p.id NOT IN (SELECT product FROM never)"""

# Who had it already is offered it again only if most of its buyers buy it again.
_NEXT = f"""
WITH {_HERS}, next AS (
  SELECT n.then_id AS product, n.first_id AS after, n.customers AS bought, f.customers AS others,
    (n.customers + %(doubt)s) / (f.customers::float8 * b.customers / greatest(%(buyers)s, 1) + %(doubt)s) AS lift,
    b.again * 2 > b.customers AS again
  FROM offers_boughtnext n
  JOIN offers_buyers f ON f.merchant_id = n.merchant_id AND f.product_id = n.first_id
  JOIN offers_buyers b ON b.merchant_id = n.merchant_id AND b.product_id = n.then_id
  WHERE n.merchant_id = %(merchant)s AND n.first_id = ANY(%(after)s) AND n.customers >= %(fewest)s
), best AS (
  SELECT DISTINCT ON (product) * FROM next
  WHERE lift >= %(least)s AND (again OR product NOT IN (SELECT product FROM had))
  ORDER BY product, lift DESC, bought DESC, after
)
SELECT best.product, v.id, best.after, best.bought, best.others FROM best
JOIN commerce_product p ON p.merchant_id = %(merchant)s AND p.id = best.product {_FOR_SALE}
ORDER BY best.lift DESC, best.bought DESC, best.product LIMIT %(most)s
"""  # noqa: S608 - our own words alone
_SAME_KIND = f"""
WITH {_HERS}, best AS (
  SELECT b.product_id AS product, b.customers FROM (
    SELECT DISTINCT kind FROM offers_buyers
    WHERE merchant_id = %(merchant)s AND product_id = ANY(%(after)s) AND kind <> '') k
  CROSS JOIN LATERAL (
    SELECT product_id, customers, again FROM offers_buyers
    WHERE merchant_id = %(merchant)s AND kind = k.kind AND customers >= %(fewest)s
    ORDER BY customers DESC, product_id LIMIT 50) b
  WHERE b.again * 2 > b.customers OR b.product_id NOT IN (SELECT product FROM had)
)
SELECT best.product, v.id, NULL::bigint, best.customers, 0 FROM best
JOIN commerce_product p ON p.merchant_id = %(merchant)s AND p.id = best.product {_FOR_SALE}
ORDER BY best.customers DESC, best.product LIMIT %(most)s
"""  # noqa: S608 - our own words alone
_NEWEST = """
SELECT DISTINCT v.product_id FROM (
  SELECT o.id FROM customers_customer u JOIN commerce_order o ON o.merchant_id = u.merchant_id AND o.customer_id = u.id
  WHERE u.merchant_id = %(merchant)s AND (u.id = %(customer)s OR u.root_id = %(customer)s)
    AND o.kind = 'sale' AND o.cancelled_at IS NULL
  ORDER BY o.placed_at DESC LIMIT %(orders)s) newest
JOIN commerce_orderline l ON l.merchant_id = %(merchant)s AND l.order_id = newest.id
JOIN commerce_variant v ON v.merchant_id = %(merchant)s AND v.id = l.variant_id
"""


@dataclass(frozen=True, slots=True)
class Suggested:
    """`bought` of `of` customers who bought `after` bought it next. `of` 0: so many bought it, a best seller."""

    product: int
    variant: int
    after: int | None
    bought: int
    of: int


def suggest(customer: Customer, after: Sequence[int] = (), most: int = 2) -> list[Suggested]:
    """The best first; [] where nothing is worth it. `after`: ids of products; none: those of her newest orders."""
    asked: dict[str, Any] = {
        "merchant": customer.merchant_id,
        "customer": customer.now_id,
        "orders": ORDERS,
        "doubt": DOUBT,
        "least": LEAST,
        "fewest": FEWEST,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.currency, coalesce(s.buyers, 0) FROM merchants_merchant m"
            " LEFT JOIN offers_suggesting s ON s.merchant_id = m.id WHERE m.id = %(merchant)s",
            asked,
        )
        asked["currency"], asked["buyers"] = cursor.fetchone()
        asked["after"] = list(after)
        if not asked["after"]:
            cursor.execute(_NEWEST, asked)
            asked["after"] = [number for (number,) in cursor.fetchall()]
        if not asked["after"]:
            return []
        cursor.execute(_NEXT, asked)
        found = cursor.fetchall()
        if not found:
            cursor.execute(_SAME_KIND, asked)
            found = cursor.fetchall()
    return [Suggested(*each) for each in found]


_OF_MATTER = """
SELECT DISTINCT v.product_id FROM conversations_conversation c
JOIN remedies_remedy r ON r.merchant_id = c.merchant_id AND r.conversation_id = c.id
JOIN commerce_orderline l ON l.merchant_id = r.merchant_id AND l.order_id = r.order_id
JOIN commerce_variant v ON v.merchant_id = l.merchant_id AND v.id = l.variant_id
WHERE c.merchant_id = %(merchant)s AND (c.id = %(conversation)s OR c.root_id = %(conversation)s)
"""


def things_of_matter(merchant_id: int, conversation_id: int) -> list[int]:
    """Ids of the products in the orders that something was given for in a matter."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_MATTER, {"merchant": merchant_id, "conversation": conversation_id})
        return [number for (number,) in cursor.fetchall()]
