"""Ready for conversations, or not; being here at all; and hands at work."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from presszero.insights.working import beat
from presszero.routing.actions import be_away, be_here, be_ready
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import text_of


@needs(Role.AGENT)
@require_http_methods(["PUT", "DELETE", "POST"])
def presence(request: MemberAsked) -> HttpResponse:
    """PUT: ready. DELETE: away, for a `reason` and so many `minutes`. Both give the rail. POST: a desk is open."""
    if request.method == "POST":
        be_here(request.member)
        return HttpResponse(status=204)
    reason, minutes = request.GET.get("reason", ""), request.GET.get("minutes", "")
    if request.method == "DELETE" and reason:
        until = timezone.now() + timedelta(minutes=int(minutes)) if _is_number(minutes) and int(minutes) else None
        be_away(request.member, reason, until)
    else:
        be_ready(request.member, request.method == "PUT")
    return HttpResponse(text_of(request, "desk/_rail.html", {"here": request.headers.get("X-View", "")}))


@needs(Role.AGENT)
@require_POST
def work(request: MemberAsked) -> HttpResponse:
    """POST `spent`, "42:15" each: seconds that hands were at work in conversations since the last beat."""
    told = (each.partition(":") for each in request.POST.getlist("spent"))
    spent = [
        (int(number), int(seconds)) for number, _sep, seconds in told if _is_number(number) and _is_number(seconds)
    ]
    beat(request.member, spent, timezone.now())
    return HttpResponse(status=204)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
