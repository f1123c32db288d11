"""Chats wait for a person: what is heard of them puts them into a queue, and takes them out."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from presszero.channels.models import Line
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import from_code
from presszero.team.models import Membership
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions import decide
from .actions.chats import answered, given, moved, over, wait_for_answer
from .policy import CHAT

_FRESH = timedelta(minutes=30)  # what is older, as in an import, nobody waits for any more


@hears(
    "routing.chats",
    "message.received",
    "message.sent",
    "conversation.assigned",
    "conversation.resolved",
    "conversation.snoozed",
    "conversation.spam",
    "conversation.merged",
)
def chats(event: Event) -> None:
    """Of all that is said only chats are heard; then whoever is free is offered whoever waits."""
    if _heard(event):
        decide(event.merchant_id, timezone.now(), [CHAT])


@hears("routing.hands", "presence.changed", "call.ended")
def hands(event: Event) -> None:
    """Somebody may have hands free again. Calls are given out by those who make them ring."""
    if event.kind == "call.ended" or event.data.get("ready"):
        decide(event.merchant_id, timezone.now(), [CHAT])


def _heard(event: Event) -> bool:
    if event.kind == "message.received":
        return _wrote(event)
    talk = _talk(event)
    if talk is None:
        return False
    if event.kind == "message.sent":
        member = _member(event)
        if member:
            answered(talk, member, event.at)
    elif event.kind == "conversation.assigned":
        if event.actor != "system":
            given(talk, event.data.get("member_id"), event.at)
    elif event.kind == "conversation.merged":
        _merged(event, talk)
    else:
        over(talk, event.at)
    return True


def _wrote(event: Event) -> bool:
    if event.data.get("channel") != CHAT or event.data.get("automatic") or timezone.now() - event.at > _FRESH:
        return False
    talk = _talk(event)
    if talk is None or talk.state != Conversation.State.OPEN or talk.waiting_since is None:
        return False
    line = _line(event)
    return bool(line and wait_for_answer(talk, line, event.at))


def _merged(event: Event, into: Conversation) -> None:
    old = Conversation.objects.filter(merchant_id=event.merchant_id, id=event.data["merged_id"]).first()
    if old:
        moved(old, into, event.at)


def _talk(event: Event) -> Conversation | None:
    """The conversation as it is today."""
    rows = Conversation.objects.filter(merchant_id=event.merchant_id).select_related("customer")
    found = rows.filter(id=event.conversation_id or 0).first()
    return rows.filter(id=found.root_id).first() if found and found.root_id else found


def _line(event: Event) -> Line | None:
    rows = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"])
    said = rows.select_related("entry__thread__line__merchant").first()
    return said.entry.thread.line if said else None


def _member(event: Event) -> Membership | None:
    who = from_code(event.actor)
    if who.kind != "member":
        return None
    return Membership.objects.filter(merchant_id=event.merchant_id, id=who.id or 0).select_related("person").first()
