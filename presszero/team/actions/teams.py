"""Teams: who shares a queue, and who sees more than that. Admins decide, and it is kept on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.text import one_line

from .. import queries
from ..models import Membership, Role, Team, TeamMember
from .members import check_admin


@transaction.atomic
def make_team(name: str, *, by: Membership) -> Team:
    """A team with a queue of its own. Raises Refused for a name that is taken."""
    check_admin(by)
    made = _named(Team(merchant=by.merchant), name)
    record("team.make", f"team:{made.id}", by=by.actor, merchant=by.merchant, after={"name": made.name})
    return made


@transaction.atomic
def rename_team(team: Team, name: str, *, by: Membership) -> Team:
    """Its queue stays what it was. Raises Refused for a name that is taken."""
    check_admin(by)
    before = team.name
    if one_line(name, 80) != before:
        _named(team, name)
        names: dict[str, Any] = {"before": {"name": before}, "after": {"name": team.name}}
        record("team.rename", f"team:{team.id}", by=by.actor, merchant=by.merchant, **names)
    return team


@transaction.atomic
def put_in_team(team: Team, member: Membership, role: Role, *, by: Membership) -> None:
    """A colleague works in this queue from now on, with at most this role."""
    check_admin(by)
    if team.merchant_id != by.merchant_id or member.merchant_id != by.merchant_id or member.left_at or team.retired_at:
        raise Refused(_("That person or team is not there any more."))
    mine: dict[str, Any] = {"merchant": by.merchant, "team": team, "member": member}
    before = TeamMember.objects.filter(**mine).values_list("role", flat=True).first()
    if before == role:
        return
    TeamMember.objects.update_or_create(**mine, defaults={"role": role})
    _note("team.put_in", team, member, by, (before, str(role)))


@transaction.atomic
def take_out_of_team(team: Team, member: Membership, *, by: Membership) -> bool:
    """They work in this queue no longer. False when they did not."""
    check_admin(by)
    rows = TeamMember.objects.filter(merchant=by.merchant, team=team, member=member)
    before = rows.values_list("role", flat=True).first()
    if before is None:
        return False
    rows.delete()
    _note("team.take_out", team, member, by, (before, None))
    return True


@transaction.atomic
def retire_team(team: Team, *, by: Membership, at: datetime) -> None:
    """The team is no more; whoever saw its queue alone sees nothing of it from now on."""
    check_admin(by)
    if Team.objects.filter(merchant=by.merchant, id=team.id, retired_at=None).update(retired_at=at):
        record("team.retire", f"team:{team.id}", by=by.actor, merchant=by.merchant, before={"name": team.name})


@transaction.atomic
def widen_sight(member: Membership, sees_all: bool, *, by: Membership) -> Membership:
    """Everything, or only what stands in their teams and what is theirs. An admin sees everything."""
    check_admin(by)
    found = queries.members_of(by.merchant).filter(id=member.id).first()
    if found is None:
        raise Refused(_("That person is not in your team any more."))
    if found.role == Role.ADMIN and not sees_all:
        raise Refused(_("An admin sees everything."), _("Give them another role first."))
    if found.sees_all != sees_all:
        Membership.objects.filter(merchant=by.merchant, id=found.id).update(sees_all=sees_all)
        seen: dict[str, Any] = {"before": {"sees_all": found.sees_all}, "after": {"sees_all": sees_all}}
        record("sight.change", f"membership:{found.id}", by=by.actor, merchant=by.merchant, **seen)
        found.sees_all = sees_all
    return found


def _named(team: Team, name: str) -> Team:
    team.name = one_line(name, 80)
    if not team.name:
        raise Refused(_("A team needs a name."))
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise Refused(_("There is a team of this name already."), _("Pick another name.")) from None
    return team


def _note(verb: str, team: Team, member: Membership, by: Membership, roles: tuple[str | None, str | None]) -> None:
    before, after = ({"member": member.id, "role": role} if role else None for role in roles)
    record(verb, f"team:{team.id}", by=by.actor, merchant=by.merchant, before=before, after=after)
