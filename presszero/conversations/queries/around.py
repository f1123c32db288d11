"""What stands around a conversation's stream: the team, the topics, who looks, and what was begun. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.team.models import Membership

from ..models import Conversation

_AROUND = """
SELECT
  (SELECT id FROM timeline_event ORDER BY id DESC LIMIT 1),
  ARRAY(SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s),
  (SELECT json_agg(json_build_array(m.id, p.name, p.email, m.left_at IS NULL AND (m.sees_all OR EXISTS (
     SELECT FROM team_teammember tm JOIN team_team tt ON tt.merchant_id = tm.merchant_id AND tt.id = tm.team_id
     WHERE tm.merchant_id = m.merchant_id AND tm.member_id = m.id AND tm.team_id = %(team)s AND tt.retired_at IS NULL
   ))) ORDER BY p.name, m.id)
   FROM team_membership m JOIN team_person p ON p.id = m.person_id WHERE m.merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY name)
   FROM conversations_topic WHERE merchant_id = %(merchant)s AND retired_at IS NULL),
  (SELECT json_agg(json_build_array(member_id, coalesce(typing_at > %(writes)s, false)) ORDER BY id)
   FROM conversations_looking WHERE merchant_id = %(merchant)s AND conversation_id = %(conversation)s
     AND at > %(looks)s AND member_id <> %(member)s),
  (SELECT json_object_agg(kind, text) FROM conversations_draft
   WHERE merchant_id = %(merchant)s AND conversation_id = %(conversation)s AND by_id = %(member)s),
  (SELECT json_agg(json_build_object('token', token, 'filename', filename, 'size', size,
     'content_type', content_type) ORDER BY id)
   FROM conversations_upload WHERE merchant_id = %(merchant)s AND conversation_id = %(conversation)s
     AND by_id = %(member)s AND used_at IS NULL),
  EXISTS (SELECT FROM conversations_note WHERE merchant_id = %(merchant)s AND conversation_id = ANY(ARRAY(
     SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s
     UNION ALL SELECT %(conversation)s::bigint))),
  EXISTS (SELECT FROM conversations_sidethread WHERE merchant_id = %(merchant)s AND conversation_id = ANY(ARRAY(
     SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s
     UNION ALL SELECT %(conversation)s::bigint))),
  EXISTS (SELECT FROM commerce_draftorder WHERE merchant_id = %(merchant)s AND conversation_id = ANY(ARRAY(
     SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s
     UNION ALL SELECT %(conversation)s::bigint)))
"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the team, in as few words as a menu needs."""

    id: int
    name: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Around:
    """`newest` is the newest event of all as this was read; `names` has those too who left; `family` its own id first.

    `team` are those who see its queue. `looking`: {"name", "typing"}. `drafts`: kind → text.
    `uploads`: {"token", "filename", "size", "content_type"}.
    """

    newest: int
    family: list[int]
    team: list[Colleague]
    names: dict[int, str]
    topics: list[dict[str, Any]]
    looking: list[dict[str, Any]]
    drafts: dict[str, str]
    uploads: list[dict[str, Any]]
    has_notes: bool = True  # whether there are any to be read
    has_sides: bool = True  # the same of side threads
    has_orders_to_pay: bool = True  # and of orders made here, to be paid by link


def around(conversation: Conversation, member: Membership) -> Around:
    """For the member who looks at it."""
    now = timezone.now()
    values: dict[str, Any] = {
        "merchant": conversation.merchant_id,
        "conversation": conversation.now_id,
        "member": member.id,
        "team": conversation.team_id,
        "writes": now - timedelta(seconds=8),
        "looks": now - timedelta(seconds=40),
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, values)
        newest, merged, team, topics, looking, drafts, uploads, noted, sided, drafted = cursor.fetchone()
    first = {number: (name.split() or [email])[0] for number, name, email, _ in team or ()}
    return Around(
        newest or 0,
        [conversation.now_id, *merged],
        [Colleague(number, name, first[number]) for number, name, _, here in team or () if here],
        {number: name for number, name, _, _ in team or ()},
        topics or [],
        [{"name": first[number], "typing": typing} for number, typing in looking or ()],
        drafts or {},
        uploads or [],
        noted,
        sided,
        drafted,
    )
