"""A conversation held for a change: the row locked, by whatever number it is called; and its columns summed up anew."""

from __future__ import annotations

from typing import TypedDict

from django.db import connection
from django.db.transaction import TransactionManagementError

from presszero.core.refusal import Refused
from presszero.core.rows import columns
from presszero.core.rows import row as read
from presszero.core.text import snippet

from ..models import Conversation, Message
from ..order import put_in_order
from ..queries.answering import family
from ..queries.waiting import due, first_answer, said_by_machine, waiting
from ..queries.wishes import wished


class ChangedMeanwhile(Refused):
    """Somebody else changed it since this page was drawn."""


class About(TypedDict):
    """What every fact of a conversation carries."""

    merchant_id: int
    conversation_id: int
    customer_id: int


def about(row: Conversation) -> About:
    """The ids a fact about this conversation carries."""
    return {"merchant_id": row.merchant_id, "conversation_id": row.id, "customer_id": row.customer_id}


def held(conversation: Conversation) -> Conversation:
    """The conversation it is part of today, locked until the transaction ends. Rows that name it may be written."""
    row = _locked(conversation.merchant_id, conversation.now_id)
    while row.root_id:  # merged between our read and the lock
        row = _locked(conversation.merchant_id, row.root_id)
    return row


def _locked(merchant_id: int, number: int) -> Conversation:
    if not connection.in_atomic_block:
        raise TransactionManagementError("A conversation is held inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns(Conversation, 'c')} FROM conversations_conversation c"  # noqa: S608 - our own columns
            " WHERE c.merchant_id = %s AND c.id = %s FOR NO KEY UPDATE",
            [merchant_id, number],
        )
        found = cursor.fetchone()
    made = read(Conversation, iter(found)) if found else None
    if made is None:
        raise Conversation.DoesNotExist
    return made


def sum_up(row: Conversation) -> Conversation:
    """Works the columns that a list shows out from the messages; after a merge, a split, or something taken back."""
    ids = family(row)
    messages = Message.objects.filter(merchant_id=row.merchant_id, conversation_id__in=ids, taken_back_at=None)
    newest = messages.exclude(said_by_machine()).select_related("entry__thread__line").order_by("-at", "-id").first()
    if newest:
        row.last_at, row.last_inbound = newest.at, newest.inbound
        row.snippet = snippet(newest.entry.text or newest.entry.folded)
        row.last_channel = newest.entry.thread.line.kind
    row.first_reply_at = first_answer(row, ids)
    at_rest = row.state in (Conversation.State.RESOLVED, Conversation.State.SPAM)
    waits = None if at_rest else waiting(row, ids)
    row.waiting_since = waits.at if waits else None
    row.due_at = due(waits, bool(row.first_reply_at and row.first_reply_at < waits.at)) if waits else None
    row.matters, row.needed_by, row.asked_channel = wished(row.merchant_id, ids)
    put_in_order(row)
    row.version += 1
    row.save()
    return row
