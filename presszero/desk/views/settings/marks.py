"""Tags and blocked senders: the list, one of them, and taking it back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations.actions import tags as verbs
from presszero.conversations.models import Tag
from presszero.conversations.queries.marks import carried
from presszero.core.refusal import Refused
from presszero.customers.blocking import block, lift_block
from presszero.customers.models import Block
from presszero.team import queries as team
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from ... import asked
from ...marked import kind
from .frame import show

form_page = require_http_methods(["GET", "POST"])
post = require_http_methods(["POST"])
_SHOWN = 300


@needs(Role.LEAD)
@form_page
def tags(request: MemberAsked) -> HttpResponse:
    """GET /settings/tags; POST makes one."""
    if request.method == "POST":
        return _kept_or_said(request, lambda: _make(request))
    return _tags(request)


@needs(Role.LEAD)
@post
def tag(request: MemberAsked, tag_id: int) -> HttpResponse:
    """POST `name` and `colour`: everywhere at once."""
    row = _tag_of(request, tag_id)
    given = request.POST
    return _kept_or_said(
        request, lambda: verbs.change_tag(row, given.get("name", ""), given.get("colour", ""), by=request.member)
    )


@needs(Role.LEAD)
@post
def tag_retirement(request: MemberAsked, tag_id: int) -> HttpResponse:
    """POST puts it away; with `into`, whatever carries it carries that one."""
    row = _tag_of(request, tag_id)
    into = _tag_of(request, asked.number(request.POST["into"])) if request.POST.get("into") else None
    return _kept_or_said(request, lambda: verbs.retire_tag(row, into, by=request.member))


@needs(Role.LEAD)
@form_page
def blocks(request: MemberAsked) -> HttpResponse:
    """GET /settings/blocks; POST `address` blocks it, or all of "@domain"."""
    if request.method == "POST":
        try:
            block(request.merchant, "email", request.POST.get("address", ""), by=request.member.actor)
        except Refused as why:
            return _blocks(request, f"{why} {why.next_step}".strip())
        return HttpResponseRedirect("/settings/blocks?said=saved")
    return _blocks(request)


@needs(Role.LEAD)
@post
def block_lifting(request: MemberAsked, block_id: int) -> HttpResponse:
    """POST lifts a block."""
    row = Block.objects.filter(merchant=request.merchant, id=block_id).select_related("merchant").first()
    if row is None:
        raise Http404
    lift_block(row, by=request.member.actor)
    return HttpResponseRedirect("/settings/blocks?said=saved")


def _make(request: MemberAsked) -> Tag:
    return verbs.create_tag(request.POST.get("name", ""), request.POST.get("colour", ""), by=request.member)


def _kept_or_said(request: MemberAsked, do: Any) -> HttpResponse:
    try:
        do()
    except Refused as why:
        return _tags(request, f"{why} {why.next_step}".strip())
    return HttpResponseRedirect("/settings/tags?said=saved")


def _tags(request: MemberAsked, wrong: str = "") -> HttpResponse:
    counts = carried(request.merchant.id)
    rows = Tag.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
    shown = [(row, kind(row.colour), counts.get(row.id, 0)) for row in rows]
    typed = {"name": request.POST.get("name", "") if wrong else "", "wrong": wrong, "colours": _colours()}
    return show(request, "tags", {"rows": shown, **typed}, status=422 if wrong else 200)


def _blocks(request: MemberAsked, wrong: str = "") -> HttpResponse:
    rows = Block.objects.filter(merchant=request.merchant, lifted_at=None).order_by("-id")[:_SHOWN]
    names = {member.actor.code: member.person.name for member in team.members_of(request.merchant)}
    shown = [(row, names.get(row.by, "Press Zero")) for row in rows]
    typed = {"address": request.POST.get("address", "") if wrong else "", "wrong": wrong}
    return show(request, "blocks", {"rows": shown, **typed}, status=422 if wrong else 200)


def _tag_of(request: MemberAsked, number: int) -> Tag:
    found = Tag.objects.filter(merchant=request.merchant, id=number, retired_at=None).first()
    if found is None:
        raise Http404
    return found


def _colours() -> list[tuple[str, str]]:
    words = (_("Grey"), _("Green"), _("Leaf"), _("Amber"), _("Red"))
    return [each for each in zip(verbs.COLOURS, words, strict=True) if each[0] != "good"]
