"""Conversations, and what stands in them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone

from presszero.conversations import filtering
from presszero.conversations.models import Conversation
from presszero.conversations.queries import family
from presszero.conversations.queries.sight import role_in, seen_by
from presszero.team.marks import at_least
from presszero.team.models import Role

from ..callers import Caller
from ..cursors import place
from ..problems import Problem
from ..shapes.conversations import ConversationQuery
from ..shapes.kinds import Paging
from .rows import Asked, bounded, by_id, one, several

CONVERSATION = """json_build_object('id', c.id,
  'customer', json_build_object('id', coalesce(r.id, u.id), 'name', coalesce(r.name, u.name)), 'line_id', c.line_id,
  'subject', c.subject, 'state', c.state, 'priority', c.priority, 'topic_id', c.topic_id, 'team_id', c.team_id,
  'assignee_id', c.assignee_id, 'tags', coalesce((
    SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name) FROM conversations_tagged g
    JOIN conversations_tag t ON t.merchant_id = g.merchant_id AND t.id = g.tag_id
    WHERE g.merchant_id = c.merchant_id AND g.conversation_id = c.id AND g.removed_at IS NULL), '[]'::json),
  'fields', c.fields, 'channel', c.last_channel, 'snippet', c.snippet, 'last_inbound', c.last_inbound,
  'waiting_since', c.waiting_since, 'due_at', c.due_at, 'first_reply_at', c.first_reply_at,
  'snoozed_until', c.snoozed_until, 'matters', c.matters, 'needed_by', c.needed_by, 'created_at', c.created_at,
  'last_at', c.last_at, 'version', c.version)"""
_FROM = """FROM conversations_conversation c
JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
LEFT JOIN customers_customer r ON r.merchant_id = u.merchant_id AND r.id = u.root_id
WHERE c.merchant_id = %(merchant)s"""
_TODAY = """c.id = (SELECT coalesce(x.root_id, x.id) FROM conversations_conversation x
  WHERE x.merchant_id = %(merchant)s AND x.id = %(number)s)"""
# Written out: the indexes of the desk's lists are each for one state, and a parameter would not find them.
_STATES = {state: f"c.state = '{state}'" for state in ("open", "snoozed", "resolved", "spam")}
_SIMPLE = {
    "priority": "c.priority = %(priority)s",
    "topic": "c.topic_id = %(topic)s",
    "team": "c.team_id = %(team)s",
    "assignee": "c.assignee_id = %(assignee)s",
    "line": "c.line_id = %(line)s",
    "channel": "c.last_channel = %(channel)s",
    "updated_after": "c.last_at > %(updated_after)s",
    "tag": """EXISTS (SELECT FROM conversations_tagged g WHERE g.merchant_id = c.merchant_id
      AND g.conversation_id = c.id AND g.tag_id = %(tag)s AND g.removed_at IS NULL)""",
    "customer": """c.customer_id IN (SELECT f.id FROM customers_customer f WHERE f.merchant_id = %(merchant)s
      AND (f.id = %(customer)s OR f.root_id = %(customer)s))""",
}


def find(caller: Caller, query: ConversationQuery, node: object = None) -> list[tuple[Any, ...]]:
    """(JSON, place in the order …) of the conversations that the caller sees. Raises Problem, BadFilter."""
    seen, seer = seen_by(caller.eyes)
    asked = Asked(["c.root_id IS NULL", seen], {"merchant": caller.merchant.id, **seer})
    if query.state:
        asked.add(_STATES[query.state])
    for name, condition in _SIMPLE.items():
        value = getattr(query, name)
        if value is not None:
            asked.add(condition, **{name: value})
    for each in (node, _filter(query.filter)):
        if each is not None:
            read = filtering.read(caller.merchant, each)
            condition, values = filtering.where(
                read, caller.member or caller.merchant, timezone.now(), prefix=f"f{len(asked.conditions)}"
            )
            asked.add(condition, **values)
    if query.order == "last":
        return _by_last(asked, query)
    end = by_id(asked, query, "c.id", newest=query.order == "newest")
    statement = f"SELECT {CONVERSATION}, c.id {_FROM} AND {asked.where}{end}"
    return bounded(statement, asked.values) if query.filter or node else several(statement, asked.values)


def shown(merchant_id: int, number: int) -> dict[str, Any]:
    """A conversation as the API says it, as it is today. Raises Http404."""
    values = {"merchant": merchant_id, "number": number}
    return one(f"SELECT {CONVERSATION} {_FROM} AND {_TODAY}", values)


def row(caller: Caller, number: int, needs: Role = Role.READ_ONLY) -> Conversation:
    """The row, as it is today. Raises Http404 when the caller does not see it, Problem when they may not do this."""
    rows = Conversation.objects.filter(merchant=caller.merchant).select_related("customer", "line__brand")
    found = rows.filter(id=number).first()
    if found and found.root_id:
        found = rows.filter(id=found.root_id).first()
    role = role_in(caller.eyes, found) if found else None
    if found is None or role is None:
        raise Http404
    if not at_least(role, needs):
        raise Problem(403, "Whom this token acts as may only read what stands in this queue.")
    return found


_MESSAGE = """json_build_object('id', m.id, 'conversation_id', coalesce(c.root_id, c.id), 'at', m.at,
  'inbound', m.inbound, 'author', json_build_object('kind',
    CASE WHEN m.inbound THEN 'customer' ELSE coalesce(nullif(split_part(e.actor, ':', 1), ''), 'system') END,
    'id', CASE WHEN m.inbound THEN coalesce(u.root_id, u.id)
      WHEN e.actor ~ ':[0-9]+$' THEN split_part(e.actor, ':', 2)::bigint END,
    'name', e.sender_name, 'address', e.sender_address),
  'channel', l.kind, 'line_id', l.id, 'subject', e.subject, 'text', e.text, 'automatic', e.automatic,
  'taken_back_at', m.taken_back_at,
  'attachments', coalesce((SELECT json_agg(json_build_object('id', a.id, 'name', a.filename, 'type', a.content_type,
     'size', a.size, 'inline', a.inline, 'url', '/api/v1/attachments/' || a.token) ORDER BY a.id)
     FROM channels_attachment a WHERE a.merchant_id = e.merchant_id AND a.entry_id = e.id), '[]'::json),
  'deliveries', coalesce((SELECT json_agg(json_build_object('id', d.id, 'to', d.address, 'state', d.state,
     'reason', d.reason) ORDER BY d.id)
     FROM channels_delivery d WHERE d.merchant_id = e.merchant_id AND d.entry_id = e.id), '[]'::json))"""
_MESSAGES = f"""SELECT {_MESSAGE}, m.id FROM conversations_message m
JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = m.conversation_id
JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
WHERE m.merchant_id = %(merchant)s AND """  # noqa: S608 - our own
_NOTES = """SELECT json_build_object('id', n.id, 'conversation_id', coalesce(c.root_id, c.id), 'at', n.at,
  'member_id', n.by_id, 'text', n.text), n.id FROM conversations_note n
