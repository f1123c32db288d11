"""What somebody wrote is acknowledged; what we said is kept by an answer, and follows its matter."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from presszero.conversations.models import Conversation, Message
from presszero.core.actor import from_code
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .acknowledging import acknowledge
from .actions import carry, keep, unkeep, withdraw

_ANSWERING = ("member", "assistant")  # not the product by itself

_BEGINS = """
SELECT 1 FROM conversations_message m
JOIN conversations_conversation p ON p.merchant_id = m.merchant_id AND p.id = m.conversation_id
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = coalesce(p.root_id, p.id)
WHERE m.merchant_id = %s AND m.id = %s AND c.state = 'open' AND c.waiting_since = m.at
"""
_PROMISED = """
SELECT 1 FROM conversations_conversation h
JOIN conversations_conversation c ON c.merchant_id = h.merchant_id
  AND (c.id = coalesce(h.root_id, h.id) OR c.root_id = coalesce(h.root_id, h.id))
JOIN promises_promise p ON p.merchant_id = c.merchant_id AND p.conversation_id = c.id
WHERE h.merchant_id = %(merchant)s AND h.id = %(conversation)s AND p.kept_at IS NULL AND p.withdrawn_at IS NULL
LIMIT 1
"""


@hears("promises.acknowledgement", "message.received")
def somebody_wrote(event: Event) -> None:
    """Tells them that we have it, and when we answer."""
    if event.data.get("automatic") or not _begins_to_wait(event):
        return
    found = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"])
    message = found.select_related(
        "conversation__customer", "entry__thread__line__brand", "entry__thread__line__hours",
        "entry__thread__line__merchant",
    ).first()  # fmt: skip
    if message is not None:
        acknowledge(message, timezone.now())


@hears("promises.answer", "message.sent", "message.taken_back", "answer.not_arrived")
def somebody_answered(event: Event) -> None:
    """Keeps what we said; and opens it again when the answer was taken back or did not arrive."""
    by = from_code(event.actor)
    if event.kind == "message.sent" and (by.kind not in _ANSWERING or not _is_promised(event)):
        return
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    if event.kind != "message.sent":
        unkeep(row)
    else:
        keep(row, event.at, by=by)


@hears("promises.matter", "conversation.resolved", "conversation.split")
def the_matter_changed(event: Event) -> None:
    """A settled matter waits for nothing; of a split one, what we said goes with those who still wait."""
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    if event.kind == "conversation.split":
        part = _conversation(event, event.data["target_id"])
        if part is not None:
            carry(row, part)
    elif row.state == Conversation.State.RESOLVED:
        withdraw(row, by=from_code(event.actor), at=event.at)


def _begins_to_wait(event: Event) -> bool:
    """Most words go on where somebody waits already: this is one cheap read, and `acknowledge` asks again."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGINS, [event.merchant_id, event.data["message_id"]])
        return cursor.fetchone() is not None


def _is_promised(event: Event) -> bool:
    """Unlocked: whoever promised held the conversation before the answer could, and has committed."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, {"merchant": event.merchant_id, "conversation": event.conversation_id or 0})
        return cursor.fetchone() is not None


def _conversation(event: Event, number: int | None) -> Conversation | None:
    return Conversation.objects.filter(merchant_id=event.merchant_id, id=number or 0).first()
