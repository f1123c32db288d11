"""The way in: password, code, sign-out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.ui.page import page

from .. import actions, forms, queries
from ..actions.sign_in import ChallengeOver, open_challenge
from ..browser import browser_of
from ..gate import COOKIE, Asked, OwnAsked, keep, let_go, own, public, safe_next
from ..marks import by_provider_too
from ..throttle import TooMany

CHALLENGE = "pz_challenge"


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def sign_in(request: Asked) -> HttpResponse:
    """E-mail and password. Somebody signed in already goes on; while there is no shop there is nobody to sign in."""
    after = safe_next(request.GET.get("next"))
    if request.method == "GET" and request.person:
        return HttpResponseRedirect(after)
    if request.method == "GET" and not Merchant.objects.exists():
        return HttpResponseRedirect("/start")
    form = forms.SignIn(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, 200 if request.method == "GET" else 422)
    try:
        found = actions.sign_in(
            form.cleaned_data["email"], form.cleaned_data["password"], browser_of(request), timezone.now()
        )
    except Refused as refused:
        return _ask(request, form, status_of(refused), refused)
    if isinstance(found, actions.Opened):
        return let_in(request, found, after)
    response = HttpResponseRedirect(_with_next("/sign-in/code", after))
    keep(response, found.token, CHALLENGE)
    return response


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def code(request: Asked) -> HttpResponse:
    """The second step, for those who set one up."""
    after, token = safe_next(request.GET.get("next")), request.COOKIES.get(CHALLENGE, "")
    if not open_challenge(token, timezone.now()):
        return HttpResponseRedirect(_with_next("/sign-in", after))
    form = forms.Code(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _ask_code(request, form, 200 if request.method == "GET" else 422)
    try:
        opened = actions.answer_challenge(token, form.cleaned_data["code"], browser_of(request), timezone.now())
    except ChallengeOver:
        return HttpResponseRedirect(_with_next("/sign-in", after))
    except Refused as refused:
        return _ask_code(request, form, status_of(refused), refused)
    return let_in(request, opened, after)


@own
@by_provider_too
@require_POST
def sign_out(request: OwnAsked) -> HttpResponse:
    actions.sign_out(request.signed_in, timezone.now())
    response = HttpResponseRedirect("/sign-in")
    let_go(response)
    return response


def let_in(request: Asked, opened: actions.Opened, after: str) -> HttpResponse:
    """Hand the new key to the browser. What it held before, as a session or for a form, is void."""
    if request.signed_in:
        actions.sign_out(request.signed_in, timezone.now())
    rotate_token(request)
    response = go_on(opened, after)
    let_go(response, CHALLENGE)
    return response


def go_on(opened: actions.Opened, path: str) -> HttpResponse:
    """On to a page, under a new key."""
    response = HttpResponseRedirect(path)
    keep(response, opened.token, COOKIE, opened.session.expires_at - timezone.now())
    return response


def status_of(refused: Refused) -> int:
    """429 for too many tries, 422 for every other no."""
    return 429 if isinstance(refused, TooMany) else 422


def _ask(request: Asked, form: forms.SignIn, status: int, refused: Refused | None = None) -> HttpResponse:
    typed = str(form.data.get("email", "")) if form.is_bound else ""
    context = {
        "form": form,
        "refused": refused,
        "done": request.GET.get("done"),
        "ways": queries.providers_for(typed),
        "after": request.GET.get("next", ""),
    }
    return page(request, "team/sign_in.html", context, status)


def _ask_code(request: Asked, form: forms.Code, status: int, refused: Refused | None = None) -> HttpResponse:
    return page(request, "team/code.html", {"form": form, "refused": refused}, status)


def _with_next(path: str, after: str) -> str:
    return path if after == "/" else f"{path}?{urlencode({'next': after})}"
