"""People by a part of their name or address, bounded however many there are.

A common name stands among the newest customers, and looking through those is quick; a rare one is in the index, and
there are few of it. Asked the other way round, a common name would gather hundreds of thousands to show four.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

NEWEST = 2000  # customers, and addresses, looked through before the index is asked
_TRIGRAM = 3  # letters, below which the index knows nothing

_AMONG_NEWEST = """
WITH named AS (
  SELECT id, coalesce(root_id, id) AS today FROM (
    SELECT id, root_id, name FROM customers_customer WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(newest)s
  ) newest WHERE name ILIKE %(pattern)s ORDER BY id DESC LIMIT %(most)s
), written AS (
  SELECT u.id, coalesce(u.root_id, u.id) AS today FROM (
    SELECT customer_id, address, kind FROM customers_handle
    WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(newest)s
  ) h JOIN customers_customer u ON u.merchant_id = %(merchant)s AND u.id = h.customer_id
  WHERE h.address ILIKE %(pattern)s AND h.kind <> 'visitor' ORDER BY u.id DESC LIMIT %(most)s
) SELECT today FROM (SELECT * FROM named UNION ALL SELECT * FROM written) who GROUP BY 1 ORDER BY max(id) DESC
"""
_INDEXED = """
WITH named AS MATERIALIZED (
  SELECT id, coalesce(root_id, id) AS today FROM customers_customer
  WHERE merchant_id = %(merchant)s AND name ILIKE %(pattern)s
), written AS MATERIALIZED (
  SELECT customer_id FROM customers_handle
  WHERE merchant_id = %(merchant)s AND address ILIKE %(pattern)s AND kind <> 'visitor'
), theirs AS (
  SELECT u.id, coalesce(u.root_id, u.id) AS today
  FROM (SELECT customer_id FROM written ORDER BY 1 DESC LIMIT %(most)s) h
  JOIN customers_customer u ON u.merchant_id = %(merchant)s AND u.id = h.customer_id
) SELECT today FROM ((SELECT * FROM named ORDER BY id DESC LIMIT %(most)s) UNION ALL SELECT * FROM theirs) who
GROUP BY 1 ORDER BY max(id) DESC
"""
_FAMILY = """
SELECT unnest(%(ids)s::bigint[]) UNION
SELECT id FROM customers_customer WHERE merchant_id = %(merchant)s AND root_id = ANY(%(ids)s)
"""


def who(merchant_id: int, words: str, most: int) -> list[int]:
    """Customers as they are today, newest first, at most `most`; for one or two letters of the newest alone."""
    values: dict[str, Any] = {"merchant": merchant_id, "pattern": pattern_of(words), "most": most, "newest": NEWEST}
    found = _ids(_AMONG_NEWEST, values)
    if len(found) < most and len(words) >= _TRIGRAM:
        found = _ids(_INDEXED, values)
    return found[:most]


def families(merchant_id: int, ids: Sequence[int]) -> list[int]:
    """These customers and everybody merged into them."""
    return _ids(_FAMILY, {"merchant": merchant_id, "ids": list(ids)}) if ids else []


def pattern_of(words: str) -> str:
    """For ILIKE: the words anywhere, taken as they are."""
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _ids(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [number for (number,) in cursor.fetchall()]
