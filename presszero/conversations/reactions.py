"""A delivery that failed puts the conversation back in sight: nobody believes the customer was answered.

An address that somebody gave in a form is theirs once they answer from it what we sent there.
"""

from __future__ import annotations

import re

from django.db import connection

from presszero.channels.vocabulary import Handle
from presszero.commerce.actions.drafting import LIVE, sent
from presszero.commerce.models import DraftOrder
from presszero.core.actor import SYSTEM, from_code
from presszero.customers.models import Claim
from presszero.timeline.actions import record
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions.held import about, held, sum_up
from .actions.recognise import recognise
from .actions.settle import reopen
from .facts import AnswerNotArrived
from .models import Conversation, Message
from .order import put_in_order
from .queries.waiting import NOT_ARRIVED
from .queries.ways import has_browser

_LINK = re.compile(r"/pay/([A-Za-z0-9]{34})")
_WAITS = """
SELECT 1 FROM conversations_message m
JOIN conversations_conversation p ON p.merchant_id = m.merchant_id AND p.id = m.conversation_id
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = coalesce(p.root_id, p.id)
WHERE m.merchant_id = %s AND m.entry_id = %s AND c.waiting_since IS NOT NULL
"""


@hears("conversations.failed-delivery", "delivery.changed")
def answer_did_not_arrive(event: Event) -> None:
    """Opens the conversation again, waiting since the answer that never came; and rests when it came after all."""
    state = event.data.get("state")
    arrived = state in {"accepted", "delivered", "read"}
    if not arrived and state not in NOT_ARRIVED or arrived and not _somebody_waits(event):
        return
    message = Message.objects.filter(
        merchant_id=event.merchant_id,
        entry_id=event.data["entry_id"],
        inbound=False,
        taken_back_at=None,
        entry__automatic="",  # an acknowledgement that did not arrive left nobody unanswered
    ).first()
    if message is None:
        return
    _rest(message) if arrived else _bring_back(message)


def _somebody_waits(event: Event) -> bool:
    """Where nobody does, as after nearly every answer, its arrival changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, [event.merchant_id, event.data["entry_id"]])
        return cursor.fetchone() is not None


def _bring_back(message: Message) -> None:
    row = held(message.conversation)
    if row.state == Conversation.State.SPAM:
        return
    if row.state != Conversation.State.OPEN:
        row = reopen(row, by=SYSTEM)
    sum_up(row)
    if row.waiting_since is None:
        row.waiting_since = message.at
        put_in_order(row)
        row.save(update_fields=["waiting_since", "work_at"])
    record(AnswerNotArrived(**about(row), by=SYSTEM, message_id=message.id))


def _rest(message: Message) -> None:
    """A doubtful answer arrived after all, or went out at a later try: whoever waited only for it waits no more."""
    row = Conversation.objects.get(merchant_id=message.merchant_id, id=message.conversation.now_id)
    if row.waiting_since:
        sum_up(held(row))


@hears("conversations.answered-claim", "claim.answered")
def answered_from_a_claimed_address(event: Event) -> None:
    """Whoever filled in a form has the address they gave. A chat proves nothing by it: an agent decides."""
    claim = Claim.objects.select_related("customer").get(merchant_id=event.merchant_id, id=event.data["claim_id"])
    if claim.source == "form" and claim.proven_at is None and not has_browser(claim.customer):
        proven = Handle(claim.kind, claim.address, claim.name)
        recognise(claim.customer, proven, reason="answered our e-mail from the address given in the form", by=SYSTEM)


@hears("conversations.sent-link", "message.sent")
def link_to_pay_was_sent(event: Event) -> None:
    """An answer with the link of a draft made here went out, by whichever way and whoever put it there."""
    waiting = DraftOrder.objects.filter(merchant_id=event.merchant_id, state__in=LIVE, sent_at=None)
    if not waiting.exists():
        return
    rows = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"], taken_back_at=None)
    text = rows.values_list("entry__text", flat=True).first() or ""
    for row in waiting.filter(token__in=_LINK.findall(text)):
        sent(row, from_code(event.actor), event.at)
