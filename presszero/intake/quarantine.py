"""What could not be understood: try it again, or discard it. Either way it stays on record, raw bytes included."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Arrival, Quarantine, Received
from presszero.merchants.models import Merchant
from presszero.timeline.actions import wake

from .split import WHEN_SPLIT


def in_quarantine(merchant: Merchant) -> list[Quarantine]:
    """What waits for a decision, newest first; at most 200."""
    return list(Quarantine.objects.filter(merchant=merchant, closed_at=None).order_by("-id")[:200])


@transaction.atomic
def retry(item: Quarantine, *, by: Actor) -> None:
    """Puts it back where it failed. Raises Refused when it was decided already."""
    row = _open(item)
    if row.arrival_id:
        Arrival.objects.filter(merchant_id=row.merchant_id, id=row.arrival_id).update(done_at=None)
        wake(WHEN_SPLIT)
    else:
        Received.objects.filter(merchant_id=row.merchant_id, id=row.received_id).update(split_at=None, tries=row.tries)
        wake("arrivals")
    _close(row, "retried", by)


@transaction.atomic
def discard(item: Quarantine, *, by: Actor) -> None:
    """Nobody needs it. The raw bytes stay as long as all raw bytes do."""
    row = _open(item)
    _close(row, "discarded", by)
    audit("quarantine.discard", f"quarantine:{row.id}", by=by, merchant=row.merchant, why=row.reason[:200])


def raw(item: Quarantine) -> bytes:
    """The bytes as they came, without card numbers."""
    return body_of(Received.objects.get(merchant_id=item.merchant_id, id=item.received_id))


def _open(item: Quarantine) -> Quarantine:
    row = Quarantine.objects.select_for_update().get(merchant_id=item.merchant_id, id=item.id)
    if row.closed_at:
        raise Refused(_("Somebody decided this already."))
    return row


def _close(row: Quarantine, outcome: str, by: Actor) -> None:
    row.closed_at, row.closed_by, row.outcome = timezone.now(), by.code, outcome
    row.save(update_fields=["closed_at", "closed_by", "outcome"])
