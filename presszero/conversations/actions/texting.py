"""A text in a conversation that was not one of texts before: after a missed call, say, or with a link."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.envelope import message_id
from presszero.channels.models import Entry
from presszero.channels.pool import text_line
from presszero.channels.registry import adapter
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.timeline.actions import record

from ..facts import MessageSent
from ..models import Conversation, Message
from .by_itself import placed
from .held import about, held
from .threads import thread_for

SERVICE = "service"  # an Entry.automatic: something that happened made us say it


@transaction.atomic
def text(conversation: Conversation, words: str, *, number: str, by: Actor, key: uuid.UUID | None = None) -> Message:
    """Texts a number of theirs about this matter, from the number of ours that they know. A worker sends it.

    `number`: E.164, an address of the customer's, a participant's, or one they say is theirs. The same `key` again is
    the text that went already. Whether it may go is asked as it is sent: after STOP it fails and says so; who called or
    wrote to us in the last days gets it at any hour, others not in their quiet hours. Raises Refused: no line for
    texts, nobody of that number here, nothing to say, too long.
    """
    row = held(conversation)
    again = Message.objects.filter(merchant_id=row.merchant_id, client_id=key).first() if key else None
    if again:
        return again
    line = text_line(row.merchant_id, number, row.line.brand_id)
    if line is None:
        raise Refused(_("There is no number to text from."), _("Connect one in the settings, under lines."))
    can = adapter(line.kind).can
    said = clean(words).strip()
    if not said or len(said) > can.max_text:
        raise Refused(_("A text has between 1 and %(n)d characters.") % {"n": can.max_text})
    thread = thread_for(row, line, number)
    entry = Entry(
        merchant_id=row.merchant_id,
        thread=thread,
        inbound=False,
        sender_kind=line.kind,
        sender_address=line.address,
        sender_name=line.name,
        actor=by.code,
        text=said,
        message_id=message_id(thread, uuid.uuid4().hex, line),
        automatic="" if by.kind == "member" else SERVICE,
        at=timezone.now(),
    )
    message = placed(row, thread, [(adapter(line.kind).handle_kind, number)], entry)
    if key:
        message.client_id = key
        message.save(update_fields=["client_id"])
    made = MessageSent(**about(row), by=by, message_id=message.id, entry_id=message.entry_id, channel=line.kind)
    record(made)
    return message
