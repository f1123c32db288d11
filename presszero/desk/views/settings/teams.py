"""Teams: who shares a queue, which lines stand in it, and who sees more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from presszero.audit.actions import record
from presszero.channels.models import Line
from presszero.conversations.actions.queues import close_queue, leave_queue, narrow
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.team import queries as people
from presszero.team.actions.teams import make_team, put_in_team, rename_team
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role, Team, TeamMember

from ... import asked
from .frame import show

form_page = require_http_methods(["GET", "POST"])
post = require_http_methods(["POST"])


@needs(Role.ADMIN)
@form_page
def teams(request: MemberAsked) -> HttpResponse:
    """GET /settings/teams; POST makes one."""
    if request.method == "GET":
        return _list(request)
    name = request.POST.get("name", "")
    try:
        made = make_team(name, by=request.member)
    except Refused as why:
        return _list(request, 422, refused=why, name=name)
    return HttpResponseRedirect(f"/settings/teams/{made.id}?said=saved")


@needs(Role.ADMIN)
@form_page
def team(request: MemberAsked, team_id: int) -> HttpResponse:
    """GET /settings/teams/7: who is in it, and its lines. POST gives it another name."""
    row = _team(request, team_id)
    if request.method == "GET":
        return _one(request, row)
    return _done(request, row, lambda: rename_team(row, request.POST.get("name", ""), by=request.member))


@needs(Role.ADMIN)
@post
def members(request: MemberAsked, team_id: int) -> HttpResponse:
    """POST with `member` and `role`: they work in this queue, with at most this role."""
    row, member = _team(request, team_id), asked.colleague(request, request.POST.get("member", ""))
    role = request.POST.get("role", Role.AGENT)
    if role not in (Role.READ_ONLY, Role.AGENT, Role.LEAD):
        raise Http404
    return _done(request, row, lambda: put_in_team(row, member, Role(role), by=request.member))


@needs(Role.ADMIN)
@post
def departure(request: MemberAsked, team_id: int, member_id: int) -> HttpResponse:
    """POST: they work in this queue no longer."""
    row = _team(request, team_id)
    member = Membership.objects.filter(merchant=request.merchant, id=member_id).select_related("person").first()
    if member is None:
        raise Http404
    return _done(request, row, lambda: leave_queue(row, member, by=request.member))


@needs(Role.ADMIN)
@post
@transaction.atomic
def lines(request: MemberAsked, team_id: int) -> HttpResponse:
    """POST with `line` ids: what comes in there stands in this team's queue from now on."""
    row = _team(request, team_id)
    ours = Line.objects.filter(merchant=request.merchant)
    chosen = {asked.number(number) for number in request.POST.getlist("line")}
    before = sorted(ours.filter(team=row).values_list("id", flat=True))
    after = sorted(ours.filter(id__in=chosen).values_list("id", flat=True))
    if before != after:
        ours.filter(team=row).exclude(id__in=after).update(team=None)
        ours.filter(id__in=after).update(team=row)
        kept: dict[str, Any] = {"before": {"lines": before}, "after": {"lines": after}}
        record("team.lines", f"team:{row.id}", by=request.member.actor, merchant=request.merchant, **kept)
    return HttpResponseRedirect(f"/settings/teams/{row.id}?said=saved")


@needs(Role.ADMIN)
@post
def retirement(request: MemberAsked, team_id: int) -> HttpResponse:
    """POST: the team is no more, and what waited in its queue goes back to everybody."""
    close_queue(_team(request, team_id), by=request.member, at=timezone.now())
    return HttpResponseRedirect("/settings/teams?said=saved")


@needs(Role.ADMIN)
@post
def sight(request: MemberAsked, member_id: int) -> HttpResponse:
    """POST /settings/people/7/sight with `sees_all`: "1" everything, "" their teams' queues alone."""
    member = asked.colleague(request, str(member_id))
    narrow(member, request.POST.get("sees_all") == "1", by=request.member)
    return HttpResponseRedirect("/settings/people?done=sight")


def _done(request: MemberAsked, row: Team, act: Callable[[], object]) -> HttpResponse:
    """Back to the team's page; or the page with why it was not done."""
    try:
        act()
    except Refused as why:
        return _one(request, Team.objects.get(merchant=request.merchant, id=row.id), 422, refused=why)
    return HttpResponseRedirect(f"/settings/teams/{row.id}?said=saved")


def _list(request: MemberAsked, status: int = 200, **more: Any) -> HttpResponse:
    rows = list(Team.objects.filter(merchant=request.merchant, retired_at=None).order_by("name"))
    here = TeamMember.objects.filter(merchant=request.merchant, member__left_at=None).select_related("member__person")
    inside: dict[int, list[Membership]] = {}
    for each in here.order_by("member__person__name"):
        inside.setdefault(each.team_id, []).append(each.member)
    waiting = Conversation.objects.filter(merchant=request.merchant, root=None, state="open", team__in=rows)
    counts = dict(waiting.values_list("team_id").annotate(Count("id")).order_by())
    limited = people.members_of(request.merchant).filter(sees_all=False).count()
    context = {"rows": [(t, inside.get(t.id, []), counts.get(t.id, 0)) for t in rows], "limited": limited, "name": ""}
    return show(request, "teams", {**context, "refused": None, **more}, status=status)


def _one(request: MemberAsked, row: Team, status: int = 200, **more: Any) -> HttpResponse:
    inside = TeamMember.objects.filter(merchant=request.merchant, team=row, member__left_at=None)
    found = list(inside.select_related("member__person").order_by("member__person__name", "id"))
    others = people.members_of(request.merchant).exclude(id__in=[each.member_id for each in found])
    context = {
        "row": row,
        "inside": found,
        "others": [(str(m.id), m.person.name or m.person.email) for m in others],
        "roles": [(value, label) for value, label in Role.choices if value != Role.ADMIN],
        "lines": list(Line.objects.filter(merchant=request.merchant).select_related("team").order_by("id")),
        "waiting": Conversation.objects.filter(Q(merchant=request.merchant, root=None, state="open", team=row)).count(),
        "refused": None,
    }
    return show(request, "teams", {**context, **more}, "desk/settings/team.html", status)


def _team(request: MemberAsked, team_id: int) -> Team:
    found = Team.objects.filter(merchant=request.merchant, id=team_id, retired_at=None).first()
    if found is None:
        raise Http404
    return found
