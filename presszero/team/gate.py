"""Who is asking, and may they? One query a request; a view without a mark is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.ui.refusals import refusal

from . import queries
from .marks import at_least, declared, needs, opens_by_provider, own, public
from .models import Membership, Person, Role, Session

__all__ = ["Asked", "MemberAsked", "OwnAsked", "SignedIn", "declared", "needs", "own", "public"]

COOKIE = "pz_session"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_SEEN_EVERY = timedelta(minutes=1)


class Asked(HttpRequest):
    """A request after the gate. All four are None for somebody who is not signed in; `member` also for who left."""

    signed_in: Session | None
    person: Person | None
    member: Membership | None
    merchant: Merchant | None


class OwnAsked(Asked):
    """A request to a view marked `own`: somebody is signed in."""

    signed_in: Session
    person: Person


class MemberAsked(OwnAsked):
    """A request to a view marked `needs(role)`: a member of a merchant's team."""

    member: Membership
    merchant: Merchant


class SignedIn:
    """Middleware: finds the person behind the cookie and holds every view to its mark."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponseBase:
        _recognise(request)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: Asked, view: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        mark = declared(view)
        if mark is None:
            return _refuse(request, _("This page has not been opened to anyone."))
        if mark == "public":
            return None
        if request.person is None:
            return _ask_to_sign_in(request)
        if mark == "own":
            return None if not _vouched_for(request) or opens_by_provider(view) else _ask_for_password(request)
        return _check_role(request, Role(mark))


def keep(response: HttpResponseBase, token: str, name: str = COOKIE, lasts: timedelta | None = None) -> None:
    """Put a token in the browser where no script can read it; `lasts` None is until the browser closes."""
    response.set_cookie(
        name,
        token,
        max_age=lasts,
        path="/",
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def let_go(response: HttpResponseBase, name: str = COOKIE) -> None:
    """Take a token out of the browser."""
    response.delete_cookie(name, path="/", samesite="Lax")


def safe_next(asked: str | None) -> str:
    """Where to go on after signing in: a path of ours, or the start. Never another site."""
    path = asked or "/"
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if plain and not urlsplit(path).netloc else "/"


def _recognise(request: Asked) -> None:
    request.signed_in = request.person = request.member = request.merchant = None
    token = request.COOKIES.get(COOKIE)
    session = queries.session_of(token, at=timezone.now()) if token else None
    if session is None:
        return
    request.signed_in, request.person = session, session.person
    request.member = getattr(session, "member", None)
    request.merchant = session.merchant if request.member else None
    if request.member:
        request.member.person, request.member.merchant = session.person, session.merchant
    _notice(session)
    _speak_as(request.person, request.merchant)


def _notice(session: Session) -> None:
    now = timezone.now()
    if now - session.seen_at >= _SEEN_EVERY:
        Session.objects.filter(id=session.id).update(seen_at=now)


def _speak_as(person: Person, merchant: Merchant | None) -> None:
    """The person's own language and time zone, else the browser's and the merchant's."""
    if person.language:
        translation.activate(person.language)
    zone = person.timezone or (merchant.timezone if merchant else "")
    if zone in _zones():
        timezone.activate(ZoneInfo(zone))


@cache
def _zones() -> frozenset[str]:
    """Every zone's name; finding them reads hundreds of files, which no request should wait for."""
    return frozenset(available_timezones())


def _ask_to_sign_in(request: Asked) -> HttpResponse:
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        refused = HttpResponse(status=403)
        refused.headers["HX-Redirect"] = _sign_in_url(here.path + (f"?{here.query}" if here.query else ""))
        return refused
    if request.method not in ("GET", "HEAD"):
        return _refuse(request, _("You are signed out, so nothing was changed."), _("Sign in and try again."))
    return HttpResponseRedirect(_sign_in_url(request.get_full_path()))


def _vouched_for(request: Asked) -> bool:
    """Signed in by a provider's word, with an account that has a password of its own.

    Whoever runs the provider could say so of anybody, so the account itself stays closed to them.
    """
    return bool(request.signed_in and request.signed_in.provider_id and request.person and request.person.password)


def _ask_for_password(request: Asked) -> HttpResponse:
    return _refuse(
        request, _("You signed in for your team alone."), _("Sign in with your password to change your account.")
    )


def _sign_in_url(back: str) -> str:
    path = safe_next(back)
    return "/sign-in" if path == "/" else f"/sign-in?{urlencode({'next': path})}"


def _check_role(request: Asked, role: Role) -> HttpResponse | None:
    ask = _("An admin of your team can change that.")
    if request.member is None:
        return _refuse(request, _("You are not in a team now."), _("Ask an admin for an invitation."))
    if not at_least(request.member.role, role):
        return _refuse(request, _("Your role does not include this."), ask)
    if request.method not in _SAFE and not at_least(request.member.role, Role.AGENT):
        return _refuse(request, _("Your role is for reading only, so nothing was changed."), ask)
    return None


def _refuse(request: HttpRequest, sentence: str, next_step: str = "") -> HttpResponse:
    return refusal(request, Refused(sentence, next_step), 403)
