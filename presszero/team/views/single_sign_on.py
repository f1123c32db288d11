"""Signing in by a provider: which ways there are, going there, and coming back."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.ui.page import page

from .. import queries
from ..actions.single_sign_on import LASTS, Back, Going, arrive, go, unlink
from ..browser import address_of, browser_of
from ..gate import Asked, OwnAsked, keep, let_go, own, public, safe_next
from ..models import Identity, SignInProvider
from ..throttle import Limit, hold, network
from .sign_in import let_in, status_of

ATTEMPT = "pz_attempt"
BY_ADDRESS = Limit("sign-in.provider", 60, LASTS)
BY_WAYS = Limit("sign-in.ways", 240, LASTS)


@public
@require_GET
def ways(request: Asked) -> HttpResponse:
    """GET /sign-in/ways?email= : the providers that speak for this domain, whoever has that address or not."""
    hold(BY_WAYS, network(address_of(request)), timezone.now())
    context = {"ways": queries.providers_for(request.GET.get("email", "")[:254]), "after": request.GET.get("next", "")}
    return page(request, "team/_ways.html", context)


@public
@require_http_methods(["GET", "POST"])
def with_provider(request: Asked, slug: str) -> HttpResponse:
    """GET /sign-in/with/<shop>: a button; POST goes to the shop's provider."""
    found = SignInProvider.objects.filter(merchant__slug=slug, retired_at=None).select_related("merchant").first()
    if found is None:
        raise Http404
    after = safe_next(request.GET.get("next"))
    if request.method == "GET":
        return page(request, "team/with_provider.html", {"provider": found, "refused": None})
    try:
        hold(BY_ADDRESS, network(address_of(request)), timezone.now())
        return _off(request, found, go(found, after, timezone.now()))
    except Refused as refused:
        return page(request, "team/with_provider.html", {"provider": found, "refused": refused}, status_of(refused))


@public
@require_GET
def back(request: Asked) -> HttpResponse:
    """GET /sign-in/back: where a provider sends people back to."""
    given, token = request.GET, request.COOKIES.get(ATTEMPT, "")
    came = Back(
        given.get("state", "")[:200], given.get("code", "")[:4000], given.get("error", "")[:200], request.person
    )
    try:
        arrived = arrive(came, token, browser_of(request), timezone.now())
    except Refused as refused:
        response = page(request, "team/not_let_in.html", {"refused": refused}, 422)
    else:
        after = safe_next(arrived.after)
        response = let_in(request, arrived.opened, after) if arrived.opened else HttpResponseRedirect("/me?done=linked")
    let_go(response, ATTEMPT)
    return response


@own
@require_POST
def identity(request: OwnAsked) -> HttpResponse:
    """POST /me/identity: link one's account at the shop's provider, being signed in here by a password."""
    found = _own_provider(request)
    return _off(request, found, go(found, "/me", timezone.now(), request.person))


@own
@require_POST
def identity_end(request: OwnAsked) -> HttpResponse:
    """POST /me/identity/end: the provider speaks for one no longer."""
    unlink(request.person, _own_provider(request))
    return HttpResponseRedirect("/me?done=unlinked")


def linked(request: OwnAsked) -> tuple[SignInProvider | None, Identity | None]:
    """The provider of the shop one is at, and who one is there."""
    found = queries.provider_of(request.merchant) if request.merchant else None
    rows = Identity.objects.filter(merchant=request.merchant, provider=found, person=request.person)
    return found, rows.first() if found else None


def _own_provider(request: OwnAsked) -> SignInProvider:
    found = queries.provider_of(request.merchant) if request.merchant else None
    if found is None:
        raise Http404
    return found


def _off(request: Asked, provider: SignInProvider, going: Going) -> HttpResponse:
    """A page that leads there at once: a form's own answer may lead nowhere but here (form-action)."""
    response = page(request, "team/going.html", {"provider": provider, "url": going.url})
    response["Cache-Control"] = "no-store"
    keep(response, going.token, ATTEMPT, LASTS)
    return response
