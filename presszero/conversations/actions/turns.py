"""A turn for whoever has none: while a new version is rolled out, the old one writes rows that do not know of turns."""

from __future__ import annotations

from django.db import transaction

from ..models import Conversation
from ..order import put_in_order
from .held import held


def give_missing_turns(limit: int = 500) -> int:
    """Puts in order whoever waits without a place in the order of work; how many. The clock calls this."""
    forgotten = Conversation.objects.filter(
        state=Conversation.State.OPEN, root=None, waiting_since__isnull=False, work_at=None
    )
    return sum(_give(row) for row in forgotten.order_by("waiting_since")[:limit])


@transaction.atomic
def _give(conversation: Conversation) -> int:
    row = held(conversation)
    if row.waiting_since is None or row.work_at is not None:
        return 0
    put_in_order(row)
    row.save(update_fields=["work_at"])
    return 1
