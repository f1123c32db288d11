"""Being ready, being away and why, being here, having had a turn.

Being on a call is not written down: it is what the turns say.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..facts import PresenceChanged
from ..models import Presence

REASONS = ("lunch", "break", "meeting", "training", "other")  # which a member may give; "missed" is ours
WRAPS_UP = "wrap_up"
_LONGEST = timedelta(days=1)  # until when somebody may be away and come back by themselves


def be_ready(member: Membership, ready: bool) -> Presence:
    """The member takes new conversations from now on, or no longer."""
    return _stand(member, ready, "", None, member.actor)


def be_away(member: Membership, reason: str, until: datetime | None = None, *, by: Actor | None = None) -> Presence:
    """The member is away for a reason; from `until` on they are ready again by themselves. Raises Refused."""
    now = timezone.now()
    if reason not in (*REASONS, "missed"):
        raise Refused(_("There is no such reason."), _("Pick one of those there are."))
    if until is not None and not now < until <= now + _LONGEST:
        raise Refused(_("That is no time within the next day."), _("Pick a later one, or leave it open."))
    return _stand(member, False, reason, until, by or member.actor)


@transaction.atomic
def _stand(member: Membership, ready: bool, reason: str, until: datetime | None, by: Actor) -> Presence:
    row, is_new = Presence.objects.select_for_update().get_or_create(
        merchant_id=member.merchant_id, member=member, defaults={"ready": ready, "reason": reason, "until": until}
    )
    if is_new or (row.ready, row.reason) != (ready, reason):
        row.since = timezone.now()
        record(PresenceChanged(merchant_id=member.merchant_id, by=by, member_id=member.id, ready=ready, reason=reason))
    row.ready, row.reason, row.until = ready, reason, until
    if by == member.actor:
        row.seen_at = timezone.now()
    row.save()
    return row


def be_here(member: Membership) -> None:
    """A desk of the member is open. Written at most every half minute; a first time makes nobody ready."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO routing_presence AS p (merchant_id, member_id, ready, seen_at) VALUES (%s, %s, false, now())
            ON CONFLICT (merchant_id, member_id) DO UPDATE SET seen_at = now()
            WHERE p.seen_at < now() - interval '30 seconds'""",
            [member.merchant_id, member.id],
        )


def reached_elsewhere(member: Membership, elsewhere: bool) -> None:
    """Calls reach them without a desk open from now on (their own phone rings), or no longer. Makes nobody ready."""
    Presence.objects.update_or_create(merchant_id=member.merchant_id, member=member, defaults={"elsewhere": elsewhere})


def had_turn(merchant_id: int, member_id: int, at: datetime) -> None:
    """Round robin gave them one; whoever waited longer is next."""
    Presence.objects.filter(merchant_id=merchant_id, member_id=member_id).update(last_turn_at=at)


def wrapped_up(merchant_id: int, member_id: int) -> None:
    """The last call is written down before its time was over: ready for the next."""
    rows = Presence.objects.filter(merchant_id=merchant_id, member_id=member_id, reason=WRAPS_UP)
    rows.update(reason="", until=None)


def come_back_due(now: datetime, limit: int = 200) -> list[int]:
    """Whoever said until when is ready again; the merchants of those. The clock calls this."""
    due = Presence.objects.filter(until__lte=now).select_related("member__person").order_by("until")[:limit]
    return list({row.merchant_id for row in due if _come_back(row, now)})


@transaction.atomic
def _come_back(seen: Presence, now: datetime) -> bool:
    row = Presence.objects.select_for_update().filter(merchant_id=seen.merchant_id, id=seen.id, until__lte=now).first()
    if row is None:
        return False
    if not row.ready:
        record(PresenceChanged(merchant_id=row.merchant_id, by=SYSTEM, member_id=row.member_id, ready=True))
        row.since = now
    row.ready, row.reason, row.until = True, "", None
    row.save(update_fields=["ready", "reason", "until", "since"])
    return True
