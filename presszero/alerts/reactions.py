"""Somebody wrote, named a colleague, handed a conversation over or asks a lead: whoever asked to be told is."""

from __future__ import annotations

from django.utils import timezone

from presszero.core.actor import from_code
from presszero.remedies.authority import granters
from presszero.remedies.models import Remedy
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .policy import FRESH
from .raising import (
    somebody_asked,
    tell_of_assignment,
    tell_of_mention,
    tell_of_question,
    tell_of_turn,
    tell_of_waiting,
    tell_of_words,
)


@hears("alerts.tell", "message.received", "person.mentioned", "conversation.assigned")
def tell(event: Event) -> None:
    """What is old by now (a worker that caught up, an import) is no news to anybody."""
    if timezone.now() - event.at > FRESH or not somebody_asked(event.merchant_id):
        return
    member_id = event.data.get("member_id")
    if event.kind == "message.received":
        if not event.data.get("automatic"):
            tell_of_words(event)
    elif member_id and event.actor != f"member:{member_id}":
        (tell_of_mention if event.kind == "person.mentioned" else tell_of_assignment)(event, member_id)


@hears("alerts.tell-waiting", "waiting.warned", "waiting.late", "waiting.offered")
def tell_waiting(event: Event) -> None:
    """Whoever leads hears of who waits too long; a member whose turn it is, of that."""
    if timezone.now() - event.at > FRESH or not somebody_asked(event.merchant_id):
        return
    if event.kind != "waiting.offered":
        tell_of_waiting(event)
    elif event.data["channel"] == "chat":  # a call rings by itself
        tell_of_turn(event, event.data["member_id"])


@hears("alerts.tell-questions", "remedy.asked", "remedy.granted", "remedy.refused")
def tell_questions(event: Event) -> None:
    """A question to those who may answer it, an answer to whoever asked."""
    if timezone.now() - event.at > FRESH or not somebody_asked(event.merchant_id):
        return
    row = Remedy.objects.filter(merchant_id=event.merchant_id, id=event.data["remedy_id"]).first()
    if row is None:
        return
    if event.kind == "remedy.asked":
        members = [each.id for each in granters(row.merchant_id, row.kind) if each.actor.code != row.by]
        tell_of_question(event, members, "question")
    elif (asker := from_code(row.by)).kind == "member" and asker.id and row.by != event.actor:
        tell_of_question(event, [asker.id], "answer")
