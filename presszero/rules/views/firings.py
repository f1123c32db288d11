"""Why a rule fired, for whoever sees the conversation; and undoing what it did."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations.queries.sight import role_in
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.page import page

from .. import actions, shown
from ..models import Firing


@needs(Role.READ_ONLY)
@require_http_methods(["GET", "HEAD", "DELETE"])
def firing(request: MemberAsked, firing_id: int) -> HttpResponse:
    """GET tells why; DELETE undoes what it did."""
    found = Firing.objects.filter(merchant=request.merchant, id=firing_id)
    row = found.select_related("rule", "version", "conversation").first()
    role = role_in(request.member, row.conversation) if row else None
    if row is None or role is None:
        raise Http404
    kept: list[str] = []
    if request.method == "DELETE":
        if not at_least(role, Role.AGENT):
            raise Refused(_("Your role does not include this."), _("Ask whoever leads this queue."))
        kept = actions.undo(row, by=request.member, at=timezone.now())
        row.refresh_from_db()
    context = {"f": shown.told(row), "kept": kept, "may_undo": at_least(role, Role.AGENT)}
    context["may_open"] = at_least(request.member.role, Role.LEAD)
    return page(request, "rules/_firing.html", context)
