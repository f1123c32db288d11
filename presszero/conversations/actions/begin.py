"""We write first: a conversation that starts with our own words."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.models import Line, Participant, Thread
from presszero.channels.registry import adapter
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..facts import ConversationOpened
from ..models import Conversation, Message, ThreadPlace
from .answer import Answer, reply
from .held import about


@dataclass(frozen=True)
class Opening:
    """From which line, to which of their addresses, about what."""

    line: Line
    address: str
    subject: str


@transaction.atomic
def begin(customer: Customer, opening: Opening, answer: Answer, *, by: Membership) -> Message:
    """Opens a conversation and sends its first message. The same `answer.client_id` twice is one conversation."""
    again = Message.objects.filter(merchant_id=customer.merchant_id, client_id=answer.client_id).first()
    if again:
        return again
    subject = one_line(opening.subject, 300)
    if adapter(opening.line.kind).can.subject and not subject:
        raise Refused(_("Say in a few words what it is about."), _("Fill in the subject."))
    thread, row = _opened(customers.today(customer), opening, subject)
    record(ConversationOpened(**about(row), by=by.actor, line_id=opening.line.id, channel=opening.line.kind))
    ThreadPlace.objects.create(merchant_id=row.merchant_id, thread=thread, conversation=row)
    return reply(row, Answer(answer.text, answer.client_id, thread, uploads=(), send_at=answer.send_at), by=by)


def _opened(customer: Customer, opening: Opening, subject: str) -> tuple[Thread, Conversation]:
    line = opening.line
    kind = adapter(line.kind).handle_kind
    known = {h.address: h for h in customers.handles(customer) if h.kind == kind and h.proof != "refuted"}
    if opening.address not in known or line.merchant_id != customer.merchant_id:
        raise Refused(_("This is not an address of theirs."), _("Add it to the customer first."))
    thread = Thread.objects.create(merchant_id=line.merchant_id, line=line, token=token_hex(16), subject=subject)
    Participant.objects.create(
        merchant_id=line.merchant_id,
        thread=thread,
        kind=kind,
        address=opening.address,
        name=known[opening.address].name,
        standing=Participant.Standing.CUSTOMER,
    )
    row = Conversation.objects.create(
        merchant_id=line.merchant_id,
        customer=customer,
        line=line,
        team_id=line.team_id,
        subject=subject,
        last_inbound=False,
    )
    return thread, row
