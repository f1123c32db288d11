"""The settings' page "Carriers": who tells us where parcels are, and how to have one tell us."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..models import Carrier
from ..queries import standings
from . import connecting
from .registry import adapter, kinds


@needs(Role.ADMIN)
@require_GET
def carriers(request: MemberAsked) -> HttpResponse:
    """GET /settings/carriers"""
    rows = standings(request.merchant, timezone.now())
    ways = [adapter(kind) for kind in kinds()]
    return page(request, "fulfilment/carriers.html", {"rows": rows, "ways": ways, "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def new(request: MemberAsked, carrier_kind: str) -> HttpResponse:
    """GET: what to fill in. POST: it is connected; a secret that we made is shown this once."""
    if carrier_kind not in kinds():
        raise Http404
    if request.method == "GET":
        return _form(request, carrier_kind)
    given = {each.key: request.POST.get(each.key, "")[:1000] for each in adapter(carrier_kind).fields}
    name = request.POST.get("name", "")[:120]
    try:
        made = connecting.connect(request.merchant, carrier_kind, name, given, request.member.actor)
    except Refused as refused:
        return _form(request, carrier_kind, refused)
    if adapter(carrier_kind).makes_secret:
        return _show(request, made, secret=made.secrets["secret"])
    return HttpResponseRedirect(f"/settings/carriers/{made.id}?said=connected")


@needs(Role.ADMIN)
@require_GET
def carrier(request: MemberAsked, carrier_id: int) -> HttpResponse:
    """GET /settings/carriers/7: its address to copy, and how it is doing."""
    return _show(request, _carrier(request, carrier_id))


@needs(Role.ADMIN)
@require_POST
@sensitive_post_parameters()
def secret(request: MemberAsked, carrier_id: int) -> HttpResponse:
    """POST /settings/carriers/7/secret: another secret; the old one holds beside it until the next."""
    row = _carrier(request, carrier_id)
    given = {each.key: request.POST.get(each.key, "")[:1000] for each in adapter(row.kind).fields}
    try:
        made = connecting.renew_secret(row, given, request.member.actor)
    except Refused as refused:
        return _show(request, row, refused=refused)
    if adapter(row.kind).makes_secret:
        return _show(request, made, secret=made.secrets["secret"])
    return HttpResponseRedirect(f"/settings/carriers/{made.id}?said=secret")


@needs(Role.ADMIN)
@require_POST
def end(request: MemberAsked, carrier_id: int) -> HttpResponse:
    """POST /settings/carriers/7/end: nothing it sends is believed any more."""
    connecting.disconnect(_carrier(request, carrier_id), request.member.actor)
    return HttpResponseRedirect("/settings/carriers?said=ended")


def _carrier(request: MemberAsked, carrier_id: int) -> Carrier:
    rows = Carrier.objects.filter(merchant=request.merchant, id=carrier_id, paused_at=None)
    found = rows.select_related("merchant").first()
    if found is None:
        raise Http404
    return found


def _form(request: MemberAsked, kind: str, refused: Refused | None = None) -> HttpResponse:
    context = {"way": adapter(kind), "refused": refused, "name": request.POST.get("name", "")[:120]}
    return page(request, "fulfilment/connect.html", context, 422 if refused else 200)


def _show(request: MemberAsked, row: Carrier, *, secret: str = "", refused: Refused | None = None) -> HttpResponse:
    standing = next((each for each in standings(request.merchant, timezone.now()) if each.carrier.id == row.id), None)
    context: dict[str, Any] = {
        "row": row,
        "way": adapter(row.kind),
        "standing": standing,
        "door": connecting.door_of(row),
        "secret": secret,
        "refused": refused,
        "said": request.GET.get("said", ""),
    }
    return page(request, "fulfilment/carrier.html", context, 422 if refused else 200)
