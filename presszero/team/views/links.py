"""What a link in a letter opens: a new password, a place in the team. Looking at one uses nothing up."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from presszero.core.refusal import Refused
from presszero.ui.page import page

from .. import actions, forms, queries
from ..actions.passwords import LinkOver, open_reset
from ..browser import address_of, browser_of
from ..gate import Asked, public
from ..models import Invitation, Person
from .sign_in import go_on, let_in


@public
@require_http_methods(["GET", "POST"])
def forgot(request: Asked) -> HttpResponse:
    """Ask for a link. The answer is the same whether or not anybody has that address."""
    form = forms.Forgot(request.POST or None)
    said = {"form": form, "sent": False, "refused": None}
    if request.method == "GET" or not form.is_valid():
        return page(request, "team/forgot.html", said, 200 if request.method == "GET" else 422)
    try:
        actions.ask_for_reset(form.cleaned_data["email"], address_of(request), timezone.now())
    except Refused as refused:
        return page(request, "team/forgot.html", {**said, "refused": refused}, 429)
    return page(request, "team/forgot.html", {**said, "sent": True})


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def reset(request: Asked, token: str) -> HttpResponse:
    """Choose a new password; then sign in with it, and with the second factor where there is one."""
    if open_reset(token, timezone.now()) is None:
        return _over(request)
    form = forms.NewPassword(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, 200 if request.method == "GET" else 422)
    try:
        actions.reset_password(token, form.cleaned_data["password"], timezone.now())
    except LinkOver:
        return _over(request)
    except Refused as refused:
        return _ask(request, form, 422, refused)
    return HttpResponseRedirect("/sign-in?done=password")


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def invitation(request: Asked, token: str) -> HttpResponse:
    """Join a team: with a name and a password, or as who one is signed in."""
    found = queries.invitation_behind(token, timezone.now())
    if found is None:
        return _over(request)
    form = forms.Join(request.POST or None)
    if request.method == "GET":
        return _invite(request, found, form, 200)
    try:
        return _join(request, token, form)
    except LinkOver:
        return _over(request)
    except Refused as refused:
        return _invite(request, found, form, 422, refused)


def _join(request: Asked, token: str, form: forms.Join) -> HttpResponse:
    if request.person and request.signed_in:
        if request.signed_in.provider_id:
            raise Refused(_("You signed in for your team alone."), _("Sign in with your password, then open the link."))
        member = actions.accept_as(token, request.person, timezone.now())
        return go_on(actions.continue_at(request.signed_in, member), "/")
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    said = form.cleaned_data
    return let_in(
        request,
        actions.accept_new(token, said["name"], said["password"], browser_of(request), timezone.now()),
        "/",
    )


def _invite(
    request: Asked, found: Invitation, form: forms.Join, status: int, refused: Refused | None = None
) -> HttpResponse:
    known = Person.objects.filter(email=found.email).exists()
    said = {"invitation": found, "form": form, "known": known, "refused": refused}
    return _closed(page(request, "team/invitation.html", said, status))


def _ask(request: Asked, form: forms.NewPassword, status: int, refused: Refused | None = None) -> HttpResponse:
    return _closed(page(request, "team/reset.html", {"form": form, "refused": refused}, status))


def _over(request: Asked) -> HttpResponse:
    return _closed(page(request, "team/link_over.html", {}, 410))


def _closed(response: HttpResponse) -> HttpResponse:
    """The address of such a page is a key: it goes to no other site and into no store.

    Not `no-referrer`: with it browsers send a form as coming from nowhere, which is what a forged one looks like.
    """
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
