"""A promise that is about no parcel is about to be missed, or was: a gap of its own, once a promise and kind."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from presszero.core.actor import SYSTEM
from presszero.timeline.actions import record

from ..days import day_of
from ..facts import GapChanged, GapOpened
from ..models import Gap, Promise
from .holding import about
from .making import zone_of


@transaction.atomic
def differ(promise: Promise, kind: str) -> Gap | None:
    """Opens it, or changes the one that is open. None where somebody has seen to this already."""
    rows = Gap.objects.filter(merchant_id=promise.merchant_id, promise=promise, order=None)
    known = {gap.kind: gap for gap in rows.select_for_update(of=("self",))}
    if kind in known:
        return None
    standing = next((gap for gap in known.values() if gap.closed_at is None), None)
    gap = standing or Gap(
        merchant_id=promise.merchant_id,
        customer_id=promise.customer_id,
        conversation_id=promise.conversation_id,
        promise=promise,
    )
    gap.kind, gap.changed_at = kind, timezone.now()
    gap.promised = day_of(promise.due_at, zone_of(promise.merchant_id))
    gap.save()
    of = about(promise)
    if standing:
        record(GapChanged(**of, by=SYSTEM, gap_id=gap.id, gap_kind=gap.kind))
    else:
        record(GapOpened(**of, by=SYSTEM, gap_id=gap.id, gap_kind=gap.kind))
    return gap
