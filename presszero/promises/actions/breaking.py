"""The clock breaks what nobody kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from presszero.conversations.actions.held import about, held
from presszero.core.actor import SYSTEM
from presszero.timeline.actions import record

from ..facts import PromiseBroken
from ..models import Kind, Promise
from .answering import OWED
from .changing import break_one


def break_due(now: datetime, limit: int = 200) -> int:
    """Every promise whose moment has passed and that nobody kept is broken; how many. The clock calls this."""
    passed = Promise.objects.filter(
        due_at__lte=now, kept_at=None, broken_at=None, withdrawn_at=None, renegotiated_at=None
    ).exclude(risk_because="unheard")
    rows = passed.select_related("conversation", "order").order_by("due_at")[:limit]
    return sum(_answer(made, now) if made.kind == Kind.ANSWER else break_one(made, now) for made in rows)


@transaction.atomic
def _answer(seen: Promise, now: datetime) -> int:
    """Unless they were answered a moment ago, which the timeline has yet to tell."""
    assert seen.conversation is not None, "an answer is promised in a conversation"
    row = held(seen.conversation)
    made = Promise.objects.get(merchant_id=row.merchant_id, id=seen.id)
    nobody_waits = row.waiting_since is None and made.where not in OWED
    if made.kept_at or made.broken_at or made.withdrawn_at or nobody_waits:
        return 0
    made.broken_at = now
    made.save(update_fields=["broken_at"])
    record(PromiseBroken(**about(row), by=SYSTEM, promise_id=made.id))
    return 1
