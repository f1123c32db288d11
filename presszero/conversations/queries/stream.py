"""What stands in a conversation, in order: messages, notes, and what was done to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor, from_code
from presszero.team.models import Membership
from presszero.timeline.facts import kinds

from ..models import Conversation
from .around import Around

SHOWN = 300  # the newest items; older ones are fetched when asked for

# Facts that a person reading the conversation wants to see between the messages.
_TOLD = [
    "conversation.resolved",
    "conversation.reopened",
    "conversation.snoozed",
    "conversation.woken",
    "conversation.assigned",
    "conversation.merged",
    "conversation.unmerged",
    "conversation.split",
    "conversation.unsplit",
    "conversation.recognised",
    "claim.answered",
    "rule.fired",
    "side.asked",
    "side.answered",
    "side.closed",
]


def tell_too(*facts: str) -> None:
    """Facts of apps above that belong between the messages; said once, while Django starts."""
    _TOLD.extend(fact for fact in facts if fact not in _TOLD)


_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

_MESSAGES = """
SELECT m.id, m.at, m.inbound, m.reason, m.taken_back_at, m.conversation_id, e.id, e.sender_name, e.sender_address,
  e.actor, e.subject, e.text, e.folded <> '', e.html <> '', e.proof, e.automatic, e.warnings, e.copied, e.reply_to,
  l.kind, l.address, t.id,
  (SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.filename, 'type', a.content_type, 'size', a.size,
     'token', a.token, 'inline', a.inline) ORDER BY a.id)
   FROM channels_attachment a WHERE a.merchant_id = e.merchant_id AND a.entry_id = e.id),
  CASE WHEN NOT m.inbound THEN
    (SELECT jsonb_agg(jsonb_build_object('id', d.id, 'to', d.address, 'state', d.state, 'reason', d.reason,
       'at', d.not_before, 'tries', d.tries) ORDER BY d.id)
     FROM channels_delivery d WHERE d.merchant_id = e.merchant_id AND d.entry_id = e.id) END
FROM conversations_message m
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
WHERE m.merchant_id = %s AND m.conversation_id = ANY(%s)
ORDER BY m.at DESC, m.id DESC LIMIT %s
"""

_NOTES = """
SELECT n.id, n.at, n.text, n.by_id, p.name, n.removed_at IS NOT NULL, n.call, n.minutes
FROM conversations_note n
LEFT JOIN team_membership b ON b.merchant_id = n.merchant_id AND b.id = n.by_id
LEFT JOIN team_person p ON p.id = b.person_id
WHERE n.merchant_id = %s AND n.conversation_id = ANY(%s) ORDER BY n.at DESC, n.id DESC LIMIT %s
"""

_EVENTS = """
SELECT id, kind, at, actor, data FROM timeline_event
WHERE merchant_id = %s AND conversation_id = ANY(%s) AND kind = ANY(%s) AND at >= %s ORDER BY id DESC LIMIT 500
"""

_LOOKING = """
SELECT p.name, p.email, coalesce(k.typing_at > %(writes)s, false) FROM conversations_looking k
JOIN team_membership b ON b.merchant_id = k.merchant_id AND b.id = k.member_id
JOIN team_person p ON p.id = b.person_id
WHERE k.merchant_id = %(merchant)s AND k.conversation_id = %(conversation)s AND k.at > %(looks)s
  AND k.member_id <> %(member)s
