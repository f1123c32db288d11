"""Asking somebody outside, beside the customer's own thread: a sheet for the question, and one for each thread."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations.actions import side as sides
from presszero.conversations.actions.side import Asking
from presszero.conversations.models import Conversation, Draft, Outsider, SideThread
from presszero.conversations.queries import side as queries
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from ..outsiders import kind_word, kinds, said
from .said import changed


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def side_threads(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/side-threads: a sheet to ask on. POST asks; a second click asks nothing twice."""
    row = asked.conversation(request, number)
    if request.method == "GET":
        return page(request, "desk/_ask.html", _blank(request, row))
    try:
        made = sides.ask(row, _outsider(request), _asking(request), by=request.member)
    except Refused as why:
        return page(request, "desk/_ask.html", {**_blank(request, row), **_given(request), "refused": why}, 422)
    _forget(request, row, "ask")
    return changed(request, asked.conversation(request, number), _("%(who)s is asked.") % {"who": made.outsider.name})


@needs(Role.READ_ONLY)
def side_thread(request: MemberAsked, side_id: int) -> HttpResponse:
    """GET /side-threads/7: what was said there, and a box to write on."""
    row, side = _side(request, side_id)
    draft = _draft(request, row, f"ask-{side.id}")
    context = {**_shown(side), "may_write": asked.may_write(request, row), "files": queries.files_to_pass_on(row)}
    return page(request, "desk/_side.html", {**context, "c": row, "client_id": uuid.uuid4(), "draft": draft})


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def entries(request: MemberAsked, side_id: int) -> HttpResponse:
    """GET /side-threads/7/entries: the words alone, to be shown anew. POST writes on."""
    row, side = _side(request, side_id)
    if request.method == "GET":
        return page(request, "desk/_side_said.html", {**_shown(side), "c": row})
    sides.ask_on(side, _asking(request), by=request.member)
    _forget(request, row, f"ask-{side.id}")
    again = asked.conversation(request, row.id)
    return changed(request, again, _("%(who)s is asked.") % {"who": side.outsider.name})


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def closing(request: MemberAsked, side_id: int) -> HttpResponse:
    """PUT says that nothing more is expected there."""
    row, side = _side(request, side_id)
    sides.close(side, by=request.member.actor)
    return changed(request, asked.conversation(request, row.id), _("Closed. An answer opens it again."))


def _side(request: MemberAsked, side_id: int) -> tuple[Conversation, SideThread]:
    rows = SideThread.objects.filter(merchant=request.merchant, id=side_id)
    side = rows.select_related("outsider", "conversation", "thread__line__brand").first()
    if side is None:
        raise Http404
    return asked.conversation(request, side.conversation_id), side


def _shown(side: SideThread) -> dict[str, Any]:
    return {"side": side, "kind_word": kind_word(side.outsider.kind), "entries": said(queries.side(side).entries)}


def _blank(request: MemberAsked, row: Conversation) -> dict[str, Any]:
    known = queries.outsiders(request.merchant)
    return {
        "c": row,
        "known": [(each, kind_word(each.kind)) for each in known],
        "kinds": kinds(),
        "files": queries.files_to_pass_on(row),
        "line": queries.line_for(row),
        "client_id": uuid.uuid4(),
        "text": _draft(request, row, "ask"),
        "subject": row.subject,
        "chosen": str(known[0].id) if known else "",
    }


def _given(request: MemberAsked) -> dict[str, Any]:
    """What stands in the form already, kept through a refusal."""
    form = request.POST
    kept = {name: form.get(name, "") for name in ("text", "subject", "name", "address", "kind", "client_id")}
    return {**kept, "chosen": form.get("outsider", ""), "picked": form.getlist("passed_on")}


def _outsider(request: MemberAsked) -> Outsider:
    form = request.POST
    if form.get("outsider"):
        rows = Outsider.objects.filter(merchant=request.merchant, retired_at=None)
        found = rows.filter(id=asked.number(form["outsider"])).first()
        if found is None:
            raise Http404
        return found
    return sides.know(request.merchant, form.get("kind", ""), form.get("name", ""), form.get("address", ""))


def _asking(request: MemberAsked) -> Asking:
    form = request.POST
    try:
        client_id = uuid.UUID(form.get("client_id", ""))
    except ValueError:
        raise Refused(_("This page is out of date."), _("Load it again; your words are kept.")) from None
    passed_on = [asked.number(each) for each in form.getlist("passed_on")]
    return Asking(
        form.get("text", ""), client_id, form.get("subject", ""), form.getlist("upload"), passed_on, "quotes" in form
    )


def _draft(request: MemberAsked, row: Conversation, kind: str) -> str:
    mine = Draft.objects.filter(merchant=request.merchant, conversation=row, by=request.member, kind=kind)
    return mine.values_list("text", flat=True).first() or ""


def _forget(request: MemberAsked, row: Conversation, kind: str) -> None:
    Draft.objects.filter(merchant=request.merchant, conversation=row, by=request.member, kind=kind).delete()
