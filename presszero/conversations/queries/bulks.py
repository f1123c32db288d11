"""How far bulks are, and what they left alone."""

from __future__ import annotations

from presszero.team.marks import at_least
from presszero.team.models import Membership, Role

from ..models import Bulk, BulkItem
from .sight import seen

LEFT = (BulkItem.Outcome.REFUSED, BulkItem.Outcome.KEPT)


def bulk_of(member: Membership, number: int) -> Bulk | None:
    """One of the member's own; a lead sees everybody's."""
    rows = Bulk.objects.filter(merchant_id=member.merchant_id, id=number).select_related("by__person")
    return (rows if at_least(member.role, Role.LEAD) else rows.filter(by=member)).first()


def newest_bulks(member: Membership, limit: int = 20) -> list[Bulk]:
    """What the member began, newest first."""
    rows = Bulk.objects.filter(merchant_id=member.merchant_id, by=member).select_related("by__person")
    return list(rows.order_by("-id")[:limit])


def left_alone(member: Membership, bulk: Bulk, limit: int = 100) -> list[BulkItem]:
    """Items that were refused or kept, with their sentence; those whose conversation the member sees."""
    rows = BulkItem.objects.filter(seen(member, "conversation__"), merchant_id=member.merchant_id, bulk=bulk)
    return list(rows.filter(outcome__in=LEFT).select_related("conversation").order_by("id")[:limit])
