"""The settings' page "Suggestions"."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from . import actions
from .forms import How
from .models import BoughtNext, Suggesting


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def suggestions(request: MemberAsked) -> HttpResponse:
    """GET /settings/suggestions · POST: on or off, how many are held out, how many things."""
    if request.method == "GET":
        return _show(request, _as_it_is(request))
    form = How(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    given = form.cleaned_data
    try:
        actions.set_how(request.merchant, given["on"], given["share"] / 100, given["most"], request.member.actor)
    except Refused as refused:
        return _show(request, form, refused, refused.status)
    return HttpResponseRedirect("/settings/suggestions?said=saved")


def _how(request: MemberAsked) -> Suggesting:
    return Suggesting.objects.filter(merchant=request.merchant).first() or Suggesting(merchant=request.merchant)


def _as_it_is(request: MemberAsked) -> How:
    row = _how(request)
    return How({"on": row.on, "share": round(row.share * 100), "most": str(row.most)})


def _show(request: MemberAsked, form: How, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    row = _how(request)
    pairs = BoughtNext.objects.filter(merchant=request.merchant).count()
    context = {"form": form, "how": row, "pairs": pairs, "refused": refused, "said": request.GET.get("said", "")}
    return page(request, "offers/suggestions.html", context, status)
