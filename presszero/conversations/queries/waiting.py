"""Who waits for an answer, since when, and until when they should have it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from presszero.channels.models import Delivery
from presszero.core.actor import SYSTEM
from presszero.mailroom.models import Received
from presszero.merchants.policy import add_open
from presszero.merchants.queries import week_of

from ..models import Conversation, Merge, Message, Resolution

NOT_ARRIVED = ("failed", "unknown")


def waiting(row: Conversation, family: Sequence[int]) -> Message | None:
    """The oldest message of theirs that nobody has answered or settled. History and machines wait for nothing.

    An answer settles what its own conversation held before it; one given after everything was merged settles it all.
    """
    settled = _settled(row.merchant_id, family)
    for_all = settled.get(row.id)
    joined = _joined(row.merchant_id, family)
    if joined and for_all and for_all <= joined:
        for_all = None
    history = Received.objects.filter(merchant_id=row.merchant_id, backfill=True).values("id")
    asked = Message.objects.filter(
        merchant_id=row.merchant_id,
        conversation_id__in=family,
        inbound=True,
        taken_back_at=None,
        entry__automatic="",
    ).exclude(entry__received_id__in=history)
    for message in asked.select_related("entry__thread__line__hours").order_by("at", "id"):
        answers = [at for at in (settled.get(message.conversation_id), for_all) if at]
        if not any(at >= message.at for at in answers):
            return message
    return None


def first_answer(row: Conversation, family: Sequence[int]) -> datetime | None:
    """When we first answered."""
    return _answers(row.merchant_id, family).order_by("at").values_list("at", flat=True).first()


def said_by_machine() -> Q:
    """An acknowledgement: it stands in the stream, and is nobody's answer and no news."""
    return Q(inbound=False) & ~Q(entry__automatic="")


def due(message: Message, answered_before: bool) -> datetime | None:
    """When an answer to this message is due, by the hours of the line it came by. None when never."""
    line = message.entry.thread.line
    minutes = line.next_reply_minutes if answered_before else line.first_reply_minutes
    return add_open(week_of(line.hours), message.at, timedelta(minutes=minutes))


def _settled(merchant_id: int, family: Sequence[int]) -> dict[int, datetime]:
    """The last answer or resolution of each conversation."""
    answers = _answers(merchant_id, family)
    resolved = Resolution.objects.filter(merchant_id=merchant_id, conversation_id__in=family)
    resolved = resolved.exclude(reopened_by=SYSTEM.code)  # an answer had not arrived: it was not settled
    found: dict[int, datetime] = {}
    for rows in (answers, resolved):
        for number, at in rows.values_list("conversation_id").annotate(Max("at")).order_by():
            found[number] = max(at, found.get(number, at))
    return found


def _answers(merchant_id: int, family: Sequence[int]) -> QuerySet[Message]:
    """What we said and nobody took back. An answer that did not arrive is none, nor is what a machine of ours said."""
    said = Message.objects.filter(
        merchant_id=merchant_id, conversation_id__in=family, inbound=False, taken_back_at=None, entry__automatic=""
    )
    lost = Delivery.objects.filter(merchant_id=merchant_id, entry_id=OuterRef("entry_id"), state__in=NOT_ARRIVED)
    return said.exclude(Exists(lost))


def _joined(merchant_id: int, family: Sequence[int]) -> datetime | None:
    """When the last of them was merged in."""
    standing = Merge.objects.filter(merchant_id=merchant_id, loser_id__in=family, undone_at=None)
    return standing.order_by("-at").values_list("at", flat=True).first()
