"""The matter that a visitor's words go to now. Of the conversation, nothing but their own first words is told."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from presszero.channels.models import Entry
from presszero.channels.transcript import Reader, threads
from presszero.conversations.models import Conversation, Looking, Message, ThreadPlace
from presszero.conversations.queries import family
from presszero.core.text import snippet

TYPES_FOR = timedelta(seconds=8)  # after the last sign of it


def current(reader: Reader) -> Conversation | None:
    """The conversation that their newest thread feeds."""
    merchant_id = reader.line.merchant_id
    newest = Entry.objects.filter(merchant_id=merchant_id, thread__in=threads(reader)).order_by("-at", "-id")
    thread_id = newest.values_list("thread_id", flat=True).first()
    if thread_id is None:
        return None
    place = ThreadPlace.objects.filter(merchant_id=merchant_id, thread_id=thread_id)
    found = place.select_related("conversation__root").first()
    return (found.conversation.root or found.conversation) if found else None


def in_short(reader: Reader, row: Conversation | None) -> dict[str, str] | None:
    """{"subject": how they began}; None when nothing is open."""
    if row is None or row.state == Conversation.State.RESOLVED:
        return None
    mine = Message.objects.filter(
        merchant_id=row.merchant_id, conversation_id__in=family(row), inbound=True, entry__thread__in=threads(reader)
    )
    words = mine.order_by("at", "id").values_list("entry__text", flat=True).first()
    return {"subject": snippet(words or "", 60)}


def who_types(row: Conversation | None) -> str:
    """The first name of an agent who writes to them just now; "" for nobody."""
    if row is None:
        return ""
    since = timezone.now() - TYPES_FOR
    rows = Looking.objects.filter(merchant_id=row.merchant_id, conversation_id=row.now_id, typing_at__gt=since)
    found = rows.select_related("member__person").order_by("id").first()
    return found.member.first_name if found else ""
