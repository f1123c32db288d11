"""Settings: remedies of the merchant's own, without code."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..actions import own
from ..forms import definition
from ..models import OwnRemedy

HERE = "/settings/remedies"
_BLANK = {"label": "", "kind": "text", "choices": [], "required": False, "key": ""}


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def remedies(request: MemberAsked) -> HttpResponse:
    """GET /settings/remedies"""
    rows = OwnRemedy.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
    return page(request, "remedies/own_remedies.html", {"rows": list(rows), "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def remedy(request: MemberAsked, own_id: int = 0) -> HttpResponse:
    """GET and POST /settings/remedies/7, or …/new. A new webhook's secret is shown once."""
    row = _row(request, own_id) if own_id else None
    if request.method != "POST":
        return page(request, "remedies/own_remedy.html", _shown(row))
    wanted, by = definition(request.POST), request.member.actor
    try:
        made, secret = own.redefine(row, wanted, by) if row else own.define(request.merchant, wanted, by)
    except Refused as no:
        typed = {name: request.POST.get(name, "") for name in ("name", "says", "message", "webhook")}
        again = {**_shown(row), "typed": typed, "fields": [*wanted.fields, _BLANK], "refused": no}
        return page(request, "remedies/own_remedy.html", again, 422)
    if secret:
        return page(request, "remedies/own_remedy.html", {**_shown(made), "secret": secret})
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.ADMIN)
@require_POST
def secret(request: MemberAsked, own_id: int) -> HttpResponse:
    """POST: a new secret, shown once."""
    row = _row(request, own_id)
    made = own.new_secret_for(row, request.member.actor)
    return page(request, "remedies/own_remedy.html", {**_shown(row), "secret": made})


@needs(Role.ADMIN)
@require_POST
def retirement(request: MemberAsked, own_id: int) -> HttpResponse:
    """POST puts it away."""
    own.retire(_row(request, own_id), request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said=gone")


def _shown(row: OwnRemedy | None) -> dict[str, Any]:
    names = ("name", "says", "message", "webhook")
    return {
        "row": row,
        "typed": {name: getattr(row, name) if row else "" for name in names},
        "fields": [*(row.fields if row else []), _BLANK],
        "kinds": [
            ("text", _("Words")),
            ("number", _("A number")),
            ("money", _("An amount, which limits count")),
            ("choice", _("One of these")),
            ("date", _("A day")),
        ],
        "secret": "",
        "refused": None,
    }


def _row(request: MemberAsked, own_id: int) -> OwnRemedy:
    found = OwnRemedy.objects.filter(merchant=request.merchant, id=own_id, retired_at=None).first()
    if found is None:
        raise Http404
    return found
