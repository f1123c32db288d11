"""Macros: the list, one of them, and putting one away."""

from __future__ import annotations

import json

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.audit.actions import record
from presszero.conversations import filtering, steps
from presszero.conversations.builders import conversation_steps
from presszero.conversations.models import Macro, MacroText
from presszero.conversations.queries.macros import steps_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from ...forms.macros import MacroForm
from .frame import kept, show

form_page = require_http_methods(["GET", "POST"])
post = require_http_methods(["POST"])

VARIABLES = (
    "customer.name",
    "customer.first_name",
    "agent.name",
    "agent.first_name",
    "brand.name",
    "brand.phone",
    "conversation.subject",
    "conversation.number",
)


@needs(Role.AGENT)
def macros(request: MemberAsked) -> HttpResponse:
    """GET /settings/macros"""
    rows = Macro.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
    known = filtering.known(request.merchant).with_retired()
    spoken: dict[int, list[str]] = {}
    for macro_id, code in MacroText.objects.filter(merchant=request.merchant).values_list("macro_id", "language"):
        spoken.setdefault(macro_id, []).append(code)
    shown = [(row, _does(row, known), sorted(spoken.get(row.id, []))) for row in rows]
    return show(request, "macros", {"rows": shown})


@needs(Role.LEAD)
@form_page
@transaction.atomic
def macro(request: MemberAsked, macro_id: int = 0) -> HttpResponse:
    """GET and POST /settings/macros/7, or …/new"""
    row = _row(request, macro_id)
    before = _values(row) if row.pk else None
    form = MacroForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        row = form.keep()
        by, after = request.member.actor, _values(row)
        record("macro.save", f"macro:{row.id}", by=by, merchant=request.merchant, before=before, after=after)
        return HttpResponseRedirect("/settings/macros?said=saved")
    context = {
        "form": form,
        "row": row,
        "variables": VARIABLES,
        "known": conversation_steps(request.merchant, frozenset({"reply", "note"})),
        "steps_json": request.POST["steps"] if request.POST.get("steps") else json.dumps(steps_of(row)),
        "texts": _texts(request, row),
        "languages": _languages(),
    }
    return show(request, "macros", context, "desk/settings/macro.html", 422 if form.is_bound else 200)


@needs(Role.LEAD)
@post
def macro_retirement(request: MemberAsked, macro_id: int) -> HttpResponse:
    """POST puts a macro away."""
    row = _row(request, macro_id)
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    return kept(request, "macro.retire", f"macro:{row.id}", {}, "/settings/macros")


def _row(request: MemberAsked, number: int) -> Macro:
    if not number:
        return Macro(merchant=request.merchant)
    found = Macro.objects.filter(merchant=request.merchant, id=number).first()
    if found is None:
        raise Http404
    return found


def _does(row: Macro, known: filtering.Known) -> list[str]:
    try:
        return [steps.says(each) for each in steps.read(row.merchant_id, steps_of(row), known)]
    except steps.BadSteps:
        return [_("needs a look")]


def _texts(request: MemberAsked, row: Macro) -> list[tuple[str, str]]:
    """(language, words) as they were typed, else as they are kept."""
    if request.method == "POST":
        return list(zip(request.POST.getlist("text_in"), request.POST.getlist("text_of"), strict=False))
    rows = MacroText.objects.filter(merchant=request.merchant, macro_id=row.pk or 0)
    return list(rows.order_by("language").values_list("language", "text"))


def _values(row: Macro) -> dict[str, object]:
    return {"name": row.name, "shortcut": row.shortcut, "steps": steps_of(row)}


def _languages() -> list[tuple[str, str]]:
    return [
        ("", _("any language")),
        ("en", _("English")),
        ("de", _("German")),
        ("es", _("Spanish")),
        ("fr", _("French")),
        ("it", _("Italian")),
        ("nl", _("Dutch")),
        ("pt", _("Portuguese")),
        ("pl", _("Polish")),
        ("sv", _("Swedish")),
        ("da", _("Danish")),
        ("ar", _("Arabic")),
        ("he", _("Hebrew")),
        ("ja", _("Japanese")),
        ("zh", _("Chinese")),
    ]
