"""Who sees which queue: whoever does not see everything sees what stands in their teams, and what is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from presszero.core.refusal import Refused

from .marks import at_least
from .models import Membership, Role, TeamMember


class MayNot(Refused):
    """They see it, and may not do this with it."""

    status = 403


@dataclass(frozen=True, slots=True)
class Sight:
    """What a member sees. `role`: theirs with the merchant. `teams`: team id → the most they may do in its queue."""

    all: bool
    role: Role
    teams: Mapping[int, Role] = field(default_factory=dict)

    def role_in(self, team_id: int | None, *, theirs: bool = False) -> Role | None:
        """Their role in this queue; None where they see nothing. `theirs`: it is assigned to them."""
        if self.all or theirs:
            return self.role
        return self.teams.get(team_id) if team_id else None


def sight_of(member: Membership) -> Sight:
    """No query for a member who sees everything."""
    role = Role(member.role)
    if member.sees_all:
        return Sight(True, role)
    rows = TeamMember.objects.filter(merchant_id=member.merchant_id, member=member, team__retired_at=None)
    return Sight(False, role, {team: _lesser(role, Role(most)) for team, most in rows.values_list("team_id", "role")})


def sees_queue(merchant_id: int, team_id: int | None) -> Q:
    """A condition on Membership: those who see what stands in this queue; `team_id` None for everybody's queue."""
    if team_id is None:
        return Q(sees_all=True)
    inside = TeamMember.objects.filter(merchant_id=merchant_id, team_id=team_id, team__retired_at=None)
    return Q(sees_all=True) | Q(id__in=inside.values("member_id"))


def _lesser(role: Role, most: Role) -> Role:
    return most if at_least(role, most) else role
