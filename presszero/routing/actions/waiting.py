"""Entering the line, and leaving it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers.models import Customer
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..carts import cart_left
from ..facts import WaitingEntered, WaitingLeft
from ..models import Queue, Turn, Waiting
from ..targets import due, kind_of, target_for


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks for a person."""

    queue: Queue
    kind: str  # call · chat
    subject_id: int  # the call, or the conversation of the chat
    line: Line | None = None
    customer: Customer | None = None
    conversation: Conversation | None = None
    priority: int = 0  # beside the queue's own; higher goes first
    skills: Mapping[int, int] = field(default_factory=dict)  # skill id → level at least, beside the queue's
    sticky: Membership | None = None  # who answered them last
    since: datetime | None = None  # a place that was kept


def enter(asked: Asked, at: datetime) -> Waiting:
    """They wait from now on. Who waits already stays where they are: entering twice is entering once."""
    found = _standing(asked)
    if found:
        return found
    try:
        with transaction.atomic():
            return _enter(asked, at)
    except IntegrityError:
        again = _standing(asked)
        if again is None:
            raise
        return again


def leave(waiting_id: int, left: Waiting.Left, at: datetime) -> Waiting | None:
    """They wait no longer, and whoever was offered them is free again. None when they had left already."""
    with transaction.atomic():
        row = held_waiting(waiting_id)
        return leave_now(row, left, at) if row and row.left_at is None else None


def held_waiting(waiting_id: int) -> Waiting | None:
    """The row, locked; None where there is none. Lock it before the turns of it."""
    return Waiting.objects.select_for_update(no_key=True).filter(id=waiting_id).first()


def leave_now(row: Waiting, left: Waiting.Left, at: datetime, by: Membership | None = None) -> Waiting:
    """Of a row that is held. `by`: who answered."""
    row.left_at, row.left, row.taken_by = at, left, by
    if left == Waiting.Left.ABANDONED:
        row.cart_value, row.currency = cart_left(row.merchant_id, row.customer_id, at)
    row.save(update_fields=["left_at", "left", "taken_by", "cart_value", "currency"])
    offered = Turn.objects.filter(merchant_id=row.merchant_id, waiting=row, outcome=Turn.Outcome.OFFERED)
    offered.update(outcome=Turn.Outcome.WITHDRAWN, answered_at=at)
    record(
        WaitingLeft(
            merchant_id=row.merchant_id,
            by=by.actor if by else SYSTEM,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            waiting_id=row.id,
            queue_id=row.queue_id,
            channel=row.kind,
            left=str(left),
            seconds=max(0, int((at - row.since).total_seconds())),
            member_id=by.id if by else None,
        )
    )
    return row


def _standing(asked: Asked) -> Waiting | None:
    rows = Waiting.objects.filter(merchant_id=asked.queue.merchant_id, left_at=None)
    return rows.filter(kind=asked.kind, subject_id=asked.subject_id).first()


def _enter(asked: Asked, at: datetime) -> Waiting:
    queue, since = asked.queue, asked.since or at
    who = kind_of(asked.customer, asked.conversation, at)
    seconds = target_for(queue, asked.line, asked.kind, who)
    row = Waiting.objects.create(
        merchant_id=queue.merchant_id,
        queue=queue,
        kind=asked.kind,
        subject_id=asked.subject_id,
        line=asked.line,
        customer=asked.customer,
        conversation=asked.conversation,
        priority=asked.priority,
        rank=queue.priority + asked.priority,
        skills={str(skill): level for skill, level in asked.skills.items()},
        sticky=asked.sticky,
        since=since,
        began_at=at,
        customers=who,
        target_seconds=seconds,
        due_at=due(queue, asked.line, since, seconds),
    )
    record(
        WaitingEntered(
            merchant_id=queue.merchant_id,
            by=SYSTEM,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            waiting_id=row.id,
            queue_id=queue.id,
            channel=row.kind,
        )
    )
    return row
