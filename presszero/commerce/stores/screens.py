"""The settings' page "Stores": the list, connecting one, how it is doing, and letting it go."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import number_format
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..models import Store
from . import connecting, queries
from .registry import adapter, kinds


@needs(Role.ADMIN)
@require_GET
def stores(request: MemberAsked) -> HttpResponse:
    """GET /settings/stores"""
    context = {"rows": queries.standings(request.merchant), "platforms": queries.platforms()}
    return page(request, "commerce/stores.html", {**context, "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def new(request: MemberAsked, store_kind: str) -> HttpResponse:
    """GET: what to fill in. POST: the shop is asked, and connected."""
    if store_kind not in kinds():
        raise Http404
    if request.method == "GET":
        return _form(request, store_kind)
    given = {each.key: request.POST.get(each.key, "")[:1000] for each in adapter(store_kind).fields}
    address = request.POST.get("address", "")[:254]
    try:
        made = connecting.connect(request.merchant, store_kind, address, given, request.member.actor)
    except Refused as refused:
        return _form(request, store_kind, refused=refused)
    return HttpResponseRedirect(f"/settings/stores/{made.id}?said=connected")


@needs(Role.ADMIN)
@require_GET
def store(request: MemberAsked, store_id: int) -> HttpResponse:
    """GET /settings/stores/7: how it is doing."""
    return _show(request, _store(request, store_id))


@needs(Role.ADMIN)
@require_GET
def progress(request: MemberAsked, store_id: int) -> HttpResponse:
    """GET: the part that moves; the page anew once it does not move any more."""
    row = _store(request, store_id)
    if not queries.of(row).reading:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return page(request, "commerce/_reading.html", _about(row))


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def keys(request: MemberAsked, store_id: int) -> HttpResponse:
    """GET and POST /settings/stores/7/keys: other keys, since the old ones opened nothing any more."""
    row = _store(request, store_id)
    if request.method == "GET":
        return _form(request, row.kind, row)
    given = {each.key: request.POST.get(each.key, "")[:1000] for each in adapter(row.kind).fields}
    try:
        connecting.change_keys(row, given, request.member.actor)
    except Refused as refused:
        return _form(request, row.kind, row, refused)
    return HttpResponseRedirect(f"/settings/stores/{row.id}?said=keys")


@needs(Role.ADMIN)
@require_POST
def check(request: MemberAsked, store_id: int) -> HttpResponse:
    """POST: asks the shop now."""
    row = _store(request, store_id)
    try:
        connecting.check_again(row, request.member.actor)
    except Refused as refused:
        row.refresh_from_db()
        return _show(request, row, refused)
    return HttpResponseRedirect(f"/settings/stores/{row.id}?said=well")


@needs(Role.ADMIN)
@require_POST
def reading(request: MemberAsked, store_id: int) -> HttpResponse:
    """POST: everything is read once more; with `stop`, no more of it."""
    row = _store(request, store_id)
    if row.paused_at is None:
        connecting.read_again(row, request.member.actor, stop=bool(request.POST.get("stop")))
    return HttpResponseRedirect(f"/settings/stores/{row.id}")


@needs(Role.ADMIN)
@require_POST
def end(request: MemberAsked, store_id: int) -> HttpResponse:
    """POST: let go. Its orders stay."""
    connecting.disconnect(_store(request, store_id), request.member.actor)
    return HttpResponseRedirect("/settings/stores?said=ended")


def _show(request: MemberAsked, row: Store, refused: Refused | None = None) -> HttpResponse:
    context = {
        **_about(row),
        "report": queries.report(row, timezone.now()),
        "waiting": queries.waiting(row),
        "refused": refused,
        "said": request.GET.get("said", "") if refused is None else "",
    }
    return page(request, "commerce/store.html", context, refused.status if refused else 200)


def _about(row: Store) -> dict[str, Any]:
    return {"row": row, "standing": queries.of(row), "fills": queries.fills(row), "counted": _counted}


def _counted(number: int) -> str:
    """As the reader groups thousands: 12,304."""
    return str(number_format(number, use_l10n=True, force_grouping=True))


def _form(request: MemberAsked, kind: str, row: Store | None = None, refused: Refused | None = None) -> HttpResponse:
    """What was typed stands again, but for secrets."""
    way = adapter(kind)
    open_ones = [each.key for each in way.fields if not each.secret]
    held = {key: str(row.settings.get(key, "")) for key in open_ones} if row else {}
    typed = {key: request.POST.get(key, "") for key in (*open_ones, "address") if key in request.POST}
    steps = getattr(way, "steps", ())
    context = {"way": way, "steps": steps, "row": row, "given": held | typed, "refused": refused}
    return page(request, "commerce/connect.html", context, refused.status if refused else 200)


def _store(request: MemberAsked, store_id: int) -> Store:
    row = Store.objects.filter(merchant=request.merchant, id=store_id).first()
    if row is None or row.kind not in kinds():
        raise Http404
    return row
