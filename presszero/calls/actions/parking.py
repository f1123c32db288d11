"""Into the queue: nothing that is looked up, written down or announced can stand between a caller and a person."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models.functions import Coalesce

from presszero.routing.actions import Asked, enter
from presszero.routing.models import Waiting
from presszero.routing.queries import speaking

from ..facts import CallWaiting, CallZero
from ..menu.vocabulary import Park, QueueSays
from ..models import Call, Leg
from ..queries import callback_of, knows_them, queue_of, queue_says
from ..telling import customer_actor, tell
from .callbacks import forget_wish
from .ringing import OURS, ring_due
from .steps import write_step

log = logging.getLogger(__name__)
T = TypeVar("T")
_SAID_AT_ONCE = 45  # seconds; whoever is put through sooner need not be told


def park(call: Call, command: Park, at: datetime) -> QueueSays | None:
    """Waits for a person, and rings. Waiting twice is waiting once."""
    legs = Leg.objects.filter(merchant_id=call.merchant_id, call=call, ended_at=None, role__in=OURS)
    if call.ended_at or (command.why != "lost" and legs.exclude(answered_at=None).exists()):
        return None
    queue = queue_of(call.line, command.queue)
    again = call.waiting if command.why == "lost" else None
    kept = _if_it_can(lambda: callback_of(call), None)
    sticky = None if again and command.queue else _if_it_can(lambda: knows_them(call), None)
    asked = Asked(
        queue,
        "call",
        call.id,
        call.line,
        call.customer,
        call.conversation,
        priority=1 if again else 0,
        skills=_if_it_can(lambda: speaking(call.merchant_id, call.language) if call.language else {}, {}),
        sticky=sticky,  # nobody where somebody passes the call on
        since=kept.since if kept else again.since if again else None,
    )
    row = enter(asked, at)
    _written_waiting(call, row, command, at)
    ring_due(call.merchant_id, at)
    _if_it_can(lambda: _announced(call, row, command), None)
    if row.id != call.waiting_id:
        _if_it_can(lambda: write_step(call, "queue", command.node, queue.name, at), None)
    _if_it_can(lambda: forget_wish(call, at), None)
    if legs.filter(answered_at=None).exists():
        return None  # somebody's phone rings: there is nothing to tell
    says = _if_it_can(lambda: queue_says(call.id, at), None)
    return says if says and (says.nobody or says.place > 1 or says.seconds > _SAID_AT_ONCE) else None


def _if_it_can(what: Callable[[], T], usual: T) -> T:
    """What would be good to have. Its failure is a line in the log, never the caller's."""
    try:
        with transaction.atomic():
            return what()
    except Exception:
        log.exception("Something beside a caller's way to a person failed.")
        return usual


def _written_waiting(call: Call, row: Waiting, command: Park, at: datetime) -> None:
    changes: dict[str, Any] = {"stage": Call.Stage.WAITING, "waiting": row, "waiting_at": Coalesce("waiting_at", at)}
    if command.why == "zero" and call.zero_at is None:
        changes |= {"zero_at": at, "zero_node": command.node[:60]}
    Call.objects.filter(merchant_id=call.merchant_id, id=call.id, ended_at=None).update(**changes)


def _announced(call: Call, row: Waiting, command: Park) -> None:
    if command.why == "zero" and call.zero_at is None:
        tell(CallZero, call, customer_actor(call))
    if row.id != call.waiting_id:
        tell(CallWaiting, call, customer_actor(call), queue_id=row.queue_id)
