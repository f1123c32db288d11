"""Spam and back. Nothing in it waits, and nothing answers it; what it was before is given back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from presszero.core.actor import Actor
from presszero.core.text import one_line
from presszero.customers.blocking import block
from presszero.customers.models import Block
from presszero.timeline.actions import record

from ..facts import ConversationNotSpam, ConversationSpam
from ..models import Conversation, Message, Snooze, Spam
from ..queries.answering import family
from .held import about, held, sum_up

State = Conversation.State


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: Actor, reason: str = "") -> Conversation:
    """Out of every list but that of the spam. Marking what is marked changes nothing."""
    row = held(conversation)
    if row.state == State.SPAM:
        return row
    Spam.objects.create(
        merchant_id=row.merchant_id, conversation=row, state=row.state, by=by.code, reason=one_line(reason, 300)
    )
    row.state, row.waiting_since, row.due_at, row.work_at = State.SPAM, None, None, None
    row.version += 1
    row.save(update_fields=["state", "waiting_since", "due_at", "work_at", "version"])
    record(ConversationSpam(**about(row), by=by, blocked=False))
    return row


@transaction.atomic
def not_spam(conversation: Conversation, *, by: Actor) -> Conversation:
    """Back to what it was, waiting as if nothing had been; a snooze that ran out meanwhile is over."""
    row = held(conversation)
    if row.state != State.SPAM:
        return row
    row.state = _before(row)
    end_spam(row, by)
    if row.state != State.SNOOZED:
        row.snoozed_until = None
    sum_up(row)
    record(ConversationNotSpam(**about(row), by=by))
    return row


def end_spam(row: Conversation, by: Actor) -> None:
    """The mark is over, as somebody did something else with it. The conversation is held by the caller, who saves."""
    standing = Spam.objects.filter(merchant_id=row.merchant_id, conversation=row, ended_at=None)
    standing.update(ended_at=timezone.now(), ended_by=by.code)


def block_sender(conversation: Conversation, *, by: Actor, reason: str = "") -> Block | None:
    """Blocks the address that wrote here last. None when nobody wrote. Raises Refused as `block` does."""
    said = Message.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id__in=family(conversation), inbound=True
    )
    last = said.select_related("entry").order_by("-at", "-id").first()
    if last is None:
        return None
    kind, address = last.entry.sender_kind, last.entry.sender_address
    return block(conversation.merchant, kind, address, by=by, reason=reason)


def _before(row: Conversation) -> str:
    mark = Spam.objects.filter(merchant_id=row.merchant_id, conversation=row, ended_at=None).first()
    state = mark.state if mark else State.OPEN.value
    if state != State.SNOOZED:
        return state
    nap = Snooze.objects.filter(merchant_id=row.merchant_id, conversation=row, ended_at=None).first()
    if nap and (nap.until is None or nap.until > timezone.now()):
        return state
    Snooze.objects.filter(merchant_id=row.merchant_id, conversation=row, ended_at=None).update(
        ended_at=timezone.now(), ended_by="system"
    )
    return State.OPEN.value
