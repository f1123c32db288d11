"""A member's own telephone as their end of calls."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.routing.actions import reached_elsewhere
from presszero.team.models import Membership

from .dialling import lines_of, why_not
from .models import MobileEnd
from .policy_dial import Undialable, dialable

WHENS = ("never", "away", "always")


def mobile_of(member: Membership) -> MobileEnd | None:
    """None where they never gave one."""
    return MobileEnd.objects.filter(merchant_id=member.merchant_id, member=member).first()


@transaction.atomic
def ring_mobile(member: Membership, typed: str, when: str) -> MobileEnd | None:
    """Calls come to this number from now on; a new one is confirmed by a key when it rings first.

    An empty number takes it away. Raises Undialable.
    """
    row = MobileEnd.objects.select_for_update().filter(merchant_id=member.merchant_id, member=member).first()
    before = {"number": row.number, "when": row.when} if row else None
    if not typed.strip():
        if row:
            row.delete()
            reached_elsewhere(member, False)
            _written(member, before, None)
        return None
    number = _checked(member, typed)
    row = row or MobileEnd(merchant_id=member.merchant_id, member=member)
    if row.number != number:
        row.number, row.confirmed_at = number, None
    row.when = when
    row.save()
    reached_elsewhere(member, bool(row.confirmed_at) and when != "never")
    _written(member, before, {"number": row.number, "when": row.when})
    return row


def _checked(member: Membership, typed: str) -> str:
    """Rung as any other number is: only where a line of ours may ring."""
    lines = lines_of(member.merchant_id)
    if not lines:
        mute = why_not(member.merchant_id)
        raise Undialable(
            _("No phone line of ours could ring it."), " ".join(mute) or _("An admin can add one in the settings.")
        )
    refused: Undialable | None = None
    for line in lines:
        try:
            return dialable(typed, line.home, line.countries).e164
        except Undialable as why:
            refused = refused or why
    assert refused
    raise refused


def _written(member: Membership, before: dict[str, str] | None, after: dict[str, str] | None) -> None:
    """That it changed and when it rings; the number itself is theirs and stays out of the record."""
    told = [{"when": each["when"], "ends_in": each["number"][-3:]} if each else None for each in (before, after)]
    record(
        "member.mobile",
        f"member:{member.id}",
        by=member.actor,
        merchant=member.merchant,
        before=told[0],
        after=told[1],
    )
