"""The first page of an installation: whoever holds its key founds the shop."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from presszero.core.refusal import Refused
from presszero.merchants.models import Brand
from presszero.team import throttle
from presszero.team.actions import start_session
from presszero.team.browser import address_of, browser_of
from presszero.team.gate import Asked, public
from presszero.team.models import Membership
from presszero.team.passwords import Weak
from presszero.team.views.sign_in import let_in, status_of
from presszero.ui.page import page

from .. import guesses, key
from ..actions import AlreadyFounded, NewShop, Owner, found_first
from ..forms import Start

WRONG_KEYS = throttle.Limit("start.key", 20, timedelta(minutes=15))  # from one network
ALL_WRONG_KEYS = throttle.Limit("start.keys", 300, timedelta(minutes=15))  # from everywhere


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def start(request: Asked) -> HttpResponse:
    """GET and POST /start?key=…: you and your shop. Without the key, where to find it."""
    if not key.needed():
        return HttpResponseRedirect("/" if request.person else "/sign-in")
    given = request.POST.get("key", request.GET.get("key", ""))
    try:
        if not _may_begin(request, given):
            return _closed(page(request, "launch/locked.html", {"tried": bool(given), "refused": None}, 403))
    except throttle.TooMany as refused:
        return _closed(page(request, "launch/locked.html", {"tried": True, "refused": refused}, 429))
    if request.method == "GET":
        return _ask(request, Start(), given)
    return _founded(request, given)


def _may_begin(request: Asked, given: str) -> bool:
    """Only wrong keys count: the right one opens however often it is shown."""
    if not given:
        return False
    if key.opens(given):
        return True
    throttle.hold(WRONG_KEYS, throttle.network(address_of(request)), timezone.now())
    throttle.hold(ALL_WRONG_KEYS, "", timezone.now())
    return False


def _founded(request: Asked, given: str) -> HttpResponse:
    form = Start(request.POST)
    if not form.is_valid():
        return _ask(request, form, given, 422)
    said = form.cleaned_data
    try:
        member = found_first(_shop(said), Owner(said["name"], said["email"], said["password"]))
    except AlreadyFounded as refused:
        return _closed(page(request, "launch/locked.html", {"tried": True, "refused": refused}, 409))
    except Weak as weak:
        form.add_error("password", weak.sentences)
        return _ask(request, form, given, 422)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _ask(request, form, given, status_of(refused))
    _show_number(member, said["phone"])
    return let_in(request, start_session(member.person, browser_of(request), timezone.now()), "/setup/mailbox")


def _shop(said: dict[str, str]) -> NewShop:
    zone = guesses.zone(said["timezone"])
    return NewShop(
        said["shop"],
        said["size"] == "alone",
        zone,
        guesses.currency(said["language"], zone),
        guesses.language(said["language"], [code for code, _name in settings.LANGUAGES]),
    )


def _show_number(member: Membership, phone: str) -> None:
    if phone:
        Brand.objects.filter(merchant=member.merchant).update(phone=phone)


def _ask(request: Asked, form: Start, given: str, status: int = 200) -> HttpResponse:
    tag = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0]
    return _closed(page(request, "launch/start.html", {"form": form, "key": given, "tag": tag}, status))


def _closed(response: HttpResponse) -> HttpResponse:
    """The address of this page is a key: it goes into no store. (No page of ours tells another site where one was.)"""
    response["Cache-Control"] = "private, no-store"
    return response
