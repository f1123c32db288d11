"""Joining, changing roles, leaving. A merchant always keeps an admin."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.timeline import actions as timeline

from .. import queries
from ..facts import MemberJoined, MemberLeft, RoleChanged
from ..models import Invitation, Membership, Person, Role
from .sessions import end_at_merchant


class AdminsOnly(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only an admin changes the team."), _("Ask an admin of your team."))


class LastAdmin(Refused):
    def __init__(self) -> None:
        super().__init__(_("A team needs an admin."), _("Make somebody else an admin first."))


def join(person: Person, merchant: Merchant, role: Role) -> Membership:
    """A person becomes part of a team, or comes back to it. In the caller's transaction."""
    member, made = Membership.objects.get_or_create(merchant=merchant, person=person, defaults={"role": role})
    if not made and member.left_at is None:
        return member
    if not made:
        member.role, member.left_at = role, None
        member.sees_all = member.sees_all or role == Role.ADMIN
        member.save(update_fields=["role", "left_at", "sees_all"])
    record("member.join", f"membership:{member.id}", by=member.actor, merchant=merchant, after={"role": role.value})
    timeline.record(
        MemberJoined(merchant_id=merchant.id, by=member.actor, member_id=member.id, role=role.value, came_back=not made)
    )
    return member


@transaction.atomic
def change_role(member: Membership, role: Role, *, by: Membership, at: datetime) -> Membership:
    """A colleague's rights change; their sessions here end, so that no page or stream keeps the old ones."""
    _lock_admins(by)
    member = _colleague(member, by)
    if member.id == by.id:
        raise Refused(_("You cannot change your own role."), _("Ask another admin."))
    if member.role == role:
        return member
    _keep_an_admin(member)
    before, member.role = str(member.role), Role(role)
    member.sees_all = member.sees_all or role == Role.ADMIN  # whoever decides who sees what sees it
    member.save(update_fields=["role", "sees_all"])
    _take_back(member, at)
    _note("role.change", member, by, before, role)
    timeline.record(
        RoleChanged(merchant_id=by.merchant_id, by=by.actor, at=at, member_id=member.id, before=before, after=str(role))
    )
    return member


@transaction.atomic
def remove(member: Membership, *, by: Membership, at: datetime) -> None:
    """A colleague leaves the team; what they did stays theirs. Their sessions here end."""
    _lock_admins(by)
    member = _colleague(member, by)
    if member.id == by.id:
        raise Refused(_("You cannot remove yourself here."), _("Leave the team on your own page."))
    _go(member, by, at)


@transaction.atomic
def leave(member: Membership, at: datetime) -> None:
    """One leaves on one's own. Refused for the last admin."""
    _lock_admins(member)
    _go(_colleague(member, member), member, at)


def check_admin(by: Membership) -> None:
    """Raises AdminsOnly unless this is an admin who is still in the team."""
    if not queries.admins_of(by.merchant).filter(id=by.id).exists():
        raise AdminsOnly


def _lock_admins(by: Membership) -> None:
    """Two admins who demote each other at once take turns, and the second finds that it would be the last."""
    admins = Membership.objects.filter(merchant=by.merchant, role=Role.ADMIN, left_at__isnull=True)
    list(admins.order_by("id").select_for_update().values_list("id", flat=True))


def _colleague(member: Membership, by: Membership) -> Membership:
    """The member as the database has them now. Another merchant's member does not exist here."""
    if member.id != by.id:
        check_admin(by)
    found = queries.members_of(by.merchant).select_related("person", "merchant").filter(id=member.id).first()
    if found is None:
        raise Refused(_("That person is not in your team any more."))
    return found


def _keep_an_admin(member: Membership) -> None:
    others = queries.admins_of(member.merchant).exclude(id=member.id)
    if member.role == Role.ADMIN and not others.exists():
        raise LastAdmin


def _go(member: Membership, by: Membership, at: datetime) -> None:
    _keep_an_admin(member)
    member.left_at = at
    member.save(update_fields=["left_at"])
    _take_back(member, at)
    _note("member.leave" if member.id == by.id else "member.remove", member, by, member.role, None)
    timeline.record(MemberLeft(merchant_id=by.merchant_id, by=by.actor, at=at, member_id=member.id))


def _take_back(member: Membership, at: datetime) -> None:
    """What rested on the old rights ends: sessions here, and invitations that nobody has used yet."""
    end_at_merchant(member.person, member.merchant, at)
    theirs = Invitation.objects.filter(merchant=member.merchant, invited_by=member, used_at=None, withdrawn_at=None)
    theirs.update(withdrawn_at=at)


def _note(verb: str, member: Membership, by: Membership, before: str, after: str | None) -> None:
    record(
        verb,
        f"membership:{member.id}",
        by=by.actor,
        merchant=member.merchant,
        before={"role": str(before)},
        after={"role": str(after)} if after else None,
    )
