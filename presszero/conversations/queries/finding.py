"""What a typed search finds, and where in the words it was found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db import connection

from presszero.core.text import one_line
from presszero.team.models import Membership

from .. import filtering
from ..filtering import BadFilter
from .lists import Row, rows_by_id
from .narrowing import Narrowed, narrowed
from .search import FOUND, search_ids
from .typed import has_filters, typed

Pieces = list[tuple[str, bool]]  # text, and whether it is what was looked for

_BEFORE, _LENGTH = 40, 140  # characters of a snippet, before what was found and in all

_SAID = """
SELECT DISTINCT ON (few.id) few.id, e.text FROM unnest(%(ids)s::bigint[]) AS few (id)
JOIN conversations_message m ON m.merchant_id = %(merchant)s AND m.taken_back_at IS NULL
  AND m.conversation_id = ANY(ARRAY(SELECT h.id FROM conversations_conversation h
    WHERE h.merchant_id = %(merchant)s AND h.root_id = few.id) || few.id)
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
WHERE e.search @@ presszero_query(%(merchant)s, %(words)s) ORDER BY few.id, m.at DESC
"""


@dataclass(frozen=True)
class Found:
    """`said`: by conversation, the words that were found with what is around them. `problem`: why nothing can be.

    `whole`: there is no more than this; else these are the newest of what was looked through.
    """

    rows: list[Row] = field(default_factory=list)
    said: dict[int, Pieces] = field(default_factory=dict)
    problem: str = ""
    whole: bool = True


def find(member: Membership, text: str, most: int = FOUND, *, marked: bool = True) -> Found:
    """The conversations a typed search finds for this member, at most `most`. Without `marked` no words are shown."""
    text = one_line(text, 200)
    if member.sees_all and not has_filters(text):
        ids = search_ids(member, text)
        return _shown(member, Narrowed(ids[:most], len(ids) < most), text if marked else "")
    asked = typed(text, filtering.known(member.merchant_id))
    if asked.problem:
        return Found(problem=asked.problem)
    try:
        found = narrowed(member, asked, most)
    except BadFilter as why:
        return Found(problem=str(why))
    return _shown(member, found, asked.words if marked else "")


def _shown(member: Membership, found: Narrowed, words: str) -> Found:
    rows = rows_by_id(member, found.ids)
    said = _said(member, [row.id for row in rows], words) if words and rows else {}
    return Found(rows, said, whole=found.whole)


def _said(member: Membership, ids: list[int], words: str) -> dict[int, Pieces]:
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"merchant": member.merchant_id, "ids": ids, "words": words})
        found = {number: marked_in(text, words) for number, text in cursor.fetchall()}
    return {number: pieces for number, pieces in found.items() if pieces}


def marked_in(text: str, words: str) -> Pieces:
    """The part of a text around the first of the words, with all of them marked. [] when none begins a word in it."""
    looked_for = "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{looked_for})\w*", re.IGNORECASE)
    first = pattern.search(text)
    if not looked_for or first is None:
        return []
    begins = max(first.start() - _BEFORE, 0)
    begins = text.find(" ", begins, first.start()) + 1 if begins else 0
    part = " ".join(text[begins : begins + _LENGTH].split())
    pieces: Pieces = [("…", False)] if begins else []
    at = 0
    for each in pattern.finditer(part):
        pieces += [(part[at : each.start()], False), (each[0], True)]
        at = each.end()
    return [piece for piece in [*pieces, (part[at:], False)] if piece[0]]
