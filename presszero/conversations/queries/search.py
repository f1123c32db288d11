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
from .sight import seen_by
from .who import families, who

FOUND = 30  # conversations on a page of results
NEWEST = 1500  # entries looked through before the index is asked
PEOPLE = 40  # whose conversations are found by a name or an address
GATHERED = 300  # entries, of which many may be of one conversation
MORE = 600  # conversations gathered for whoever sees some queues alone: most of what is found may not be theirs

_ROOT = "JOIN conversations_conversation r ON r.merchant_id = c.merchant_id AND r.id = coalesce(c.root_id, c.id)"

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
SELECT coalesce(c.root_id, c.id), bool_and({seen})
FROM conversations_message m
JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = m.conversation_id
{root} WHERE m.merchant_id = %(merchant)s AND m.entry_id = ANY(%(entries)s)
GROUP BY 1 ORDER BY max(m.at) DESC
"""
_NOTES = """
WITH hit AS MATERIALIZED (
  SELECT conversation_id, at FROM conversations_note
  WHERE search @@ presszero_query(%(merchant)s, %(words)s) AND removed_at IS NULL LIMIT 500
) SELECT coalesce(c.root_id, c.id) FROM hit
JOIN conversations_conversation c ON c.merchant_id = %(merchant)s AND c.id = hit.conversation_id
{root} WHERE {seen} ORDER BY hit.at DESC LIMIT %(found)s
"""
_PEOPLE = """
SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.customer_id = ANY(%(people)s) AND {seen}
ORDER BY c.last_at DESC LIMIT %(found)s
"""


def search(member: Membership, words: str, most: int = FOUND) -> list[Row]:
    """Conversations found by their people, numbers, subjects and words; people first, then newest. [] for nothing."""
    return rows_by_id(member, search_ids(member, one_line(words, 200))[:most])


def search_said(member: Membership, words: str) -> list[Row]:
    """The same without the words of notes, for whoever may not read those."""
    return rows_by_id(member, list(_said(member, one_line(words, 200)))[:FOUND])


def search_ids(member: Membership, words: str, enough: int = 0) -> list[int]:
    """Ids of them, those of notes last. `enough`: how many entries are gathered, where much of it is sorted out.

    Of a common word only what stands in the newest entries is gathered then: the rest is asked from the other side.
    """
    ids = _said(member, words, enough)
    if words and len(ids) < max(FOUND, enough):
        ids.update(dict.fromkeys(_seen_ids(_NOTES, member, words)))
    return list(ids)


def _said(member: Membership, words: str, enough: int = 0) -> dict[int, None]:
    ids: dict[int, None] = {}
    if not words:
        return ids
    if words.lstrip("#").isdigit() and len(words) < 15:
        ids[int(words.lstrip("#"))] = None
    if len(words) >= 3:
        people = families(member.merchant_id, who(member.merchant_id, words, PEOPLE))
        ids.update(dict.fromkeys(_seen_ids(_PEOPLE, member, words, "c", people=people) if people else []))
    ids.update(dict.fromkeys(_by_words(member, words, enough)))
    return ids


def _by_words(member: Membership, words: str, enough: int) -> list[int]:
    """Common is a word of many conversations, not of one that goes on and on about it."""
    common = FOUND if enough or member.sees_all else MORE
    most = max(enough, GATHERED)
    found = _places(member, words, _ids(_NEWEST, member, words, found=most))
    if len(found) < common:
        rare = _ids(_RARE, member, words) if " " in words else []
        entries = _ids(_WITH_RARE if rare else _INDEXED, member, words, rare=" ".join(rare), found=most)
        found = _places(member, words, entries)
    return [number for number, theirs in found if theirs]


def _places(member: Membership, words: str, entries: list[int]) -> list[tuple[int, bool]]:
    """The conversations these entries stand in, newest first, and whether the member sees each."""
    return _asked(*_of_member(_PLACES, member, words, "r", entries=entries)) if entries else []


def _seen_ids(statement: str, member: Membership, words: str, alias: str = "r", **more: Any) -> list[int]:
    return [row[0] for row in _asked(*_of_member(statement, member, words, alias, **more))]


def _ids(statement: str, member: Membership, words: str, **more: Any) -> list[Any]:
    return [row[0] for row in _asked(statement, _values(member, words, **more))]


def _of_member(statement: str, member: Membership, words: str, alias: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Of what the member sees: `alias` is the conversation as it is today."""
    seen, seer = seen_by(member, alias)
    root = _ROOT if seer and alias == "r" else ""
    return statement.format(root=root, seen=seen), _values(member, words, **seer, **more)


def _values(member: Membership, words: str, **more: Any) -> dict[str, Any]:
    return {"merchant": member.merchant_id, "words": words, "found": FOUND, "newest": NEWEST, **more}


def _asked(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
