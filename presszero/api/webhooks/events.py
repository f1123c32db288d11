"""What a webhook may subscribe to, and what it is told: the fact, and the things it is about as the API says them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from presszero.customers.models import Customer
from presszero.timeline.models import Event

from ..reads import conversations, customers

TEST = "webhook.test"

# kind of fact → what it means
EVENTS: dict[str, str | Promise] = {
    "conversation.opened": _("A conversation began"),
    "conversation.assigned": _("A conversation was handed over"),
    "conversation.changed": _("Subject, priority, topic or another detail changed"),
    "conversation.resolved": _("A conversation was resolved"),
    "conversation.reopened": _("A conversation was opened again"),
    "conversation.snoozed": _("A conversation was put aside"),
    "conversation.woken": _("A conversation came back"),
    "conversation.merged": _("Two conversations became one"),
    "conversation.split": _("A conversation was split"),
    "message.received": _("A customer wrote"),
    "message.sent": _("We answered"),
    "message.taken_back": _("An answer was taken back"),
    "answer.not_arrived": _("An answer did not reach them"),
    "delivery.changed": _("A message was sent, delivered, read, or failed"),
    "note.added": _("Somebody left a note"),
    "promise.made": _("We said when we answer"),
    "promise.kept": _("What we said was kept"),
    "promise.broken": _("The time we had named has passed"),
    "customer.created": _("A customer was added"),
    "customer.changed": _("A customer changed"),
    "customer.merged": _("Two customers became one"),
    "consent.changed": _("A customer changed what we may send"),
    "handle.proven": _("An address was proven to be theirs"),
    "handle.bounced": _("An address turned out to be dead"),
}


def told(event: Event) -> dict[str, Any]:
    """What a webhook is sent. Something that is gone since is left out; a note stands in note events alone."""
    about: dict[str, Any] = {
        "event_id": event.id,
        "actor": event.actor,
        "customer_id": event.customer_id,
        "conversation_id": event.conversation_id,
        "fact": event.data,
    }
    for name, read in _things(event):
        try:
            about[name] = read()
        except Http404:
            continue
    return {"type": event.kind, "timestamp": said(event.at), "data": about}


def said(at: datetime) -> str:
    """A moment as JSON has it."""
    return at.isoformat().replace("+00:00", "Z")


def _things(event: Event) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    merchant, data = event.merchant_id, event.data
    found: list[tuple[str, Callable[[], dict[str, Any]]]] = []
    if event.conversation_id:
        number = event.conversation_id
        found.append(("conversation", lambda: conversations.shown(merchant, number)))
    if event.kind in ("message.received", "message.sent", "message.taken_back", "answer.not_arrived"):
        found.append(("message", lambda: conversations.message(merchant, data["message_id"])))
    if event.kind == "note.added":
        found.append(("note", lambda: conversations.note(merchant, data["note_id"])))
    if event.customer_id and not event.conversation_id:
        who = event.customer_id
        found.append(("customer", lambda: _customer(merchant, who)))
    return found


def _customer(merchant_id: int, number: int) -> dict[str, Any]:
    row = Customer.objects.filter(merchant_id=merchant_id, id=number).first()
    if row is None:
        raise Http404
    return customers.shown(row)
