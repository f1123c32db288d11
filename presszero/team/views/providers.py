"""The settings of signing in: a team's own provider."""

from __future__ import annotations

from typing import Any

from django.conf import settings as site
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.ui.page import page

from .. import forms, queries
from ..actions.providers import Provider, retire_provider, save_provider
from ..actions.single_sign_on import redirect_url
from ..gate import MemberAsked, needs
from ..models import Role
from ..oidc.discovery import doors, key_set


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def settings(request: MemberAsked) -> HttpResponse:
    """GET and POST /settings/sign-in"""
    if request.method == "GET":
        return _show(request, {})
    form = forms.Provider(request.POST)
    if not form.is_valid():
        return _show(request, {"form": form}, 422)
    said = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
    try:
        doors(said["issuer"])  # whoever cannot be reached now lets nobody in later
        save_provider(Provider(**said), by=request.member, at=timezone.now())
    except Refused as refused:
        return _show(request, {"form": form, "refused": refused}, 422)
    return HttpResponseRedirect("/settings/sign-in?done=saved")


@needs(Role.ADMIN)
@require_POST
def check(request: MemberAsked) -> HttpResponse:
    """POST with `issuer`: what it answers now."""
    try:
        where = doors(request.POST.get("issuer", "").strip()[:300])
        return page(request, "team/_reached.html", {"doors": where, "keys": len(key_set(where)), "refused": None})
    except Refused as refused:
        return page(request, "team/_reached.html", {"doors": None, "refused": refused})


@needs(Role.ADMIN)
@require_POST
def retirement(request: MemberAsked) -> HttpResponse:
    """POST: passwords alone again."""
    row = queries.provider_of(request.merchant)
    if row is None:
        raise Http404
    retire_provider(row, by=request.member, at=timezone.now())
    return HttpResponseRedirect("/settings/sign-in?done=retired")


def _show(request: MemberAsked, asked: dict[str, Any], status: int = 200) -> HttpResponse:
    row = queries.provider_of(request.merchant)
    now: dict[str, Any] = {"role": Role.AGENT}
    if row:
        kept = ("name", "issuer", "client_id", "may_join", "role", "enforced")
        now = {**{name: getattr(row, name) for name in kept}, "domains": "\n".join(row.domains)}
    context = {
        "row": row,
        "form": forms.Provider(initial=now),
        "redirect": redirect_url(),
        "link": f"{site.ORIGIN}/sign-in/with/{request.merchant.slug}",
        "refused": None,
        "done": request.GET.get("done", ""),
    }
    return page(request, "team/provider.html", {**context, **asked}, status)
