"""What happens to conversations when people or teams change: nobody keeps what they no longer see."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from presszero.channels.models import Line
from presszero.core.actor import SYSTEM, Actor
from presszero.team.actions.teams import retire_team, take_out_of_team, widen_sight
from presszero.team.models import Membership, Team
from presszero.team.sight import sight_of

from ..models import Conversation
from .settle import assign

_SETTLED = (Conversation.State.RESOLVED, Conversation.State.SPAM)


@transaction.atomic
def leave_queue(team: Team, member: Membership, *, by: Membership) -> None:
    """They are no longer of this team, and what of its queue was theirs goes back to everyone in it."""
    if take_out_of_team(team, member, by=by):
        give_back(member, by=by.actor)


@transaction.atomic
def narrow(member: Membership, sees_all: bool, *, by: Membership) -> None:
    """They see everything from now on, or their teams' queues alone."""
    give_back(widen_sight(member, sees_all, by=by), by=by.actor)


@transaction.atomic
def close_queue(team: Team, *, by: Membership, at: datetime) -> None:
    """The team is no more: its lines and whatever waits in its queue go back to everybody's."""
    retire_team(team, by=by, at=at)
    Line.objects.filter(merchant_id=team.merchant_id, team=team).update(team=None)
    waiting = Conversation.objects.filter(merchant_id=team.merchant_id, team=team).exclude(state__in=_SETTLED)
    mine = waiting.filter(assignee__sees_all=False).select_related("assignee__person")
    for row in mine:
        assign(row, None, by=by.actor, reason="their team is no more")
    waiting.update(team=None)


def give_back(member: Membership, *, by: Actor = SYSTEM) -> int:
    """What stands in a queue they do not see is theirs no longer. How many that were."""
    if member.sees_all:
        return 0
    theirs = Conversation.objects.filter(merchant_id=member.merchant_id, assignee=member, root=None)
    unseen = theirs.exclude(Q(team=None) | Q(team_id__in=list(sight_of(member).teams))).exclude(state__in=_SETTLED)
    rows = list(unseen)
    for row in rows:
        assign(row, None, by=by, reason="they do not see this queue")
    return len(rows)
