"""What we said about answering, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language

from presszero.channels.answering import expects, open_hours
from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import seen_by
from presszero.team.models import Membership

from ..actions import open_promises
from ..languages import LANGUAGES, known
from ..policy import standing
from ..wording import Moment, by, when

PAGE = 50
COUNT_TO = 100

# The earliest of each conversation as it is today, those due soonest first. A delivery is the carrier's work until it
# is doubtful; what else was promised is somebody's here.
_DUE = """
SELECT coalesce(c.root_id, c.id) AS number, min(p.due_at) AS due FROM promises_promise p
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = p.conversation_id
{root} WHERE p.merchant_id = %(merchant)s AND p.kept_at IS NULL AND p.withdrawn_at IS NULL
  AND p.renegotiated_at IS NULL AND (p.kind <> 'delivery' OR p.state IN ('at_risk', 'broken')) {seen}
GROUP BY 1 ORDER BY due, number LIMIT %(limit)s OFFSET %(offset)s
"""
_ROOT = """JOIN conversations_conversation r ON r.merchant_id = c.merchant_id AND r.id = coalesce(c.root_id, c.id)"""
_OF = """
SELECT DISTINCT ON (number) coalesce(c.root_id, c.id) AS number, p.due_at, p.broken_at IS NOT NULL
FROM promises_promise p
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = p.conversation_id
WHERE p.merchant_id = %(merchant)s AND p.kind = 'answer' AND p.kept_at IS NULL AND p.withdrawn_at IS NULL
  AND (c.id = ANY(%(ids)s) OR c.root_id = ANY(%(ids)s))
ORDER BY number, p.due_at
"""
# What we said that stands open, and the newest of what they said of the matter; a row whatever there is.
_HEAD = """
WITH here AS (
  SELECT id FROM conversations_conversation
  WHERE merchant_id = %(merchant)s AND (id = %(conversation)s OR root_id = %(conversation)s)
)
SELECT p.due_at, p.broken_at IS NOT NULL, w.words, w.source FROM (SELECT 1) one
LEFT JOIN LATERAL (
  SELECT due_at, broken_at FROM promises_promise
  WHERE merchant_id = %(merchant)s AND conversation_id IN (SELECT id FROM here)
    AND kind = 'answer' AND kept_at IS NULL AND withdrawn_at IS NULL
  ORDER BY due_at LIMIT 1
) p ON true
LEFT JOIN LATERAL (
  SELECT words, source FROM conversations_wish
  WHERE merchant_id = %(merchant)s AND conversation_id IN (SELECT id FROM here)
  ORDER BY (words <> '') DESC, id DESC LIMIT 1
) w ON true
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A moment we named for an answer; `standing`: fine · at_risk · broken."""

    due_at: datetime
    standing: str


def due(member: Membership, page: int = 1) -> list[int]:
    """The conversations in which something we said is to be done, due soonest first; one more when there are more."""
    statement, values = _due(member)
    values |= {"limit": PAGE + 1, "offset": (min(max(page, 1), 200) - 1) * PAGE}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [number for number, _ in cursor.fetchall()]


def count_due(member: Membership) -> int:
    """How many there are, up to 100."""
    statement, values = _due(member)
    values |= {"limit": COUNT_TO, "offset": 0}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) few", values)  # noqa: S608 - our own statement
        return int(cursor.fetchone()[0])


def _due(member: Membership) -> tuple[str, dict[str, Any]]:
    """What is due in the conversations that the member sees."""
    condition, seer = seen_by(member, "r")
    seen = {"root": _ROOT, "seen": f"AND {condition}"} if seer else {"root": "", "seen": ""}
    return _DUE.format(**seen), {"merchant": member.merchant_id, **seer}


def said_in(merchant_id: int, ids: Sequence[int], now: datetime) -> dict[int, Said]:
    """By when an answer was promised in each of these conversations; those without are left out."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OF, {"merchant": merchant_id, "ids": list(ids)})
        return {number: Said(due, standing(due, broken, now)) for number, due, broken in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a conversation: what we said, and what they said of the matter."""

    said: Said | None
    words: str  # their sentence, "" for none
    source: str  # where they said it: form · chat · page · agent; "" for nowhere


def head(conversation: Conversation, now: datetime) -> Head:
    """In one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, {"merchant": conversation.merchant_id, "conversation": conversation.now_id})
        due, broken, words, source = cursor.fetchone()
    return Head(Said(due, standing(due, broken, now)) if due else None, words or "", source or "")


def sentence(conversation: Conversation) -> str:
    """When we answer, for the customer, in the language that is active: as we said, if that still holds."""
    now = timezone.now()
    line = Line.objects.select_related("hours", "merchant").get(
        merchant_id=conversation.merchant_id, id=conversation.line_id
    )
    language = LANGUAGES[known(get_language() or "") or "en"]
    week = open_hours(line)
    said = open_promises(conversation).filter(due_at__gt=now).order_by("due_at").first()
    if said:
        return language.open.format(by=by(Moment(now, said.due_at, week), language))
    if conversation.waiting_since is None:
        return ""
    return when(Moment(now, expects(line, now).by, week), language)
