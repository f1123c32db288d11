"""Where a call stands in its conversation: its card in the stream, and that talking to somebody is an answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from presszero.channels.models import Entry, Line, Participant, Thread
from presszero.conversations.actions.by_itself import begin_at_rest
from presszero.conversations.actions.held import about, held, sum_up
from presszero.conversations.facts import MessageSent
from presszero.conversations.models import Conversation, Message, ThreadPlace
from presszero.conversations.queries import family
from presszero.core.actor import Actor
from presszero.team.models import Membership
from presszero.timeline.actions import record

from .models import Call

CALLING = "call"  # an Entry.automatic: we called, and nobody talked yet


def place_ours(call: Call, by: Actor, at: datetime) -> None:
    """A call we make gets its card: in the conversation it is about, else in the one it begins. Held by the caller."""
    row = held(call.conversation or _open_one(call) or _begun(call, by))
    entry = Entry.objects.create(
        merchant_id=call.merchant_id,
        thread=_thread(row, call),
        inbound=False,
        sender_kind="phone",
        sender_address=call.line.address[:320],
        sender_name=call.line.name[:200],
        actor=by.code,
        text=_words(call),
        message_id=f"call:{call.uid}",
        automatic=CALLING,
        at=at,
    )
    Message.objects.create(merchant_id=call.merchant_id, conversation=row, entry=entry, at=at, inbound=False)
    call.conversation, call.entry = row, entry
    Call.objects.filter(merchant_id=call.merchant_id, id=call.id).update(conversation=row, entry=entry)


@transaction.atomic
def count_as_answer(call: Call, member: Membership, at: datetime) -> None:
    """A member talks with them: nobody waits for an answer in that conversation any more. Once a call."""
    if call.conversation is None:
        return
    row = held(call.conversation)
    client_id = uuid.uuid5(call.uid, "spoken")
    if call.entry is None or Message.objects.filter(merchant_id=call.merchant_id, client_id=client_id).exists():
        return
    if call.inbound:
        entry = _spoken(call, member, at)
        place = Message.objects.create(
            merchant_id=call.merchant_id, conversation=row, entry=entry, at=at, inbound=False, client_id=client_id
        )
    else:
        Entry.objects.filter(merchant_id=call.merchant_id, id=call.entry.id).update(automatic="")
        places = Message.objects.filter(merchant_id=call.merchant_id, entry=call.entry)
        places.update(client_id=client_id)
        place = places.get()
    sum_up(row)
    record(
        MessageSent(**about(row), by=member.actor, message_id=place.id, entry_id=place.entry_id, channel=call.line.kind)
    )


def _spoken(call: Call, member: Membership, at: datetime) -> Entry:
    entry = call.entry
    assert entry is not None
    with translation.override(_language(call.line)):
        words = _("%(who)s talked with them on the phone.") % {"who": member.first_name}
    return Entry.objects.create(
        merchant_id=call.merchant_id,
        thread_id=entry.thread_id,
        inbound=False,
        sender_kind="phone",
        sender_address=call.line.address[:320],
        sender_name=member.first_name[:200],
        actor=member.actor.code,
        text=words,
        message_id=f"spoken:{call.uid}",
        at=max(at, entry.at),
    )


def _begun(call: Call, by: Actor) -> Conversation:
    assert call.customer is not None  # whoever we call is somebody
    return begin_at_rest(call.customer, call.line, _words(call), by=by)


def _open_one(call: Call) -> Conversation | None:
    """The one that was last spoken of, if it is open."""
    if call.customer is None:
        return None
    rows = Conversation.objects.filter(merchant_id=call.merchant_id, customer_id=call.customer.now_id, root=None)
    return rows.filter(state="open").order_by("-last_at").first()


def _thread(row: Conversation, call: Call) -> Thread:
    """The one thread this number has on this line, as it would be made if they called us."""
    found, is_new = Thread.objects.get_or_create(
        merchant_id=call.merchant_id, line=call.line, key=f"from:{call.number}", defaults={"token": token_hex(16)}
    )
    if is_new:
        Participant.objects.create(
            merchant_id=call.merchant_id,
            thread=found,
            kind="phone",
            address=call.number,
            standing=Participant.Standing.CUSTOMER,
        )
    place = ThreadPlace.objects.filter(merchant_id=call.merchant_id, thread=found).first()
    if place is None or place.conversation_id not in family(row):
        ThreadPlace.objects.update_or_create(merchant_id=call.merchant_id, thread=found, defaults={"conversation": row})
    return found


def _words(call: Call) -> str:
    with translation.override(_language(call.line)):
        return _("Phone call")


def _language(line: Line) -> str:
    return (line.merchant.languages or ["en"])[0].partition("-")[0]
