"""Putting a person on it: the conversation is opened, and stands at the front of its queue."""

from __future__ import annotations

from datetime import datetime

from presszero.channels.models import Entry
from presszero.channels.vocabulary import Proof, Wish
from presszero.conversations.actions.held import about, held, sum_up
from presszero.conversations.actions.settle import reopen, set_priority
from presszero.conversations.actions.wish import wish
from presszero.conversations.facts import MessageReceived
from presszero.conversations.models import Conversation, Message
from presszero.conversations.order import MATTERS_A_LOT
from presszero.core.actor import Actor
from presszero.core.rows import keep
from presszero.timeline.actions import record

from .models import Outreach

State, Priority = Conversation.State, Conversation.Priority
REASON = "chose it in our message"  # a Message.reason


def put_a_person_on_it(talk: Conversation, *, by: Actor) -> Conversation:
    """Open, and of high priority; what is open already is left where it is. In the caller's transaction."""
    row = reopen(talk, by=by) if talk.state in (State.RESOLVED, State.SNOOZED) else talk
    if row.priority < Priority.HIGH:
        row = set_priority(row, Priority.HIGH, by=by)
    return row


def they_want_a_person(row: Outreach, words: str, at: datetime, *, by: Actor) -> Message | None:
    """Their tap stands in the conversation as words of theirs: they wait, and their turn comes early."""
    if row.conversation is None or row.entry is None:
        return None
    talk = held(row.conversation)
    entry = keep(
        Entry(
            merchant_id=row.merchant_id,
            thread=row.entry.thread,
            inbound=True,
            sender_kind="email" if "@" in row.address else row.channel,
            sender_address=row.address,
            sender_name=row.customer.name,
            text=words,
            proof=Proof.SEEN,
            at=at,
        )
    )
    said = keep(
        Message(merchant_id=row.merchant_id, conversation=talk, entry=entry, at=at, inbound=True, reason=REASON)
    )
    talk = put_a_person_on_it(talk, by=by)
    sum_up(talk)
    record(
        MessageReceived(
            **about(talk), by=by, message_id=said.id, entry_id=entry.id, channel=row.channel, automatic=False
        )
    )
    wish(talk, Wish(MATTERS_A_LOT, None, "", ""), source="page", by=by)
    return said