JOIN conversations_conversation c ON c.merchant_id = n.merchant_id AND c.id = n.conversation_id
WHERE n.merchant_id = %(merchant)s AND n.removed_at IS NULL AND """


def messages(found: Conversation, query: Paging) -> list[tuple[Any, ...]]:
    """(JSON, id) of what was said in a conversation and all that is part of it, newest first."""
    asked = Asked(["m.conversation_id = ANY(%(ids)s)"], {"merchant": found.merchant_id, "ids": family(found)})
    end = by_id(asked, query, "m.id")
    return several(_MESSAGES + asked.where + end, asked.values)


def message(merchant_id: int, number: int) -> dict[str, Any]:
    """One message. Raises Http404."""
    return one(_MESSAGES + "m.id = %(id)s", {"merchant": merchant_id, "id": number})


def notes(found: Conversation, query: Paging) -> list[tuple[Any, ...]]:
    """(JSON, id) of the notes in a conversation, newest first."""
    asked = Asked(["n.conversation_id = ANY(%(ids)s)"], {"merchant": found.merchant_id, "ids": family(found)})
    end = by_id(asked, query, "n.id")
    return several(_NOTES + asked.where + end, asked.values)


def note(merchant_id: int, number: int) -> dict[str, Any]:
    """One note. Raises Http404."""
    return one(_NOTES + "n.id = %(id)s", {"merchant": merchant_id, "id": number})


def _filter(text: str) -> object:
    """A filter out of the query. Raises Problem when it is not JSON."""
    if not text:
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(422, "The filter is not JSON.") from None
    return found


def _by_last(asked: Asked, query: ConversationQuery) -> list[tuple[Any, ...]]:
    """The most recent message first. What moves up meanwhile is met again at the top, never skipped below."""
    if not query.state:
        raise Problem(422, "The order by the last message needs a state.", next_step="Add `state=open`, for instance.")
    at = place(query.cursor, str, int)
    if at:
        asked.add("(c.last_at, c.id) < (%(last)s::timestamptz, %(place)s)", last=_moment(at[0]), place=at[1])
    end = " ORDER BY c.last_at DESC, c.id DESC LIMIT %(limit)s"
    asked.values["limit"] = query.limit + 1
    statement = f"SELECT {CONVERSATION}, c.last_at::text, c.id {_FROM} AND {asked.where}{end}"
    return several(statement, asked.values)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(422, "This cursor is not one of ours. Begin without one.") from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.get_current_timezone())
