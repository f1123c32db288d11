"""A phone call written down in its conversation; it keeps what was promised by phone, and may settle the matter."""

from __future__ import annotations

import json
import uuid

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.calls.actions import wrap_up
from presszero.calls.models import Call
from presszero.conversations import actions
from presszero.conversations.actions.calls import Spoken
from presszero.conversations.models import Conversation, Draft
from presszero.core.refusal import Refused
from presszero.insights.working import spoke
from presszero.promises.actions import called
from presszero.promises.models import Kind, Promise
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page, text_of

from ... import asked
from ...promising.chips import chips, take
from ...promising.lines import lines, names
from ..said import Undo, changed, on_screen
from .sheet import shown


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def calls(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/calls: the form. POST writes a call down, and asks what was promised in it.

    A `promise` (chip) that was taken while writing is kept with it.
    """
    row = asked.conversation(request, number)
    if request.method == "GET":
        return page(request, "desk/promised/_call_form.html", _form(request, row))
    promised = request.POST.getlist("promise")
    with transaction.atomic():
        made, new = actions.log_call(row, _spoken(request), by=request.member)
        if new:
            spoke(made, request.member)
        actions.forget_draft(row, "call", by=request.member)
        kept = called(row, timezone.now(), request.member.actor) if new and _keeps(request) else 0
        if new:  # after that: it was not this call that keeps what was promised in it
            take(promised, row, None, request.member)
        if request.POST.get("resolve"):
            actions.resolve(row, by=request.member.actor)
    _wrapped(request)
    row = asked.conversation(request, number)
    say = _("Written down, and the call back is kept.") if kept else _("Written down.")
    response = changed(request, row, say, Undo(f"/notes/{made.id}"))
    if request.POST.get("resolve"):
        told = {"changed": {"conversation": row.id}, "settled": {"conversation": row.id}}
        response["HX-Trigger"] = json.dumps(told)
        return response
    if promised or not on_screen(request, row):
        return response  # it is said already; or it came from the phone's bar: nothing opens over something else
    response.write(_wrap_up(request, row, made.text))
    response["HX-Trigger-After-Settle"] = json.dumps({"opens": {"dialog": "promise-dialog"}})
    return response


def _wrapped(request: MemberAsked) -> None:
    """What was said in a call over a line of ours stands written: they are free for the next."""
    number = request.POST.get("call", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return
    calls_here = Call.objects.filter(merchant=request.merchant, id=int(number), legs__member=request.member)
    if call := calls_here.first():
        wrap_up(call, by=request.member, at=timezone.now())


def _form(request: MemberAsked, row: Conversation) -> dict[str, object]:
    open_ = Promise.objects.filter(merchant=request.merchant, conversation=row, kind=Kind.CALLBACK)
    open_ = open_.filter(kept_at=None, withdrawn_at=None, renegotiated_at=None).order_by("due_at")
    drafts = Draft.objects.filter(merchant=request.merchant, conversation=row, by=request.member, kind="call")
    return {
        "c": row,
        "callbacks": lines(open_, names(request.merchant)),
        "draft": next((each.text for each in drafts), ""),
        "client_id": uuid.uuid4(),
    }


def _wrap_up(request: MemberAsked, row: Conversation, said: str) -> str:
    """What was promised? With what the words seem to promise first."""
    found = {"chips": chips(row, said, request.member), "where": "call", "wrap_up": True}
    return text_of(request, "desk/promised/_wrap_up.html", {**shown(request, row, request.GET), **found})


def _spoken(request: MemberAsked) -> Spoken:
    form = request.POST
    minutes = form.get("minutes", "").strip()
    if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 5):
        raise Refused(_("How many minutes?"), _("Type a whole number, or nothing."))
    try:
        client_id = uuid.UUID(form.get("client_id", ""))
    except ValueError:
        raise Refused(_("This page is out of date."), _("Load it again; your draft is kept.")) from None
    return Spoken(form.get("text", ""), client_id, form.get("direction") != "in", int(minutes) if minutes else None)


def _keeps(request: MemberAsked) -> bool:
    """Whoever was called, or spoke to us, need not be called back."""
    return request.POST.get("keeps", "1") == "1"
