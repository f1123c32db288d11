"""Search over people, addresses, numbers and words, newest first, as it is typed.

A common word stands in the newest entries, and looking through those is quick; a rare word is in the index, and
there are few of it. Asking the planner for "newest first over the index" makes it walk the whole table for a rare
word, so we ask in that order ourselves.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from presszero.core.text import one_line
from presszero.team.models import Membership

from .lists import Row, rows_by_id

FOUND = 30  # conversations on a page of results
NEWEST = 1500  # entries looked through before the index is asked

_NEWEST = """
SELECT id FROM (
  SELECT id, search FROM channels_entry WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(newest)s
) newest WHERE search @@ presszero_query(%(merchant)s, %(words)s) LIMIT %(found)s
"""
_INDEXED = """
WITH hit AS MATERIALIZED (
  SELECT id FROM channels_entry WHERE search @@ presszero_query(%(merchant)s, %(words)s)
) SELECT id FROM hit ORDER BY id DESC LIMIT %(found)s
"""
# Of words that all must stand in it, one that none of the newest has is rare: it is asked of the index alone, and the
# others are looked for in what it finds. For a common word the index would gather every row there is.
_RARE = """
SELECT word FROM unnest((tsvector_to_array(to_tsvector('simple', left(%(words)s, 400))))[1:8]) word
WHERE NOT EXISTS (SELECT FROM (
  SELECT search FROM channels_entry WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT %(newest)s
) newest WHERE search @@ presszero_query(%(merchant)s, word))
"""
_WITH_RARE = """
WITH hit AS MATERIALIZED (
  SELECT id, search FROM channels_entry WHERE search @@ presszero_query(%(merchant)s, %(rare)s)
) SELECT id FROM hit WHERE search @@ presszero_query(%(merchant)s, %(words)s) ORDER BY id DESC LIMIT %(found)s
"""
_PLACES = """
SELECT coalesce(c.root_id, c.id), max(m.at)
FROM conversations_message m
JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = m.conversation_id
WHERE m.merchant_id = %(merchant)s AND m.entry_id = ANY(%(entries)s)
GROUP BY 1 ORDER BY 2 DESC
"""
_NOTES = """
WITH hit AS MATERIALIZED (
  SELECT conversation_id, at FROM conversations_note
  WHERE search @@ presszero_query(%(merchant)s, %(words)s) AND removed_at IS NULL LIMIT 500
) SELECT coalesce(c.root_id, c.id) FROM hit
JOIN conversations_conversation c ON c.merchant_id = %(merchant)s AND c.id = hit.conversation_id
ORDER BY hit.at DESC LIMIT %(found)s
"""
_PEOPLE = """
WITH who AS MATERIALIZED (
  (SELECT coalesce(root_id, id) AS id FROM customers_customer
   WHERE merchant_id = %(merchant)s AND name ILIKE %(pattern)s LIMIT 40)
  UNION
  (SELECT coalesce(u.root_id, u.id) FROM customers_handle h
   JOIN customers_customer u ON u.merchant_id = h.merchant_id AND u.id = h.customer_id
   WHERE h.merchant_id = %(merchant)s AND h.address ILIKE %(pattern)s LIMIT 40)
), them AS (
  SELECT id FROM who UNION
  SELECT u.id FROM customers_customer u JOIN who ON u.root_id = who.id WHERE u.merchant_id = %(merchant)s
)
SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.customer_id IN (SELECT id FROM them)
ORDER BY c.last_at DESC LIMIT %(found)s
"""


def search(member: Membership, words: str) -> list[Row]:
    """Conversations found by their people, numbers, subjects and words; people first, then newest. [] for nothing."""
    words = one_line(words, 200)
    if not words:
        return []
    ids: dict[int, None] = {}
    if words.lstrip("#").isdigit() and len(words) < 15:
        ids[int(words.lstrip("#"))] = None
    if len(words) >= 3:
        ids.update(dict.fromkeys(_ids(_PEOPLE, member, words)))
    ids.update(dict.fromkeys(_by_words(member, words)))
    if len(ids) < FOUND:
        ids.update(dict.fromkeys(_ids(_NOTES, member, words)))
    return rows_by_id(member, list(ids)[:FOUND])


def _by_words(member: Membership, words: str) -> list[int]:
    entries = _ids(_NEWEST, member, words)
    if len(entries) < FOUND:
        rare = _ids(_RARE, member, words) if " " in words else []
        entries = _ids(_WITH_RARE if rare else _INDEXED, member, words, rare=" ".join(rare))
    return _ids(_PLACES, member, words, entries=entries) if entries else []


def _ids(statement: str, member: Membership, words: str, **more: Any) -> list[Any]:
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    values: dict[str, Any] = {
        "merchant": member.merchant_id,
        "words": words,
        "pattern": pattern,
        "found": FOUND,
        "newest": NEWEST,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]
