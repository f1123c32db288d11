"""What a link of ours opens: the matter behind a thread's token, while it is still worth saying something of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from presszero.channels.models import Line, Thread
from presszero.conversations.actions.threads import mail_line
from presszero.conversations.models import Conversation, Resolution, ThreadPlace
from presszero.merchants.models import Merchant

LASTS = timedelta(days=30)  # after the matter was resolved
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose page it is, and about which conversation."""

    line: Line
    conversation: Conversation

    @property
    def ways(self) -> list[str]:
        """Kinds of handles that they can be answered by."""
        lines = Line.objects.filter(merchant_id=self.line.merchant_id, brand_id=self.line.brand_id, paused_at=None)
        found = ["email"] if mail_line(self.line) else []
        return [*found, *(["visitor"] if lines.filter(kind="chat").exists() else []), "phone"]


def place_of(token: str, now: datetime) -> Place | None:
    """None for a token of no thread, and for a matter that has long been settled: they look the same."""
    if not _TOKEN.fullmatch(token):
        return None
    threads = Thread.objects.select_related("line__brand", "line__hours", "line__merchant")
    # Tokens are looked up by merchant: so is their index.
    thread = threads.filter(merchant_id__in=Merchant.objects.values("id"), token=token).first()
    if thread is None:
        return None
    place = ThreadPlace.objects.filter(merchant_id=thread.merchant_id, thread=thread).select_related("conversation")
    found = place.first()
    if found is None:
        return None
    row = Conversation.objects.get(merchant_id=thread.merchant_id, id=found.conversation.now_id)
    return None if _is_over(row, now) else Place(thread.line, row)


def _is_over(row: Conversation, now: datetime) -> bool:
    if row.state != Conversation.State.RESOLVED:
        return False
    settled = Resolution.objects.filter(
        Q(conversation_id=row.id) | Q(conversation__root_id=row.id), merchant_id=row.merchant_id
    )
    last = settled.aggregate(last=Max("at"))["last"]
    return last is not None and now - last > LASTS
