"""Who is to be told of what happened: one statement each, and none of it where nobody asked to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection

from presszero.timeline.actions import wake
from presszero.timeline.models import Event

SOON = timedelta(minutes=15)  # before an answer is due

# Whoever has the conversation in sight need not be told. A desk in sight says so every twenty seconds.
_WHO = """
FROM conversations_conversation h
JOIN conversations_conversation c ON c.merchant_id = h.merchant_id AND c.id = coalesce(h.root_id, h.id)
JOIN alerts_alertchoice a ON a.merchant_id = c.merchant_id AND (a.desktop OR a.push OR a.sound)
JOIN team_membership m ON m.merchant_id = a.merchant_id AND m.id = a.member_id AND m.left_at IS NULL
WHERE h.merchant_id = %(merchant)s AND h.id = %(conversation)s AND c.state <> 'spam'
  AND NOT EXISTS (SELECT FROM conversations_looking l WHERE l.merchant_id = c.merchant_id
    AND l.conversation_id = c.id AND l.member_id = m.id AND l.at > now() - interval '25 seconds')
"""
_KEEP = """
INSERT INTO alerts_alert (merchant_id, member_id, conversation_id, what, about, by, at, pushed_at)
SELECT c.merchant_id, m.id, c.id, {what}, %(about)s, %(by)s, now(), CASE WHEN a.push THEN NULL ELSE now() END
"""
_SEES = """(m.sees_all OR EXISTS (SELECT FROM team_teammember tm
  JOIN team_team tt ON tt.merchant_id = tm.merchant_id AND tt.id = tm.team_id AND tt.retired_at IS NULL
  WHERE tm.merchant_id = m.merchant_id AND tm.member_id = m.id AND tm.team_id = c.team_id))"""
_WROTE = f"""{_KEEP.format(what="CASE WHEN c.assignee_id = m.id THEN 'mine' ELSE 'unassigned' END")} {_WHO}
  AND c.state = 'open' AND ((c.assignee_id = m.id AND a.mine) OR (c.assignee_id IS NULL AND a.unassigned AND {_SEES}))
ON CONFLICT DO NOTHING"""
_NAMED = f"""{_KEEP.format(what="'mention'")} {_WHO} AND m.id = %(member)s AND a.mentions
ON CONFLICT DO NOTHING"""
_GIVEN = f"""{_KEEP.format(what="'given'")} {_WHO} AND m.id = %(member)s AND c.assignee_id = m.id AND a.given
ON CONFLICT DO NOTHING"""
# Of a remedy: whoever may answer for it, or whoever asked. What it is about tells it once.
_ASKED = f"""{_KEEP.format(what="%(what)s")} {_WHO} AND m.id = ANY(%(members)s) AND a.questions
ON CONFLICT DO NOTHING"""
# Whoever leads, whoever has it, and whoever answers everything alone.
_WAITS = f"""{_KEEP.format(what="%(what)s")} {_WHO} AND a.waits
  AND (m.role IN ('lead', 'admin') OR c.assignee_id = m.id) AND (c.assignee_id = m.id OR {_SEES})
ON CONFLICT DO NOTHING"""
_TURN = f"""{_KEEP.format(what="'turn'")} {_WHO} AND m.id = %(member)s AND a.given
  AND c.assignee_id IS DISTINCT FROM m.id
ON CONFLICT DO NOTHING"""
_ANYBODY = """SELECT EXISTS (
  SELECT FROM alerts_alertchoice WHERE merchant_id = %s AND (desktop OR push OR sound))"""
_PROMISED = """
INSERT INTO alerts_alert (merchant_id, member_id, conversation_id, what, about, by, at, pushed_at)
SELECT c.merchant_id, m.id, c.id, 'promise', p.id, '', %(now)s, CASE WHEN a.push THEN NULL ELSE now() END
FROM promises_promise p
JOIN conversations_conversation h ON h.merchant_id = p.merchant_id AND h.id = p.conversation_id
JOIN conversations_conversation c ON c.merchant_id = h.merchant_id AND c.id = coalesce(h.root_id, h.id)
JOIN alerts_alertchoice a ON a.merchant_id = c.merchant_id AND a.member_id = c.assignee_id AND a.promises
  AND (a.desktop OR a.push OR a.sound)
JOIN team_membership m ON m.merchant_id = a.merchant_id AND m.id = a.member_id AND m.left_at IS NULL
WHERE p.kept_at IS NULL AND p.broken_at IS NULL AND p.withdrawn_at IS NULL AND p.renegotiated_at IS NULL
  AND p.kind IN ('answer', 'callback') AND c.state = 'open'
  AND p.due_at > %(now)s AND p.due_at <= %(soon)s
ON CONFLICT DO NOTHING
"""


def somebody_asked(merchant_id: int) -> bool:
    """Whether any member of this merchant wants to be told of anything."""
    with connection.cursor() as cursor:
        cursor.execute(_ANYBODY, [merchant_id])
        return bool(cursor.fetchone()[0])


def tell_of_words(event: Event) -> int:
    """A customer wrote: whoever has it, or everybody who watches what nobody has. How many are told."""
    return _raise(_WROTE, event, None)


def tell_of_mention(event: Event, member_id: int) -> int:
    """A colleague named them in a note."""
    return _raise(_NAMED, event, member_id)


def tell_of_assignment(event: Event, member_id: int) -> int:
    """A colleague, a rule or the routing gave it to them."""
    return _raise(_GIVEN, event, member_id)


def tell_of_question(event: Event, members: list[int], what: str) -> int:
    """A colleague asked for more than is theirs to give, or has their answer. `what`: question · answer."""
    return _raise(_ASKED, event, None, {"members": members, "what": what, "about": int(event.data["remedy_id"])})


def tell_of_waiting(event: Event) -> int:
    """Somebody waits for a person, and the time that is allowed is nearly over, or is. How many are told."""
    return _raise(_WAITS, event, None, {"what": "late" if event.kind == "waiting.late" else "waits"})


def tell_of_turn(event: Event, member_id: int) -> int:
    """A chat that stays a colleague's waits, and they are free."""
    return _raise(_TURN, event, member_id)


def tell_of_promises(now: datetime) -> int:
    """Answers that are due within a quarter of an hour; each is told once."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, {"now": now, "soon": now + SOON})
        raised: int = cursor.rowcount
    if raised:
        wake("push")
    return raised


def _raise(statement: str, event: Event, member_id: int | None, more: Mapping[str, Any] = MappingProxyType({})) -> int:
    values: dict[str, Any] = {
        "merchant": event.merchant_id,
        "conversation": event.conversation_id or 0,
        "about": event.id,
        "by": event.actor,
        "member": member_id,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        raised: int = cursor.rowcount
    if raised:
        wake("push")
    return raised
