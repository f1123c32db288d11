"""A call is over, and what was said is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from presszero.routing.actions import leave, wrapped_up
from presszero.routing.models import Waiting
from presszero.team.models import Membership

from ..facts import CallEnded
from ..models import Call, Callback, Recording
from ..telling import customer_actor, tell
from .callbacks import not_reached
from .ringing import end_legs, ring_due
from .texting import text_missed

Left = Waiting.Left
_LEFT = {"callback": Left.CALLBACK, "voicemail": Left.VOICEMAIL, "closed": Left.CLOSED}
_GAVE_UP = ("abandoned", "failed", "lost", "cancelled")


def call_ended(call_id: int, why: str, at: datetime) -> None:
    """served · abandoned · callback · voicemail · closed · failed. Ending twice is ending once."""
    call = Call.objects.select_related("line__merchant", "line__brand", "conversation", "customer").get(id=call_id)
    if call.ended_at is None:
        _ended(call, _outcome(call, why), at)
        call.refresh_from_db(fields=["ended_at", "ended", "stage", "conversation", "talked_at"])
    waiting = Waiting.objects.filter(merchant_id=call.merchant_id, kind="call", subject_id=call.id, left_at=None)
    for number in list(waiting.values_list("id", flat=True)):
        leave(number, _LEFT.get(call.ended, Left.ABANDONED if call.inbound else Left.WITHDRAWN), at)
    end_legs(call, at)
    not_reached(call, at)
    text_missed(call, at)
    ring_due(call.merchant_id, at)  # whoever it was has a hand free


def wrap_up(call: Call, *, by: Membership, at: datetime) -> None:
    """What was said stands written, or there is nothing to write: they are free for the next at once."""
    Call.objects.filter(merchant_id=call.merchant_id, id=call.id, wrapped_at=None).update(wrapped_at=at)
    wrapped_up(by.merchant_id, by.id)
    ring_due(by.merchant_id, at)


@transaction.atomic
def _ended(call: Call, outcome: str, at: datetime) -> None:
    rows = Call.objects.filter(merchant_id=call.merchant_id, id=call.id, ended_at=None)
    changes = {"ended_at": at, "ended": outcome[:12], "stage": Call.Stage.ENDED, "state": {}}  # what was keyed in goes
    if not rows.update(**changes):
        return
    recordings = Recording.objects.filter(merchant_id=call.merchant_id, call=call, storage_key="", provider_id="")
    recordings.filter(kind="call", ended_at=None).update(ended_at=at)
    waited = _seconds(call.waiting_at, call.talked_at or at)
    told = {"seconds": _seconds(call.began_at, at) or 0, "waited": waited, "talked": _seconds(call.talked_at, at)}
    tell(CallEnded, call, customer_actor(call), ended=outcome, **told)


def _outcome(call: Call, why: str) -> str:
    """Whoever talked was served; whoever left something behind did not give up."""
    if why not in _GAVE_UP:
        return why
    if call.talked_at:
        return "served"
    if Recording.objects.filter(merchant_id=call.merchant_id, call=call, kind="voicemail").exists():
        return "voicemail"
    if Callback.objects.filter(merchant_id=call.merchant_id, call=call, ended_at=None).exists():
        return "callback"
    return "abandoned" if why == "cancelled" else why


def _seconds(since: datetime | None, until: datetime) -> int | None:
    return max(0, int((until - since).total_seconds())) if since else None
