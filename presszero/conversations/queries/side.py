"""Side threads of a conversation: with whom, what was said there, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from presszero.channels.models import Attachment, Delivery, Entry, Line
from presszero.merchants.models import Merchant

from ..models import Conversation, Message, Outsider, SideThread
from .answering import family


@dataclass(frozen=True)
class Side:
    """A side thread with its entries, oldest first; of each its files and deliveries are there."""

    row: SideThread
    entries: list[Entry] = field(default_factory=list)


def side_threads(conversation: Conversation) -> list[SideThread]:
    """Those of the conversation and of what was merged into it, open ones first, the latest first."""
    here = Q(conversation_id=conversation.id) | Q(conversation__root_id=conversation.id)
    rows = SideThread.objects.filter(here, merchant_id=conversation.merchant_id).select_related("outsider")
    return sorted(rows, key=lambda side: (side.closed_at is not None, -side.last_at.timestamp()))


def side(row: SideThread) -> Side:
    """One with all that was said."""
    entries = Entry.objects.filter(merchant_id=row.merchant_id, thread_id=row.thread_id).order_by("id")
    found = entries.prefetch_related(
        Prefetch("attachments", Attachment.objects.filter(merchant_id=row.merchant_id).order_by("id")),
        Prefetch("deliveries", Delivery.objects.filter(merchant_id=row.merchant_id).order_by("id")),
    )
    return Side(row, list(found))


def outsiders(merchant: Merchant) -> list[Outsider]:
    """Whom we asked before, by kind and name."""
    return list(Outsider.objects.filter(merchant=merchant, retired_at=None).order_by("kind", "name", "id")[:200])


def line_for(conversation: Conversation) -> Line | None:
    """The mail line to ask from: where the conversation stands, else one of its brand, else any that is not paused."""
    lines = Line.objects.filter(merchant_id=conversation.merchant_id, kind="email", paused_at=None)
    own = conversation.line
    ranked = sorted(
        lines.select_related("brand"), key=lambda line: (line.id != own.id, line.brand_id != own.brand_id, line.id)
    )
    return ranked[0] if ranked else None


def quoted(conversation: Conversation) -> str:
    """What the customer wrote last, as a quotation; their address is not in it. "" when they wrote nothing."""
    newest = _messages(conversation).filter(inbound=True, entry__automatic="").order_by("-at", "-id").first()
    if newest is None:
        return ""
    return "\n".join(f"> {line}" for line in newest.entry.text.strip()[:5000].split("\n"))


def files_to_pass_on(conversation: Conversation) -> Iterable[Attachment]:
    """Files of its messages that may go along, the newest first; at most 50."""
    entries = _messages(conversation).values("entry_id")
    rows = Attachment.objects.filter(merchant_id=conversation.merchant_id, entry_id__in=entries, inline=False)
    return rows.order_by("-id")[:50]


def _messages(conversation: Conversation) -> QuerySet[Message]:
    rows = Message.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id__in=family(conversation), taken_back_at=None
    )
    return rows.select_related("entry")
