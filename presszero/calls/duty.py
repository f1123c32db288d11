"""What the worker does for calls by the clock: calls people back, and rings for those whom no gateway holds yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from presszero.routing.models import Waiting

from .actions import call_ended
from .actions.calling_back import call_back, callbacks_due
from .actions.ringing import ring_due, rung_out
from .models import Call

TAKEN_WITHIN = timedelta(seconds=60)


def work(now: datetime) -> int:
    """One round; how many were begun to be called back."""
    begun = sum(call_back(row, now) is not None for row in callbacks_due(now))
    waiting = Call.objects.filter(stage=Call.Stage.WAITING, kind="callback", ended_at=None, gateway="")
    for merchant_id in waiting.values_list("merchant_id", flat=True).distinct():
        ring_due(merchant_id, now)
    rung_out(now)
    for number in _held_by_nobody(now):
        call_ended(number, "failed", now)
    for number in _not_wanted_any_more():
        call_ended(number, "cancelled", now)
    return begun


def _held_by_nobody(now: datetime) -> list[int]:
    """Calls that no gateway took: ours, which keep nobody from others, and those begun on a page."""
    rows = Call.objects.filter(stage=Call.Stage.DIALLING, gateway="", driver="sip", ended_at=None)
    pages = Call.objects.filter(kind="talk", gateway="", stage=Call.Stage.MENU, ended_at=None)
    left = list(pages.filter(began_at__lt=now - TAKEN_WITHIN).values_list("id", flat=True))
    wanted = Q(waiting=None, began_at__lt=now - TAKEN_WITHIN) | Q(legs__offered_at__lt=now - TAKEN_WITHIN)
    return [*left, *rows.filter(wanted).values_list("id", flat=True).distinct()]


def _not_wanted_any_more() -> list[int]:
    """Call-backs that left the queue before anybody took them: they were called otherwise."""
    rows = Call.objects.filter(stage=Call.Stage.WAITING, kind="callback", inbound=False, ended_at=None)
    return list(rows.filter(waiting__left=Waiting.Left.WITHDRAWN).values_list("id", flat=True))