ORDER BY k.id
"""


@dataclass(slots=True)
class Item:
    """One thing in the stream. `kind`: message · note · event. Fields that do not apply stay empty."""

    kind: str
    id: int
    at: datetime
    text: str = ""
    inbound: bool = False
    who: str = ""  # who said or did it
    who_id: int | None = None  # the member, for notes
    address: str = ""
    channel: str = ""
    line: str = ""  # our address it came to or went from
    subject: str = ""
    reason: str = ""  # why it stands in this conversation
    proof: str = ""
    automatic: str = ""
    warnings: list[str] = field(default_factory=list)
    copied: list[list[str]] = field(default_factory=list)
    reply_to: str = ""
    has_folded: bool = False
    has_html: bool = False
    entry_id: int = 0
    thread_id: int = 0
    taken_back: bool = False
    removed: bool = False
    attachments: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)  # of an event
    fact: str = ""  # the event's kind
    by: str = ""  # the code of who did it


def stream(conversation: Conversation, here: Around, limit: int = SHOWN) -> list[Item]:
    """The newest `limit` messages and notes with the events between them, oldest first."""
    ids, names = here.family, here.names
    found = _messages(conversation, ids, limit, names)
    found += _notes(conversation, ids, limit) if here.has_notes else []
    found.sort(key=lambda item: (item.at, item.id))  # what came in one commit has one time
    found = found[-limit:]
    since = found[0].at if found and len(found) == limit else None
    events = _events(conversation, ids, since, names)
    return sorted(found + events, key=lambda item: item.at)


def others_looking(conversation: Conversation, member: Membership) -> list[dict[str, object]]:
    """Who else has it open now, and whether they type: {"name", "typing"}."""
    now = timezone.now()
    values: dict[str, Any] = {
        "merchant": conversation.merchant_id,
        "conversation": conversation.now_id,
        "member": member.id,
        "writes": now - timedelta(seconds=8),
        "looks": now - timedelta(seconds=40),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKING, values)
        rows = cursor.fetchall()
    return [{"name": (name.split() or [email])[0], "typing": typing} for name, email, typing in rows]


def _messages(conversation: Conversation, ids: list[int], limit: int, names: dict[int, str]) -> list[Item]:
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, [conversation.merchant_id, ids, limit])
        return [_message(row, names) for row in cursor.fetchall()]


def _message(row: tuple[Any, ...], names: dict[int, str]) -> Item:
    (
        number, at, inbound, reason, taken_back, _place, entry, sender, address, actor, subject, text, folded, html,
        proof, automatic, warnings, copied, reply_to, channel, line, thread, attachments, deliveries,
    ) = row  # fmt: skip
    who = sender if inbound or not actor else _name(from_code(actor), names)
    return Item(
        "message", number, at, text, inbound, who, None, address,
        channel, line, subject, reason, proof, automatic, _list(warnings), _list(copied), reply_to, folded, html,
        entry, thread, taken_back is not None, False, _list(attachments), _list(deliveries),
    )  # fmt: skip


def _notes(conversation: Conversation, ids: list[int], limit: int) -> list[Item]:
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, [conversation.merchant_id, ids, limit])
        return [
            Item(
                "note",
                number,
                at,
                "" if removed else text,
                who=name or "Press Zero",
                who_id=by,
                removed=removed,
                details={"call": call, "minutes": minutes} if call else {},
            )
            for number, at, text, by, name, removed, call, minutes in cursor.fetchall()
        ]


def _events(conversation: Conversation, ids: list[int], since: datetime | None, names: dict[int, str]) -> list[Item]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [conversation.merchant_id, ids, _TOLD, since or _BEFORE_ALL])
        rows = cursor.fetchall()
    for number, kind, at, actor, data in rows:
        details = json.loads(data) if isinstance(data, str) else dict(data)
        details["member"] = names.get(details.get("member_id") or 0, "")
        sentence = str(kinds[kind].sentence)
        who = _name(from_code(actor), names)
        found.append(Item("event", number, at, sentence, who=who, details=details, fact=kind, by=actor))
    return found[::-1]


def _name(actor: Actor, names: dict[int, str]) -> str:
    if actor.kind == "member":
        return names.get(actor.id or 0, _("Someone who left"))
    others = {
        "customer": _("The customer"),
        "assistant": _("The assistant"),
        "rule": _("A rule"),
        "api": _("A program"),
    }
    return others.get(actor.kind, _("Press Zero"))


def _list(value: Any) -> list[Any]:
    """A jsonb value as the raw cursor gives it: parsed, or text where Django turned the loader off."""
    if isinstance(value, str):
        return list(_parsed(value))
    return list(value or [])


def _parsed(value: str) -> list[Any]:
    return json.loads(value) or []
