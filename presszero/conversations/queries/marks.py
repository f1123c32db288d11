"""What conversations are marked with: tags, whose queue, own fields."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from ..models import Conversation

_MARKS = """
SELECT
  (SELECT json_agg(json_build_array(t.id, t.name, t.colour) ORDER BY lower(t.name))
   FROM conversations_tagged x JOIN conversations_tag t ON t.merchant_id = x.merchant_id AND t.id = x.tag_id
   WHERE x.merchant_id = %(merchant)s AND x.conversation_id = %(conversation)s AND x.removed_at IS NULL),
  (SELECT name FROM team_team WHERE merchant_id = %(merchant)s AND id = %(team)s),
  EXISTS (SELECT FROM team_team WHERE merchant_id = %(merchant)s AND retired_at IS NULL)
"""
_TAGS_IN = """
SELECT x.conversation_id, t.id, t.name, t.colour
FROM conversations_tagged x JOIN conversations_tag t ON t.merchant_id = x.merchant_id AND t.id = x.tag_id
WHERE x.merchant_id = %(merchant)s AND x.conversation_id = ANY(%(ids)s) AND x.removed_at IS NULL
ORDER BY lower(t.name), t.id
"""
_CARRIED = """
SELECT x.tag_id, count(*) FROM conversations_tagged x
WHERE x.merchant_id = %(merchant)s AND x.removed_at IS NULL GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class TagSeen:
    """`colour` as in actions.tags.COLOURS."""

    id: int
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Marks:
    """`team` is the name of the queue it stands in, "" for everybody's; `teams`: whether the merchant has any."""

    tags: list[TagSeen] = field(default_factory=list)
    team: str = ""
    teams: bool = False


def marks(conversation: Conversation) -> Marks:
    """Of one conversation, in one statement."""
    asked = {"merchant": conversation.merchant_id, "conversation": conversation.now_id, "team": conversation.team_id}
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, asked)
        tags, team, teams = cursor.fetchone()
    rows = json.loads(tags) if isinstance(tags, str) else tags or []
    return Marks([TagSeen(*row) for row in rows], team or "", bool(teams))


def tags_in(merchant_id: int, ids: Sequence[int]) -> dict[int, list[TagSeen]]:
    """The tags of many conversations, in one statement."""
    found: dict[int, list[TagSeen]] = {}
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_TAGS_IN, {"merchant": merchant_id, "ids": list(ids)})
        for conversation_id, *tag in cursor.fetchall():
            found.setdefault(conversation_id, []).append(TagSeen(*tag))
    return found


def carried(merchant_id: int) -> dict[int, int]:
    """Tag → how many conversations carry it."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, {"merchant": merchant_id})
        return dict(cursor.fetchall())
