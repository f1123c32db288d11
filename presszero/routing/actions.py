"""Being ready, being here, having had a turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from presszero.team.models import Membership
from presszero.timeline.actions import record

from .facts import PresenceChanged
from .models import Presence

GONE_AFTER = timedelta(seconds=90)  # no desk of theirs was open for so long


@transaction.atomic
def be_ready(member: Membership, ready: bool) -> Presence:
    """The member takes new conversations from now on, or no longer."""
    row, is_new = Presence.objects.select_for_update().get_or_create(
        merchant_id=member.merchant_id, member=member, defaults={"ready": ready}
    )
    if is_new or row.ready != ready:
        row.ready, row.since = ready, timezone.now()
        record(PresenceChanged(merchant_id=member.merchant_id, by=member.actor, member_id=member.id, ready=ready))
    row.seen_at = timezone.now()
    row.save()
    return row


def be_here(member: Membership) -> None:
    """A desk of the member is open. Written at most every half minute."""
    stale = timezone.now() - timedelta(seconds=30)
    Presence.objects.filter(merchant_id=member.merchant_id, member=member, seen_at__lt=stale).update(
        seen_at=timezone.now()
    )


def had_turn(merchant_id: int, member_id: int, at: datetime) -> None:
    """Round robin gave them one; whoever waited longer is next."""
    Presence.objects.filter(merchant_id=merchant_id, member_id=member_id).update(last_turn_at=at)
