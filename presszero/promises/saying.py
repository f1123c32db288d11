"""Short words of our own in a thread: stored, put in the outbox, and placed in the conversation as no answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone

from presszero.channels.envelope import message_id
from presszero.channels.models import Entry, Thread
from presszero.channels.registry import adapter
from presszero.channels.wording import framed, to_html
from presszero.conversations.actions.by_itself import placed
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor

AUTOMATIC = "promise"  # an Entry.automatic: said by us without anybody writing it


@dataclass(frozen=True, slots=True)
class Way:
    """Where words go: a thread, and whom it reaches there."""

    thread: Thread
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said. `subject` is left out where a channel has none; `name` is whom they read as the sender."""

    subject: str
    text: str
    name: str


def say(row: Conversation, way: Way, words: Words, *, by: Actor) -> Entry:
    """Says it. The conversation is held by the caller; nobody's wait ends by it."""
    line, can = way.thread.line, adapter(way.thread.line.kind).can
    entry = Entry(
        merchant_id=row.merchant_id,
        thread=way.thread,
        inbound=False,
        sender_kind=line.kind,
        sender_address=line.address,
        sender_name=words.name,
        actor=by.code,
        subject=words.subject if can.subject else "",
        text=words.text,
        html=framed(to_html(words.text), "", line.brand.mail_template) if can.html else "",
        message_id=message_id(way.thread, uuid.uuid4().hex, line),
        automatic=AUTOMATIC,
        at=timezone.now(),
    )
    placed(row, way.thread, [(way.kind, way.address)], entry)
    return entry
