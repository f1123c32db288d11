"""Writing first: a conversation that starts with our own words."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.conversations import actions
from presszero.conversations.actions.answer import Answer
from presszero.conversations.actions.begin import Opening
from presszero.conversations.queries.sight import lines_seen
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def letters(request: MemberAsked, number: int) -> HttpResponse:
    """GET /customers/7/letters: a sheet to write on; POST sends it. A second click sends nothing twice."""
    row = asked.customer(request, number)
    ours = Line.objects.filter(lines_seen(request.member), merchant=request.merchant, paused_at=None)
    lines = list(ours.order_by("id").select_related("brand"))
    kinds = {adapter(line.kind).handle_kind for line in lines}
    known = [h for h in customers.handles(row) if h.kind in kinds and h.proof != "refuted"]
    context = {"customer": row, "lines": lines, "known": known, "here": "", "client_id": uuid.uuid4(), "refused": None}
    if request.method == "GET":
        return page(request, "desk/letter.html", context)
    try:
        return _begun(request, number, lines)
    except Refused as why:
        given = {"text": request.POST.get("text", ""), "subject": request.POST.get("subject", "")}
        return page(request, "desk/letter.html", {**context, "refused": why, **given}, status=422)


def _begun(request: MemberAsked, number: int, lines: list[Line]) -> HttpResponse:
    row, form = asked.customer(request, number), request.POST
    line = next((each for each in lines if str(each.id) == form.get("line")), None)
    if line is None:
        raise Http404
    try:
        client_id = uuid.UUID(form.get("client_id", ""))
    except ValueError:
        raise Refused(_("This page is out of date."), _("Load it again.")) from None
    opening = Opening(line, form.get("address", ""), form.get("subject", ""))
    message = actions.begin(row, opening, Answer(form.get("text", ""), client_id), by=request.member)
    return HttpResponseRedirect(f"/conversations/{message.conversation_id}")
