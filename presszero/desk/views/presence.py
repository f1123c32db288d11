"""Ready for conversations, or not; and being here at all."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from presszero.routing.actions import be_here, be_ready
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import text_of


@needs(Role.AGENT)
@require_http_methods(["PUT", "DELETE", "POST"])
def presence(request: MemberAsked) -> HttpResponse:
    """PUT: ready. DELETE: away. Both give the rail back. POST: a desk is open."""
    if request.method == "POST":
        be_here(request.member)
        return HttpResponse(status=204)
    be_ready(request.member, request.method == "PUT")
    return HttpResponse(text_of(request, "desk/_rail.html", {"here": request.headers.get("X-View", "")}))
