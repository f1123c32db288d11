"""The team: who is in it, who is asked to join. Everyone in it may look; admins change it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from presszero.core.refusal import Refused
from presszero.ui.page import page

from .. import actions, forms, mail, queries
from ..gate import MemberAsked, needs
from ..models import Membership, Role
from .sign_in import status_of


@needs(Role.READ_ONLY)
@require_GET
def people(request: MemberAsked) -> HttpResponse:
    return _show(request, {})


@needs(Role.ADMIN)
@require_POST
def invitations(request: MemberAsked) -> HttpResponse:
    """Invite somebody. The link is on the answer to this request and nowhere else."""
    form = forms.Invite(request.POST)
    if not form.is_valid():
        return _show(request, {"invite": form}, 422)
    try:
        invited = actions.invite(
            form.cleaned_data["email"], Role(form.cleaned_data["role"]), by=request.member, at=timezone.now()
        )
    except Refused as refused:
        return _show(request, {"invite": form, "refused": refused}, status_of(refused))
    return _show(request, {"invited": invited})


@needs(Role.ADMIN)
@require_POST
def withdrawal(request: MemberAsked, invitation_id: int) -> HttpResponse:
    found = get_object_or_404(queries.open_invitations(request.merchant, timezone.now()), id=invitation_id)
    actions.withdraw(found, by=request.member, at=timezone.now())
    return HttpResponseRedirect("/settings/people?done=withdrawn")


@needs(Role.ADMIN)
@require_POST
def role(request: MemberAsked, member_id: int) -> HttpResponse:
    member = _member(request, member_id)
    form = forms.ChangeRole(request.POST)
    if not form.is_valid():
        return _show(request, {"refused": Refused(str(form.errors["role"][0]))}, 422)
    try:
        actions.change_role(member, Role(form.cleaned_data["role"]), by=request.member, at=timezone.now())
    except Refused as refused:
        return _show(request, {"refused": refused}, 422)
    return HttpResponseRedirect("/settings/people?done=role")


@needs(Role.ADMIN)
@require_POST
def removal(request: MemberAsked, member_id: int) -> HttpResponse:
    member = _member(request, member_id)
    try:
        actions.remove(member, by=request.member, at=timezone.now())
    except Refused as refused:
        return _show(request, {"refused": refused}, 422)
    return HttpResponseRedirect("/settings/people?done=removed")


@needs(Role.ADMIN)
@require_POST
def sessions_end(request: MemberAsked, member_id: int) -> HttpResponse:
    """Sign a colleague out of this shop, everywhere: a lost phone, a shared computer."""
    actions.end_member_sessions(_member(request, member_id), by=request.member, at=timezone.now())
    return HttpResponseRedirect("/settings/people?done=sessions")


def _member(request: MemberAsked, member_id: int) -> Membership:
    return get_object_or_404(queries.members_of(request.merchant).select_related("person", "merchant"), id=member_id)


def _show(request: MemberAsked, asked: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "people": list(queries.members_of(request.merchant)),
        "invitations": list(queries.open_invitations(request.merchant, timezone.now())),
        "invite": forms.Invite(initial={"role": Role.AGENT}),
        "may_change": request.member.role == Role.ADMIN,
        "mail_is_set_up": mail.is_set_up(),
        "roles": Role.choices,
        "invited": None,
        "refused": None,
        "done": request.GET.get("done", ""),
    }
    return page(request, "team/people.html", {**context, **asked}, status)
