"""Reads about trials: which was the newest, and how far it came."""

from __future__ import annotations

from datetime import datetime, timedelta

from presszero.channels.models import Entry, Line
from presszero.conversations.models import Conversation, Message
from presszero.mailroom.models import Quarantine, Received
from presszero.merchants.models import Merchant

from .models import Trial


def newest(merchant: Merchant) -> dict[int, Trial]:
    """The last trial of each line, by the line's id."""
    rows = Trial.objects.filter(merchant=merchant).select_related("line")
    return {row.line_id: row for row in rows.order_by("line_id", "-id").distinct("line_id")}


def newest_of(line: Line) -> Trial | None:
    """The last trial of one line."""
    return Trial.objects.filter(merchant_id=line.merchant_id, line=line).select_related("line").order_by("-id").first()


def understood_in(trial: Trial) -> Conversation | None:
    """The conversation that its message stands in, once it came in and was understood."""
    said = Entry.objects.filter(
        merchant_id=trial.merchant_id, message_id=trial.message_id, inbound=True, thread__line_id=trial.line_id
    )
    place = Message.objects.filter(merchant_id=trial.merchant_id, entry__in=said).order_by("-id").first()
    return place.conversation if place else None


def came_in(trial: Trial) -> bool:
    """A mail of our own that came back and was looked at: no conversation is made of it, since it would be with us."""
    if trial.line.kind != "email":
        return False
    rows = Received.objects.filter(merchant_id=trial.merchant_id, line_id=trial.line_id, split_at__isnull=False)
    return rows.filter(external_id__startswith=f"{trial.message_id}:").exists()


def held_back(trial: Trial) -> str:
    """Why its message waits for a person; "" when it does not."""
    rows = Quarantine.objects.filter(merchant_id=trial.merchant_id, line_id=trial.line_id, closed_at=None)
    found = rows.filter(received__external_id__startswith=trial.message_id).first()
    return found.reason if found else ""


def stalled(trial: Trial, at: datetime, after: timedelta) -> bool:
    """Nobody works on it: it has no outcome, and should have one by now."""
    return not trial.outcome and at - trial.started_at > after
