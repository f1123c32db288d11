"""Calling somebody back whose place we kept: when their turn has come, and by whom the call begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from presszero.core.actor import SYSTEM
from presszero.routing.actions import Asked, enter
from presszero.routing.models import Waiting
from presszero.routing.queries import speaking, staffed
from presszero.timeline.actions import wake

from ..asking import WAKES
from ..facts import CallBegan
from ..models import Call, Callback
from ..placing import place_ours
from ..queries import knows_them, queue_of
from ..telling import tell
from .beginning import ours
from .ringing import ring_due

State = Callback.State
_HANGS_UP = timedelta(minutes=3)  # after asking they are still told when we call, and hang up


def callbacks_due(now: datetime) -> list[Callback]:
    """Whose turn to be called has come, the longest wait first."""
    rows = Callback.objects.filter(state=State.WAITS, ended_at=None, next_at__lte=now)
    rows = rows.exclude(Q(call__isnull=False), call__ended_at=None, asked_at__gt=now - _HANGS_UP)
    found = rows.select_related("line__merchant", "line__hours", "queue", "customer", "conversation")
    return [row for row in found.order_by("since")[:100] if _may_be_called(row, now)]


def call_back(row: Callback, now: datetime) -> Call | None:
    """Begins the call: our person first (it waits for one, in the place they kept), or them first. None: it began."""
    with transaction.atomic():
        held = Callback.objects.select_for_update(no_key=True).get(merchant_id=row.merchant_id, id=row.id)
        if held.state != State.WAITS or held.ended_at:
            return None
        call = ours(row.line, row.number, row.conversation or row.customer, now, kind="callback")
        call.language = row.language
        call.stage = Call.Stage.WAITING if row.first == "agent" else Call.Stage.DIALLING
        call.save(update_fields=["language", "stage"])
        place_ours(call, SYSTEM, now)
        changes: dict[str, Any] = {"state": State.CALLING, "tries": held.tries + 1, "try_id": call.id}
        if held.conversation_id is None:
            changes |= {"customer_id": call.customer_id, "conversation_id": call.conversation_id}
        Callback.objects.filter(merchant_id=row.merchant_id, id=row.id).update(**changes)
        tell(CallBegan, call, inbound=False)
    if row.first == "agent":
        _wait_for_person(row, call, now)
    else:
        wake(WAKES, str(call.id))
    return call


def _may_be_called(row: Callback, now: datetime) -> bool:
    """While somebody is on duty. Customers are rung first only when a hand is free and nobody is before them."""
    duty = staffed(row.queue, now)
    if row.first == "agent":
        return duty.ready > 0
    before = Waiting.objects.filter(merchant_id=row.merchant_id, queue=row.queue, kind="call", left_at=None)
    return duty.here > before.filter(since__lt=row.since).count()


def _wait_for_person(row: Callback, call: Call, now: datetime) -> None:
    skills = speaking(row.merchant_id, row.language) if row.language else {}
    asked = Asked(
        queue_of(row.line, row.queue_id), "call", call.id, call.line, call.customer, call.conversation, skills=skills,
        sticky=knows_them(call), since=row.since,
    )  # fmt: skip
    waiting = enter(asked, now)
    Call.objects.filter(merchant_id=call.merchant_id, id=call.id).update(waiting=waiting, waiting_at=now)
    ring_due(call.merchant_id, now)
