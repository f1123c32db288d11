"""The list of rules, and the page of one: how it reads, what it did, how it changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import asked_by_htmx, fragment, page

from .. import actions, forms, queries, shown
from ..models import Rule
from ..reading import BadRule
from ..starters import STARTERS, filled, find

HERE = "/settings/rules"


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD"])
def rules(request: MemberAsked) -> HttpResponse:
    """GET /settings/rules"""
    return page(request, "rules/rules.html", _listed(request))


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: MemberAsked, rule_id: int = 0) -> HttpResponse:
    """GET and POST /settings/rules/7, or …/new"""
    row = _row(request, rule_id) if rule_id else Rule(merchant=request.merchant)
    if request.method != "POST":
        return page(request, "rules/rule.html", shown.builder(request, row))
    name = request.POST.get("name", "")
    try:
        saved = actions.save(row, name, forms.reads(request.POST), by=request.member)
        if request.POST.get("on_now") == "1":
            actions.switch(saved, True, by=request.member, at=timezone.now())
    except BadRule as bad:
        kept = _row(request, rule_id) if rule_id else Rule(merchant=request.merchant)
        return page(request, "rules/rule.html", shown.builder(request, kept, request.POST, bad), 422)
    return HttpResponseRedirect(f"{HERE}/{saved.id}?said=saved")


@needs(Role.LEAD)
@require_POST
def starter(request: MemberAsked, key: str) -> HttpResponse:
    """POST: a good rule to begin with, saved and switched off, so that it can be read and tried first."""
    picked = find(key)
    if picked is None:
        raise Http404
    taken = {each.lower() for each in queries.rules_of(request.merchant).values_list("name", flat=True)}
    name = str(_(picked.name))
    free = next(each for n in range(1, 1000) if (each := name if n == 1 else f"{name} {n}").lower() not in taken)
    row = Rule(merchant=request.merchant)
    made = actions.save(row, free, filled(picked, request.merchant), by=request.member)
    return HttpResponseRedirect(f"{HERE}/{made.id}?said=begun")


@needs(Role.LEAD)
@require_POST
def switch(request: MemberAsked, rule_id: int) -> HttpResponse:
    """POST: on=1 switches it on, on=0 off."""
    actions.switch(_row(request, rule_id), request.POST.get("on") == "1", by=request.member, at=timezone.now())
    return _back(request)


@needs(Role.LEAD)
@require_POST
def position(request: MemberAsked, rule_id: int) -> HttpResponse:
    """POST: down=1 moves it one down, down=0 one up."""
    actions.move(_row(request, rule_id), request.POST.get("down") == "1", by=request.member)
    return _back(request)


@needs(Role.LEAD)
@require_POST
def retirement(request: MemberAsked, rule_id: int) -> HttpResponse:
    """POST: puts it away."""
    actions.retire(_row(request, rule_id), by=request.member, at=timezone.now())
    return HttpResponseRedirect(f"{HERE}?said=gone")


def _back(request: MemberAsked) -> HttpResponse:
    """The list anew where it was asked for by itself; else the page one came from."""
    if asked_by_htmx(request):
        return fragment(request, "rules/rules.html", "listed", _listed(request))
    to = request.POST.get("to", "")
    return HttpResponseRedirect(f"{HERE}/{to}" if to.isascii() and to.isdecimal() else HERE)


def _listed(request: MemberAsked) -> dict[str, Any]:
    at = timezone.now()
    rows = shown.lines(request.merchant, list(queries.rules_of(request.merchant)), at)
    return {"rows": rows, "starters": STARTERS, "said": request.GET.get("said", "")}


def _row(request: MemberAsked, number: int) -> Rule:
    found = queries.rules_of(request.merchant).filter(id=number).select_related("merchant").first()
    if found is None:
        raise Http404
    return found
