"""Finding an order or a thing by what somebody says of it.

Every step looks at a bounded number of candidates by an index, so that a common word over a million orders costs what a
rare one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from presszero.core.rows import columns, row
from presszero.core.text import one_line

from ..models import Order, Product, Variant
from ..policy import number_key

_CANDIDATES = 200

_BY_NUMBER = """
SELECT id FROM commerce_order WHERE merchant_id = %(merchant)s AND number_key LIKE %(number)s
ORDER BY length(number_key), number_key DESC LIMIT %(most)s
"""
_BY_TRACKING = """
SELECT order_id FROM commerce_shipment
WHERE merchant_id = %(merchant)s AND tracking <> '' AND tracking = ANY(%(tracking)s)
UNION ALL
SELECT order_id FROM commerce_return
WHERE merchant_id = %(merchant)s AND tracking <> '' AND tracking = ANY(%(tracking)s)
LIMIT %(most)s
"""
_BY_EMAIL = """
SELECT id FROM commerce_order WHERE merchant_id = %(merchant)s AND email = %(email)s AND email <> ''
ORDER BY placed_at DESC LIMIT %(most)s
"""
_BY_NAME = """
SELECT o.id FROM (
  (SELECT id, placed_at FROM commerce_order
   WHERE merchant_id = %(merchant)s AND name ILIKE %(pattern)s LIMIT %(candidates)s)
  UNION
  (SELECT o.id, o.placed_at FROM (
     SELECT u.id FROM customers_customer u WHERE u.merchant_id = %(merchant)s AND u.name ILIKE %(pattern)s LIMIT %(few)s
   ) u CROSS JOIN LATERAL (
     SELECT id, placed_at FROM commerce_order
     WHERE merchant_id = %(merchant)s AND customer_id = u.id ORDER BY placed_at DESC LIMIT %(few)s) o)
) o ORDER BY o.placed_at DESC LIMIT %(most)s
"""
_BY_PRODUCT = """
SELECT DISTINCT l.order_id FROM (
  SELECT v.id FROM (
    SELECT id FROM commerce_product WHERE merchant_id = %(merchant)s AND {titled} LIMIT %(few)s
  ) p JOIN commerce_variant v ON v.merchant_id = %(merchant)s AND v.product_id = p.id
  UNION
  SELECT id FROM commerce_variant WHERE merchant_id = %(merchant)s AND sku <> '' AND sku = ANY(%(tracking)s)
) v CROSS JOIN LATERAL (
  SELECT order_id FROM commerce_orderline
  WHERE merchant_id = %(merchant)s AND variant_id = v.id ORDER BY order_id DESC LIMIT %(most)s
) l
UNION
(SELECT order_id FROM commerce_orderline
 WHERE merchant_id = %(merchant)s AND variant_id IS NULL AND {titled} LIMIT %(candidates)s)
ORDER BY 1 DESC LIMIT %(most)s
"""
_THESE = f"""
SELECT {columns(Order, "o")} FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS wanted(id, place)
JOIN commerce_order o ON o.merchant_id = %(merchant)s AND o.id = wanted.id ORDER BY wanted.place
"""  # noqa: S608 - our own words

# Titles that hold every word first, then those that hold one of them: the other may stand in the variant's.
_VARIANTS = f"""
WITH product AS (
  (SELECT id FROM commerce_product
   WHERE merchant_id = %(merchant)s AND active AND gone_at IS NULL AND {{titled}} LIMIT %(candidates)s)
  UNION
  (SELECT id FROM commerce_product
   WHERE merchant_id = %(merchant)s AND active AND gone_at IS NULL AND title ILIKE ANY(%(looked)s) LIMIT %(candidates)s)
), found AS (
  SELECT v.id FROM product JOIN commerce_variant v ON v.merchant_id = %(merchant)s AND v.product_id = product.id
  UNION
  (SELECT id FROM commerce_variant WHERE merchant_id = %(merchant)s AND sku ILIKE %(pattern)s LIMIT %(candidates)s)
)
SELECT {columns(Variant, "v")}, {columns(Product, "p")}
FROM found JOIN commerce_variant v ON v.merchant_id = %(merchant)s AND v.id = found.id
JOIN commerce_product p ON p.merchant_id = %(merchant)s AND p.id = v.product_id
WHERE v.gone_at IS NULL AND p.active AND p.gone_at IS NULL
  AND (p.title || ' ' || v.title || ' ' || v.sku) ILIKE ALL(%(words)s)
