"""What somebody wrote is acknowledged; what we said is kept by an answer, and follows its matter."""

from __future__ import annotations

from django.utils import timezone

from presszero.conversations.models import Conversation, Message
from presszero.core.actor import from_code
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .acknowledging import acknowledge
from .actions import carry, keep, unkeep, withdraw

_ANSWERING = ("member", "assistant")  # not the product by itself


@hears("promises.acknowledgement", "message.received")
def somebody_wrote(event: Event) -> None:
    """Tells them that we have it, and when we answer."""
    if event.data.get("automatic"):
        return
    found = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"])
    message = found.select_related(
        "conversation__customer", "entry__thread__line__brand", "entry__thread__line__hours",
        "entry__thread__line__merchant",
    ).first()  # fmt: skip
    if message is not None:
        acknowledge(message, timezone.now())


@hears("promises.answer", "message.sent", "message.taken_back", "answer.not_arrived")
def somebody_answered(event: Event) -> None:
    """Keeps what we said; and opens it again when the answer was taken back or did not arrive."""
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    by = from_code(event.actor)
    if event.kind != "message.sent":
        unkeep(row)
    elif by.kind in _ANSWERING:
        keep(row, event.at, by=by)


@hears("promises.matter", "conversation.resolved", "conversation.split")
def the_matter_changed(event: Event) -> None:
    """A settled matter waits for nothing; of a split one, what we said goes with those who still wait."""
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    if event.kind == "conversation.split":
        part = _conversation(event, event.data["target_id"])
        if part is not None:
            carry(row, part)
    elif row.state == Conversation.State.RESOLVED:
        withdraw(row, by=from_code(event.actor), at=event.at)


def _conversation(event: Event, number: int | None) -> Conversation | None:
    return Conversation.objects.filter(merchant_id=event.merchant_id, id=number or 0).first()
