"""The settings' page "Being paid": how customers pay an order that was made for them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..models import PayAccount
from . import connecting
from .adapter import PayAdapter
from .registry import adapter, kinds


@dataclass(frozen=True, slots=True)
class Way:
    """One way of being paid on the page. `told`: the provider tells us at once; else we ask now and then."""

    adapter: PayAdapter
    account: PayAccount | None
    told: bool
    door: str
    values: dict[str, str]


@needs(Role.ADMIN)
@require_GET
def payments(request: MemberAsked) -> HttpResponse:
    """GET /settings/payments"""
    return _show(request)


@needs(Role.ADMIN)
@require_POST
@sensitive_post_parameters()
def connection(request: MemberAsked, pay_kind: str) -> HttpResponse:
    """POST /settings/payments/stripe: the provider is asked, and connected. An empty secret stays as it was."""
    kind = _kind(pay_kind)
    given = {each.key: request.POST.get(each.key, "")[:4000] for each in adapter(kind).fields}
    try:
        connecting.connect(request.merchant, kind, given, request.member.actor)
    except Refused as refused:
        open_values = {each.key: given[each.key] for each in adapter(kind).fields if not each.secret}
        return _show(request, kind, refused, open_values)
    return HttpResponseRedirect("/settings/payments?said=connected")


@needs(Role.ADMIN)
@require_POST
def check(request: MemberAsked, pay_kind: str) -> HttpResponse:
    """POST: asks the provider now."""
    account = _account(request, pay_kind)
    try:
        connecting.check_again(account, request.member.actor)
    except Refused as refused:
        return _show(request, account.kind, refused)
    return HttpResponseRedirect("/settings/payments?said=checked")


@needs(Role.ADMIN)
@require_POST
def end(request: MemberAsked, pay_kind: str) -> HttpResponse:
    """POST: nobody is sent there any more, and its keys are forgotten."""
    connecting.disconnect(_account(request, pay_kind), request.member.actor)
    return HttpResponseRedirect("/settings/payments?said=ended")


def _kind(pay_kind: str) -> str:
    if pay_kind not in kinds():
        raise Http404
    return pay_kind


def _account(request: MemberAsked, pay_kind: str) -> PayAccount:
    rows = PayAccount.objects.filter(merchant=request.merchant, kind=pay_kind, paused_at=None)
    found = rows.select_related("merchant").first()
    if found is None:
        raise Http404
    return found


def _show(
    request: MemberAsked, at: str = "", refused: Refused | None = None, given: dict[str, str] | None = None
) -> HttpResponse:
    rows = {row.kind: row for row in PayAccount.objects.filter(merchant=request.merchant, paused_at=None)}
    ways = [_way(kind, rows.get(kind), given if kind == at else None) for kind in kinds()]
    context: dict[str, Any] = {"ways": ways, "at": at, "refused": refused, "said": request.GET.get("said", "")}
    return page(request, "commerce/payments.html", context, 422 if refused else 200)


def _way(kind: str, account: PayAccount | None, given: dict[str, str] | None) -> Way:
    way = adapter(kind)
    kept = account.settings if account else {}
    values = {each.key: (given or kept).get(each.key, "") for each in way.fields if not each.secret}
    return Way(way, account, _is_told(account), connecting.door_of(account) if account else "", values)


def _is_told(account: PayAccount | None) -> bool:
    try:
        return bool(account and account.secrets.get("webhook"))
    except CannotOpen:
        return False
