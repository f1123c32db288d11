"""One's own page: name, password, second factor, sessions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.ui.page import page

from .. import actions, forms, queries
from ..actions.second_factor import address_of, secret_of
from ..browser import words_for
from ..gate import OwnAsked, let_go, own
from ..models import SecondFactor
from .sign_in import go_on, status_of
from .single_sign_on import linked


@own
@require_http_methods(["GET", "POST"])
def me(request: OwnAsked) -> HttpResponse:
    """Everything one may see and change about oneself; posting it changes the name, language and time zone."""
    if request.method == "GET":
        return _show(request, {})
    form = forms.Profile(request.POST)
    if not form.is_valid():
        return _show(request, {"profile": form}, 422)
    try:
        actions.change_profile(request.person, actions.Profile(**form.cleaned_data))
    except Refused as refused:
        return _show(request, {"profile": form, "refused": refused}, 422)
    return HttpResponseRedirect("/me?done=profile")


@own
@require_POST
@sensitive_post_parameters()
def password(request: OwnAsked) -> HttpResponse:
    form = forms.ChangePassword(request.POST)
    if not form.is_valid():
        return _show(request, {"password": form}, 422)
    said = form.cleaned_data
    try:
        opened = actions.change_password(request.person, said["old"], said["new"], request.signed_in, timezone.now())
    except Refused as refused:
        return _show(request, {"password": form, "refused": refused}, status_of(refused))
    return go_on(opened, "/me?done=password")


@own
@require_POST
def merchant(request: OwnAsked) -> HttpResponse:
    """Go on at another merchant one works for."""
    form = forms.Switch(request.POST)
    if not form.is_valid():
        raise Http404
    return go_on(actions.switch_merchant(request.signed_in, form.cleaned_data["merchant"]), "/")


@own
@require_POST
def leave(request: OwnAsked) -> HttpResponse:
    if request.member is None:
        raise Http404
    actions.leave(request.member, timezone.now())
    response = HttpResponseRedirect("/sign-in")
    let_go(response)
    return response


@own
@require_http_methods(["GET", "POST"])
def second_factor(request: OwnAsked) -> HttpResponse:
    """Set up: POST makes a secret, GET shows it until it is confirmed."""
    if request.method == "POST":
        actions.begin_second_factor(request.person)
        return HttpResponseRedirect("/me/second-factor")
    return _set_up(request, forms.Code())


@own
@require_GET
def second_factor_picture(request: OwnAsked) -> HttpResponse:
    """The QR code, as an image of its own: the page's policy allows no inline style."""
    picture = BytesIO()
    segno.make_qr(address_of(_unconfirmed(request)), error="m").save(picture, "svg", xmldecl=False, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@own
@require_POST
def second_factor_confirmation(request: OwnAsked) -> HttpResponse:
    form = forms.Code(request.POST)
    if not form.is_valid():
        return _set_up(request, form, 422)
    try:
        codes = actions.confirm_second_factor(
            request.person, form.cleaned_data["code"], request.signed_in, timezone.now()
        )
    except Refused as refused:
        return _set_up(request, form, status_of(refused), refused)
    return page(request, "team/recovery_codes.html", {"codes": codes})


@own
@require_POST
@sensitive_post_parameters()
def second_factor_removal(request: OwnAsked) -> HttpResponse:
    form = forms.Password(request.POST, auto_id="removal_%s")
    if not form.is_valid():
        return _show(request, {"removal": form}, 422)
    try:
        actions.remove_second_factor(request.person, form.cleaned_data["password"], request.signed_in, timezone.now())
    except Refused as refused:
        return _show(request, {"removal": form, "refused": refused}, status_of(refused))
    return HttpResponseRedirect("/me?done=second-factor")


@own
@require_POST
@sensitive_post_parameters()
def recovery_codes(request: OwnAsked) -> HttpResponse:
    form = forms.Password(request.POST, auto_id="renewal_%s")
    if not form.is_valid():
        return _show(request, {"renewal": form}, 422)
    try:
        codes = actions.new_recovery_codes(request.person, form.cleaned_data["password"], timezone.now())
    except Refused as refused:
        return _show(request, {"renewal": form, "refused": refused}, status_of(refused))
    return page(request, "team/recovery_codes.html", {"codes": codes})


@own
@require_POST
def other_sessions(request: OwnAsked) -> HttpResponse:
    """End all but this one."""
    actions.end_other_sessions(request.person, request.signed_in, timezone.now())
    return HttpResponseRedirect("/me?done=sessions")


@own
@require_POST
def session(request: OwnAsked, session_id: int) -> HttpResponse:
    """End one."""
    if not actions.end_session(request.person, session_id, timezone.now()):
        raise Http404
    return HttpResponseRedirect("/me?done=session")


def _show(request: OwnAsked, asked: dict[str, Any], status: int = 200) -> HttpResponse:
    person = request.person
    provider, identity = linked(request)
    now = {"name": person.name, "language": person.language, "timezone": person.timezone}
    context = {
        "profile": forms.Profile(initial=now),
        "password": forms.ChangePassword(),
        "removal": forms.Password(auto_id="removal_%s"),
        "renewal": forms.Password(auto_id="renewal_%s"),
        "refused": None,
        "has_factor": SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists(),
        "codes_left": person.recovery_codes.filter(used_at=None).count(),
        "sessions": [(one, words_for(one.browser)) for one in queries.sessions_of(person, timezone.now())[:50]],
        "this_session": request.signed_in,
        "teams": list(queries.merchants_of(person)),
        "done": request.GET.get("done", ""),
        "provider": provider,
        "identity": identity,
    }
    return page(request, "team/me.html", {**context, **asked}, status)


def _set_up(request: OwnAsked, form: forms.Code, status: int = 200, refused: Refused | None = None) -> HttpResponse:
    secret = secret_of(_unconfirmed(request))
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return page(request, "team/second_factor.html", {"form": form, "secret": spaced, "refused": refused}, status)


def _unconfirmed(request: OwnAsked) -> SecondFactor:
    found = SecondFactor.objects.filter(person=request.person, confirmed_at=None).first()
    if found is None:
        raise Http404
    found.person = request.person
    return found
