"""Steps that hand a conversation over: to a member, to a team, to a follower."""

from __future__ import annotations

from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.models import Membership, Team

from ..actions.held import held
from ..actions.placing import set_team
from ..actions.settle import assign, follow, unfollow
from ..models import Conversation, Follower
from .step import Before, MovedOn


def assigned(row: Conversation, to: int | str | None, by: Actor) -> Before:
    before = held(row).assignee_id
    member = _member(row, to, by)
    after = assign(row, member, by=by).assignee_id
    return {} if after == before else {"was": before, "now": after}


def assigned_back(row: Conversation, before: Before, by: Actor) -> None:
    if held(row).assignee_id != before["now"]:
        raise MovedOn(_("Somebody handed it over since."))
    member = Membership.objects.filter(merchant_id=row.merchant_id, id=before["was"], left_at=None).first()
    if before["was"] and member is None:
        raise MovedOn(_("Whoever had it before has left the team."))
    assign(row, member, by=by)


def moved(row: Conversation, team: int | None, by: Actor) -> Before:
    before = held(row).team_id
    wanted = Team.objects.get(merchant_id=row.merchant_id, id=team) if team else None
    after = set_team(row, wanted, by=by).team_id
    return {} if after == before else {"was": before, "now": after}


def moved_back(row: Conversation, before: Before, by: Actor) -> None:
    if held(row).team_id != before["now"]:
        raise MovedOn(_("Somebody moved it to another team since."))
    team = Team.objects.filter(merchant_id=row.merchant_id, id=before["was"], retired_at=None).first()
    if before["was"] and team is None:
        raise MovedOn(_("The team it stood with before is no more."))
    set_team(row, team, by=by)


def followed(row: Conversation, to: int | str | None, by: Actor) -> Before:
    member, now = _member(row, to, by), held(row)
    if member is None:
        return {}
    mine = Follower.objects.filter(merchant_id=row.merchant_id, conversation=now, member=member)
    if mine.exists():
        return {}
    follow(now, member)
    return {"member": member.id}


def unfollowed(row: Conversation, before: Before, by: Actor) -> None:
    member = Membership.objects.filter(merchant_id=row.merchant_id, id=before["member"]).first()
    if member:
        unfollow(held(row), member)


def _member(row: Conversation, to: int | str | None, by: Actor) -> Membership | None:
    if to is None:
        return None
    if to == "me" and by.kind != "member":
        raise Refused(_("Nobody is “me” here: this is done by itself."), _("Pick a colleague."))
    number = by.id if to == "me" else to
    found = Membership.objects.filter(merchant_id=row.merchant_id, id=number or 0, left_at=None).first()
    if found is None:
        raise Refused(_("They are not on this team."))
    return found
