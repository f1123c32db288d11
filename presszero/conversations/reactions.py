"""A delivery that failed puts the conversation back in sight: nobody believes the customer was answered."""

from __future__ import annotations

from presszero.core.actor import SYSTEM
from presszero.timeline.actions import record
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions.held import about, held
from .actions.settle import reopen
from .facts import AnswerNotArrived
from .models import Conversation, Message


@hears("conversations.failed-delivery", "delivery.changed")
def answer_did_not_arrive(event: Event) -> None:
    """Opens the conversation again and marks it as waiting since the answer that never came."""
    if event.data.get("state") not in {"failed", "unknown"}:
        return
    message = Message.objects.filter(
        merchant_id=event.merchant_id, entry_id=event.data["entry_id"], inbound=False
    ).first()
    if message is None:
        return
    row = held(message.conversation)
    if row.state != Conversation.State.OPEN:
        row = reopen(row, by=SYSTEM)
    if row.waiting_since is None:
        row.waiting_since = message.at
        row.save(update_fields=["waiting_since"])
    record(AnswerNotArrived(**about(row), by=SYSTEM, message_id=message.id))
