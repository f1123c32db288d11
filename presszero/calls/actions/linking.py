"""A call's place in its conversation was found: it stands there from now on, and what waited for that is done."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.customers.queries import today
from presszero.routing.models import Waiting

from ..facts import CallChanged
from ..models import Call, Callback
from ..placing import count_as_answer
from ..queries import member_of
from ..telling import tell
from .callbacks import promise_it
from .texting import send_what_was_asked, text_missed


def arrived(entry: Entry, talk: Conversation, at: datetime) -> Call | None:
    """The entry is a call's: call and entry are joined. None for any other, and for one that was joined before."""
    call = _call_of(entry)
    if call is None or call.entry_id:
        return None
    _join(call, entry, talk)
    call = Call.objects.select_related(
        "line__merchant", "line__hours", "line__brand", "entry", "conversation__line__brand", "customer"
    ).get(id=call.id)
    member = member_of(call)
    if member is not None:
        count_as_answer(call, member, call.talked_at or at)
    send_what_was_asked(call)
    text_missed(call, at)
    return call


def _call_of(entry: Entry) -> Call | None:
    what, _colon, number = entry.message_id.partition(":")
    if what != "call":
        return None
    try:
        uid = uuid.UUID(number)
    except ValueError:
        return None
    return Call.objects.filter(merchant_id=entry.merchant_id, uid=uid).first()


@transaction.atomic
def _join(call: Call, entry: Entry, talk: Conversation) -> None:
    """Whose conversation it is, is whose call it is: by the same policy as every message."""
    customer = today(Customer.objects.get(merchant_id=talk.merchant_id, id=talk.customer_id))
    mine = {"merchant_id": call.merchant_id}
    Waiting.objects.filter(**mine, kind="call", subject_id=call.id).update(conversation=talk, customer=customer)
    Call.objects.filter(**mine, id=call.id).update(entry=entry, conversation=talk, customer=customer)
    for row in Callback.objects.filter(**mine, call=call, ended_at=None).select_related("line__merchant"):
        row.conversation, row.customer = talk, customer
        row.save(update_fields=["conversation", "customer"])
        promise_it(row)
    call.conversation, call.customer = talk, customer
    tell(CallChanged, call, member_id=0)
