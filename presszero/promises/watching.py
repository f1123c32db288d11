"""What time alone does: what nobody has kept is soon due; and every half hour everything is compared anew."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import DatabaseError

from presszero.core.actor import SYSTEM
from presszero.merchants.models import Merchant

from .actions.changing import break_one, risk, withdraw_one
from .actions.differing import differ
from .actions.hearing import would_be_told
from .models import Gap, Kind, Promise
from .policy import doubtful_from
from .syncing import sync_all

log = logging.getLogger(__name__)

EVERY = 1_800.0  # seconds between two comparisons of everything
UNHEARD = timedelta(days=14)  # so long after its day nobody will tell us any more
_SOON = timedelta(hours=24)

_last: dict[int, float] = {}  # merchant → when this process compared all of theirs


def watch(now: datetime, limit: int = 200) -> int:
    """A call, a refund, a repair that nobody has done shortly before its moment is somebody's to do now; how many."""
    near = Promise.objects.filter(
        due_at__gt=now, due_at__lte=now + _SOON, kept_at=None, broken_at=None, withdrawn_at=None, renegotiated_at=None
    )
    rows = near.exclude(kind=Kind.ANSWER).exclude(kind=Kind.DELIVERY, order__isnull=False).filter(risk_at=None)
    doubtful = [made for made in rows.order_by("due_at")[:limit] if doubtful_from(made.at, made.due_at) <= now]
    for made in doubtful:
        risk(made, "clock")
        differ(made, Gap.Kind.NO_ANSWER)
    return len(doubtful)


def look_again(now: datetime) -> int:
    """Deliveries of which nobody had told us: somebody does by now, or nobody ever will. How many are settled."""
    rows = (
        Promise.objects.filter(state="at_risk", risk_because="unheard").select_related("order").order_by("due_at", "id")
    )
    return sum(_settle(made, now) for made in rows[:200])


def _settle(made: Promise, now: datetime) -> bool:
    """Too long ago to be judged, neither kept nor broken; or scans came in since, and it is late indeed."""
    if made.due_at < now - UNHEARD:
        withdraw_one(made, SYSTEM)
        return True
    return made.order is not None and would_be_told(made.order, now) and break_one(made, now) > 0


def sync_due(now: datetime) -> int:
    """Compares everything of every merchant whose turn it is; days go by without news too. How many differ."""
    differing, at = 0, time.monotonic()
    for merchant_id in Merchant.objects.order_by("id").values_list("id", flat=True):
        if at - _last.get(merchant_id, -EVERY) < EVERY:
            continue
        _last[merchant_id] = at
        try:
            differing += sync_all(merchant_id, now)
        except (DatabaseError, ValueError, LookupError):
            log.exception("The promises of merchant %d were not compared; the others go on", merchant_id)
    return differing
