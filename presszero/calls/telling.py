"""Facts of a call, with what every one of them carries. The conversation it stands in may have been merged since."""

from __future__ import annotations

from typing import Any

from presszero.core.actor import SYSTEM, Actor
from presszero.timeline.actions import record, wake

from .asking import WAKES
from .facts import CallRings
from .models import Call, Leg


def tell(fact: Any, call: Call, by: Actor = SYSTEM, **more: Any) -> None:
    """Records one fact of this call."""
    about = {"merchant_id": call.merchant_id, "customer_id": call.customer_id, "conversation_id": call.conversation_id}
    record(fact(**about, by=by, call_id=call.id, **more))


def tell_rings(leg: Leg, call: Call) -> None:
    """A member's phone rings or stopped, and whoever holds the call looks."""
    if leg.member_id:
        tell(CallRings, call, leg_id=leg.id, member_id=leg.member_id)
    wake(WAKES, str(call.id))


def customer_actor(call: Call) -> Actor:
    return Actor("customer", call.customer_id) if call.customer_id else SYSTEM