ORDER BY coalesce(v.stock, 1) <= 0 AND NOT v.sells_without_stock, p.title ILIKE %(begins)s DESC, p.title, v.title, v.id
LIMIT %(most)s
"""  # noqa: S608


def find_orders(merchant_id: int, words: str, limit: int = 20) -> list[Order]:
    """By number, tracking number, address, name or thing, the surest first; newest first among their like."""
    said = one_line(words, 100)
    if not said:
        return []
    asked = _asked(merchant_id, said, limit)
    found: dict[int, None] = {}
    with connection.cursor() as cursor:
        for statement in _ways(asked):
            cursor.execute(statement.format(titled=_titled(asked)), asked)
            found |= dict.fromkeys(number for (number,) in cursor.fetchall())
            if len(found) >= limit:
                break
        cursor.execute(_THESE, {"merchant": merchant_id, "ids": list(found)[:limit]})
        rows = [row(Order, iter(values)) for values in cursor.fetchall()]
    return [each for each in rows if each]


def find_variants(merchant_id: int, words: str, limit: int = 10) -> list[Variant]:
    """What can be put into an order, as it is typed: every word in title or sku, what is in stock first.

    Each has its product read. Nothing typed: nothing found.
    """
    said = one_line(words, 100)
    if not said:
        return []
    with connection.cursor() as cursor:
        asked = _asked(merchant_id, said, limit)
        cursor.execute(_VARIANTS.format(titled=_titled(asked)), asked)
        return [_variant(iter(values)) for values in cursor.fetchall()]


def _variant(values: Iterator[Any]) -> Variant:
    made, product = row(Variant, values), row(Product, values)
    if made is None or product is None:
        raise LookupError("A variant without its product was found.")
    made.product = product
    return made


def _asked(merchant_id: int, said: str, limit: int) -> dict[str, Any]:
    bare = said.replace(" ", "")
    words = [f"%{_literal(word)}%" for word in said.split()[:8]]
    # An index knows three letters in a row, or how a title begins: two letters alone are the beginning of one.
    looked = words if any(len(word) >= 3 for word in said.split()[:8]) else [word[1:] for word in words]
    return {
        "merchant": merchant_id,
        "most": limit,
        "candidates": _CANDIDATES,
        "few": 50,
        "number": f"{_literal(number_key(said))}%",
        "tracking": list({said, bare, bare.upper()}),
        "email": said.lower(),
        "pattern": f"%{_literal(said)}%" if len(said) >= 3 else f"{_literal(said)}%",
        "begins": f"{_literal(said)}%",
        "words": words,
        "looked": looked,
        **{f"word{place}": word for place, word in enumerate(looked)},
    }


def _titled(asked: dict[str, Any]) -> str:
    """That a title holds every word, a condition each: an index finds those, and not ILIKE ALL."""
    return " AND ".join(f"title ILIKE %(word{place})s" for place, _word in enumerate(asked["words"]))


def _ways(asked: dict[str, Any]) -> Iterator[str]:
    """The statements worth asking: a number has digits, an address its sign, a name three letters."""
    if "@" in asked["email"]:
        yield _BY_EMAIL
        return
    if any(sign.isdigit() for sign in asked["number"]):
        yield _BY_NUMBER
        yield _BY_TRACKING
    if len(asked["email"]) >= 3 and any(sign.isalpha() for sign in asked["email"]):
        yield _BY_NAME
        yield _BY_PRODUCT


def _literal(words: str) -> str:
    """For LIKE: the words as they are."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
