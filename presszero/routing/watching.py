"""The clock of the targets: who was promised help is watched, warned about, and not forgotten once it is late."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from presszero.conversations.actions import set_priority
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.timeline.actions import record

from .actions import chats
from .actions.deciding import decide
from .actions.presence import come_back_due
from .facts import WaitingLate, WaitingWarned
from .models import Waiting
from .policy import CHAT

_NEAR = """
SELECT w.id FROM routing_waiting w JOIN routing_queue q ON q.merchant_id = w.merchant_id AND q.id = w.queue_id
WHERE w.left_at IS NULL AND w.warned_at IS NULL AND w.due_at > %(now)s
  AND w.due_at - make_interval(secs => (1 - q.warn_share) * coalesce(w.target_seconds, q.target_seconds)) <= %(now)s
ORDER BY w.due_at LIMIT 200
"""


def watch(now: datetime) -> int:
    """Everything that time does to those who wait; how many decisions came of it. The clock calls this."""
    merchants = set(come_back_due(now)) | chats.watch(now)
    _warn_due(now)
    _late_due(now)
    for merchant_id in merchants | _still_waiting():
        decide(merchant_id, now, [CHAT])
    return len(merchants)


def _warn_due(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"now": now})
        ids = [number for (number,) in cursor.fetchall()]
    for number in ids:
        _tell(number, "warned_at", WaitingWarned, now)


def _late_due(now: datetime) -> None:
    late = Waiting.objects.filter(left_at=None, missed_at=None, due_at__lte=now).order_by("due_at")
    for number in list(late.values_list("id", flat=True)[:200]):
        row = _tell(number, "missed_at", WaitingLate, now)
        if row and row.conversation_id:
            _raise(row)


@transaction.atomic
def _tell(number: int, column: str, fact: type[WaitingWarned] | type[WaitingLate], now: datetime) -> Waiting | None:
    """Once, whoever else watches as well."""
    rows = Waiting.objects.select_for_update(no_key=True).filter(id=number, left_at=None, **{column: None})
    row = rows.first()
    if row is None:
        return None
    setattr(row, column, now)
    row.save(update_fields=[column])
    record(
        fact(
            merchant_id=row.merchant_id,
            by=SYSTEM,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            waiting_id=row.id,
            queue_id=row.queue_id,
            channel=row.kind,
        )
    )
    return row


def _raise(row: Waiting) -> None:
    """Whoever works through a list sees it, too. What a person set higher stays."""
    talk = Conversation.objects.filter(merchant_id=row.merchant_id, id=row.conversation_id or 0).first()
    if talk and talk.priority < Conversation.Priority.HIGH:
        set_priority(talk, Conversation.Priority.HIGH, by=SYSTEM)


def _still_waiting() -> set[int]:
    """Merchants with a chat that waits: who was passed over is asked again after a while, and desks open unheard."""
    rows = Waiting.objects.filter(left_at=None, kind=CHAT).exclude(turns__outcome__in=["offered", "taken"])
    return set(rows.values_list("merchant_id", flat=True).distinct())
