"""On whose authority something is given: their rows of the table, and what their sums are kept under."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.models import Membership, Role
from presszero.team.sight import MayNot, sight_of

from .models import Limit
from .policy import ANY, MACHINES, LimitRow, governing

ROLES = (Role.AGENT, Role.LEAD, Role.ADMIN)
# Kinds of actors with a standing word of the merchant's, and their rows: (merchant) → rows. Apps above add theirs.
appointed: dict[str, Callable[[int], tuple[LimitRow, ...]]] = {}
_ASKED_FIRST = {Role.LEAD: 0, Role.ADMIN: 1}


@dataclass(frozen=True, slots=True)
class Authority:
    """`code`: what sums are kept under. `role` is "" for whoever has no part in the table, such as a customer."""

    code: str
    role: str
    rows: tuple[LimitRow, ...]
    member: Membership | None = None


def authority_of(by: Actor, merchant_id: int, conversation: Conversation | None = None) -> Authority:
    """A member has their role in the conversation's queue. Raises MayNot for who left, or does not see it."""
    if by.kind == "member":
        return _member(by, merchant_id, conversation)
    if by.kind in MACHINES:
        return Authority(by.kind, by.kind, rows_of(merchant_id, by.kind))
    if by.kind in appointed:
        return Authority(by.kind, by.kind, appointed[by.kind](merchant_id))
    return Authority(by.kind, "", ())


def rows_of(merchant_id: int, role: str) -> tuple[LimitRow, ...]:
    """What the table says of a role, or of a kind of machines."""
    return _rows(merchant_id, role, None)


def whom_to_ask(merchant_id: int, kind: str, by: Actor) -> str:
    """The first name of somebody who answers such questions, a lead before an admin; "" where nobody does."""
    found = [m for m in granters(merchant_id, kind) if m.actor.code != by.code]
    return found[0].first_name if found else ""


def granters(merchant_id: int, kind: str) -> list[Membership]:
    """Who may answer for a remedy of this kind: leads first."""
    rows = Limit.objects.filter(merchant_id=merchant_id, kind__in=(kind, ANY))
    by_role: dict[str, list[LimitRow]] = {}
    by_member: dict[int, list[LimitRow]] = {}
    for row in rows:
        if row.role:
            by_role.setdefault(row.role, []).append(_row(row))
        else:
            by_member.setdefault(row.member_id or 0, []).append(_row(row))
    team = Membership.objects.filter(merchant_id=merchant_id, left_at=None).exclude(role=Role.READ_ONLY)
    found = [
        member
        for member in team.select_related("person").order_by("person__name", "id")
        if _grants(kind, [*by_role.get(member.role, []), *by_member.get(member.id, [])])
    ]
    return sorted(found, key=lambda member: _ASKED_FIRST.get(Role(member.role), 2))


def _grants(kind: str, rows: list[LimitRow]) -> bool:
    row = governing(kind, rows, 0)
    return row is not None and row.allowed and row.may_grant


def _member(by: Actor, merchant_id: int, conversation: Conversation | None) -> Authority:
    found = Membership.objects.filter(merchant_id=merchant_id, id=by.id or 0, left_at=None).select_related("person")
    member = found.first()
    if member is None:
        raise MayNot(_("Whoever asked for this has left the team."))
    role = _role_in(member, conversation)
    if role == Role.READ_ONLY:
        raise MayNot(_("You can read here, and change nothing."))
    return Authority(by.code, role, _rows(merchant_id, role, member.id), member)


def _role_in(member: Membership, conversation: Conversation | None) -> Role:
    if conversation is None:
        return Role(member.role)
    role = sight_of(member).role_in(conversation.team_id, theirs=conversation.assignee_id == member.id)
    if role is None:
        raise MayNot(_("That conversation is not in one of your queues."))
    return role


def _rows(merchant_id: int, role: str, member_id: int | None) -> tuple[LimitRow, ...]:
    whose = Q(role=role) | Q(member_id=member_id) if member_id else Q(role=role)
    return tuple(_row(row) for row in Limit.objects.filter(whose, merchant_id=merchant_id))


def _row(row: Limit) -> LimitRow:
    return LimitRow(
        whose=row.role or "member",
        kind=row.kind,
        currency=row.currency,
        allowed=row.allowed,
        each=row.each,
        share=row.share,
        order=row.order,
        customer_month=row.customer_month,
        day=row.day,
        month=row.month,
        worth_from=row.worth_from,
        may_pass=row.may_pass,
        may_grant=row.may_grant,
    )


class NotYours(Refused):
    """Somebody else has to answer this."""

    status = 403
