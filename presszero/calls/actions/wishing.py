"""Somebody asks on a page to be called: the place is kept, and what they said of it stands in a conversation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.adapters.phone.adapter import WISH, external_id, stored_body
from presszero.channels.models import Entry
from presszero.channels.vocabulary import Handle
from presszero.conversations.models import Conversation
from presszero.customers.queries import today
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane

from ..models import Callback
from .callbacks import Wish, keep_for, promise_it


@transaction.atomic
def ask_to_be_called(wish: Wish, name: str, words: str, at: datetime) -> Callback:
    """Keeps the place and stores the words, or neither. Asked again: another time, more words. Raises Refused."""
    row = keep_for(wish, at)
    sender = Handle("phone", row.number, name)
    number = f"{row.id}-{int(at.timestamp())}"
    text = words or _("Please call me.")
    body = stored_body(WISH, number, sender, text, at)
    key = lane(row.line_id, row.number)
    receive([Incoming(row.merchant_id, row.line_id, external_id(WISH, number), key, {}, body)])
    return row


def wish_arrived(entry: Entry, talk: Conversation) -> None:
    """The words of such a wish have their place: so has the promise to call."""
    what, _colon, number = entry.message_id.partition(":")
    given = number.partition("-")[0]
    if what != WISH or not given.isdecimal():
        return
    rows = Callback.objects.filter(merchant_id=entry.merchant_id, id=int(given), ended_at=None)
    row = rows.select_related("line__merchant").first()
    if row is None:
        return
    with transaction.atomic():
        row.conversation, row.customer = talk, today(talk.customer)
        row.save(update_fields=["conversation", "customer"])
        promise_it(row)
