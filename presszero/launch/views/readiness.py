"""What is left before customers come; trying a line, and asking the DNS."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from presszero.channels.models import Line
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.page import asked_by_htmx, page

from .. import actions
from ..checks import Level, left
from ..queries import line_section, sections


@needs(Role.READ_ONLY)
@require_GET
def readiness(request: MemberAsked) -> HttpResponse:
    """GET /readiness: every line of it. All may read; leads and admins act."""
    found = sections(request.merchant, timezone.now())
    count = left(found)
    every = sum(len(section.checks) for section in found)
    red = sum(check.level is Level.RED for section in found for check in section.checks)
    context = {
        "sections": found,
        "left": count,
        "red": red,
        "every": every,
        "may_act": _may_act(request),
        "here": "readiness",
    }
    return page(request, "launch/readiness.html", context)


@needs(Role.READ_ONLY)
@require_GET
def line(request: MemberAsked, line_id: int) -> HttpResponse:
    """GET /readiness/lines/7: that line's part alone, asked for again while something is under way."""
    return _section(request, _line(request, line_id))


@needs(Role.LEAD)
@require_POST
def trial(request: MemberAsked, line_id: int) -> HttpResponse:
    """POST sends a message of our own through the line; what becomes of it is shown as it happens."""
    row = _line(request, line_id)
    if row.kind in ("email", "form", "chat"):
        actions.begin_trial(row, by=request.member, at=timezone.now())
    return _section(request, row)


@needs(Role.LEAD)
@require_POST
def trials(request: MemberAsked) -> HttpResponse:
    """POST /readiness/trials: one through every line."""
    rows = Line.objects.filter(merchant=request.merchant, kind__in=("email", "form", "chat"), paused_at=None)
    for row in rows.select_related("merchant"):
        actions.begin_trial(row, by=request.member, at=timezone.now())
    return HttpResponseRedirect("/readiness")


@needs(Role.LEAD)
@require_POST
def domain(request: MemberAsked, line_id: int) -> HttpResponse:
    """POST asks the DNS about the line's domain, in the background."""
    row = _line(request, line_id)
    if row.kind == "email":
        actions.ask_the_dns(row, timezone.now())
    return _section(request, row)


@needs(Role.LEAD)
@require_POST
def launch(request: MemberAsked) -> HttpResponse:
    """POST /readiness/launch: open for customers."""
    actions.open_for_customers(by=request.member, at=timezone.now())
    return HttpResponseRedirect("/readiness?said=open")


def _section(request: MemberAsked, row: Line) -> HttpResponse:
    if not asked_by_htmx(request):
        return HttpResponseRedirect("/readiness")
    context = {"section": line_section(row, timezone.now()), "may_act": _may_act(request)}
    return page(request, "launch/_section.html", context)


def _may_act(request: MemberAsked) -> bool:
    return at_least(request.member.role, Role.LEAD)


def _line(request: MemberAsked, line_id: int) -> Line:
    rows = Line.objects.filter(merchant=request.merchant, id=line_id)
    found = rows.select_related("brand", "hours", "merchant").first()
    if found is None:
        raise Http404
    return found
