"""Saved views: their pages, the builder with its preview, and what is done to them."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from presszero.conversations import filtering
from presszero.conversations.actions import views as verbs
from presszero.conversations.actions.views import ICONS, ViewSaid
from presszero.conversations.builders import conversation_filter
from presszero.conversations.filtering import BadFilter, Filter
from presszero.conversations.models import SavedView
from presszero.conversations.queries.saved import count_where, rows_where, view_seen, views_seen
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role, Team, TeamMember
from presszero.ui.page import asked_by_htmx, page, text_of

from .. import asked
from ..saved import asked_by, name_of
from . import lists

_COUNTED_TO = 1000
_PREVIEWED = 20  # rows beside the builder
_OPEN = {"field": "state", "op": "is", "value": "open"}

post = require_http_methods(["POST"])


@needs(Role.READ_ONLY)
def views(request: MemberAsked) -> HttpResponse:
    """GET /views: all that one sees, to be put in order, changed, copied and put away."""
    gone = request.GET.get("gone", "")
    away = SavedView.objects.filter(merchant=request.merchant, by=request.member, id=gone if gone.isdecimal() else 0)
    known = filtering.known(request.merchant)
    rows = [(row, _said(row, known), _may_change(request, row)) for row in views_seen(request.member)]
    gone_row = away.exclude(retired_at=None).first() if gone else None
    return page(request, "desk/views.html", {"rows": rows, "gone": gone_row, "here": "views"})


@needs(Role.READ_ONLY)
def view(request: MemberAsked, view_id: int) -> HttpResponse:
    """GET /views/7: the list."""
    return page(request, "desk/list.html", {**lists.in_list(request, name_of(view_id), ""), "open_id": 0})


@needs(Role.READ_ONLY)
def rows(request: MemberAsked, view_id: int) -> HttpResponse:
    """GET /views/7/rows: as /desk/<view>/rows."""
    return lists.rows(request, name_of(view_id))


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def edit(request: MemberAsked, view_id: int = 0) -> HttpResponse:
    """GET: the builder, beside a list of what it finds. POST keeps the view. …/new begins with `from` or `q`."""
    row = _the(request, view_id) if view_id else None
    if row:
        verbs.may_change(row, request.member)
    if request.method == "GET":
        return _builder(request, row, _beginning(request, row))
    given = request.POST
    said = ViewSaid(
        given.get("name", ""),
        _node(given.get("filter", "")),
        given.get("icon", ""),
        given.get("order", ""),
        given.get("shared", ""),
        asked.number(given["team"]) if given.get("team") else None,
    )
    made = verbs.save_view(said, by=request.member, view=row)
    return _to(request, f"/views/{made.id}")


@needs(Role.AGENT)
@post
def preview(request: MemberAsked) -> HttpResponse:
    """POST with `filter` and `order`: what it finds now, how many, and the filter as a sentence. Nothing is kept."""
    try:
        found = filtering.read(request.merchant, _node(request.POST.get("filter", "")))
    except BadFilter as why:
        return page(request, "desk/_view_found.html", {"wrong": str(why), "says": "", "count": ""})
    context = _listed(request, found, request.POST.get("order", ""))
    said = {"wrong": "", "says": filtering.says(found), "count": _count(request, found), "oob": True, "open_id": 0}
    response = page(request, "desk/_view_found.html", {**context, **said})
    response.write(text_of(request, "desk/_rows_box.html", {**context, **said}))
    return response


@needs(Role.AGENT)
@post
def copies(request: MemberAsked, view_id: int) -> HttpResponse:
    """POST makes the same for oneself, and opens it to be changed."""
    made = verbs.copy_view(_the(request, view_id), by=request.member)
    return _to(request, f"/views/{made.id}/filter")


@needs(Role.AGENT)
@require_http_methods(["PUT", "POST"])
def position(request: MemberAsked, view_id: int) -> HttpResponse:
    """`to`: "up" or "down", one place in the rail."""
    verbs.move_view(_the(request, view_id), asked.values(request).get("to") == "up", by=request.member)
    if not asked_by_htmx(request):
        return HttpResponseRedirect("/views")
    return HttpResponse(text_of(request, "desk/_rail.html", {"here": request.headers.get("X-View", ""), "oob": True}))


@needs(Role.AGENT)
@require_http_methods(["PUT", "POST", "DELETE"])
def retirement(request: MemberAsked, view_id: int) -> HttpResponse:
    """PUT (or POST) puts it away, DELETE (or POST with `back`) brings it back."""
    if request.method == "DELETE" or request.POST.get("back"):
        away = SavedView.objects.filter(merchant=request.merchant, id=view_id).exclude(retired_at=None).first()
        if away is None:
            raise Http404
        verbs.restore_view(away, by=request.member)
        return _to(request, f"/views/{away.id}")
    row = _the(request, view_id)
    verbs.retire_view(row, by=request.member)
    return _to(request, f"/views?gone={row.id}")


def _the(request: MemberAsked, view_id: int) -> SavedView:
    row = view_seen(request.member, view_id)
    if row is None:
        raise Http404
    return row


def _to(request: MemberAsked, path: str) -> HttpResponse:
    if not asked_by_htmx(request):
        return HttpResponseRedirect(path)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"walk": {"url": path}})  # the desk goes there without a new document
    return response


def _builder(request: MemberAsked, row: SavedView | None, node: dict[str, Any]) -> HttpResponse:
    lead = at_least(request.member.role, Role.LEAD)
    teams = Team.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
    if not lead:
        teams = teams.filter(id__in=TeamMember.objects.filter(member=request.member).values("team_id"))
    try:
        found = filtering.read(request.merchant, node)
    except BadFilter:  # it names something there is no more: the builder shows which
        found = filtering.read(request.merchant, {})
    context = {
        **_listed(request, found, row.order if row else "newest"),
        "row": row,
        "filter_json": json.dumps(node or {"all": []}),
        "known": conversation_filter(request.merchant),
        "count": _count(request, found),
        "says": filtering.says(found),
        "wrong": "",
        "orders": _orders(),
        "icons_to_pick": ICONS,
        "teams": list(teams),
        "teams_to_pick": [(team.id, team.name) for team in teams],
        "may_share": lead,
        "name": row.name if row else request.GET.get("q", "")[:60],
    }
    return page(request, "desk/view_builder.html", context)


def _listed(request: MemberAsked, found: Filter, order: str) -> dict[str, Any]:
    """The list column, filled with what a filter finds."""
    rows = rows_where(request.member, found, order)[:_PREVIEWED]
    empty = (
        "filter",
        _("Nothing like that now"),
        _("Loosen a condition, or keep it: what comes later will stand here."),
    )
    shown = lists.List("team", _("What it finds"), "", rows, names=lists.first_names(request), empty=empty)
    return {"list": shown, "here": "", "now": timezone.now(), "open_id": 0, "tags": lists.tags_of(request, rows)}


def _beginning(request: MemberAsked, row: SavedView | None) -> dict[str, Any]:
    """What a new view begins with: the list or the search it was asked for from."""
    if row:
        return dict(row.filter)
    words = request.GET.get("q", "").strip()[:200]
    if words:
        return {"any": [{"field": f, "op": "contains", "value": words} for f in ("subject", "text", "customer_name")]}
    return asked_by(request.member, request.GET.get("from", "")) or {"all": [_OPEN]}


def _node(text: str) -> Any:
    try:
        return json.loads(text or "{}") if len(text) < 40_000 else None
    except ValueError:
        raise Refused(_("This filter cannot be read."), _("Load the page again.")) from None


def _count(request: MemberAsked, found: Filter) -> str:
    many = count_where(request.member, found, _COUNTED_TO)
    if many >= _COUNTED_TO:
        return _("%(n)d or more conversations") % {"n": _COUNTED_TO}
    return ngettext("%(n)d conversation", "%(n)d conversations", many) % {"n": many}


def _said(row: SavedView, known: filtering.Known) -> str:
    try:
        return filtering.says(filtering.read(row.merchant_id, row.filter, known))
    except BadFilter as why:
        return str(why)


def _may_change(request: MemberAsked, row: SavedView) -> bool:
    try:
        verbs.may_change(row, request.member)
    except Refused:
        return False
    return at_least(request.member.role, Role.AGENT)


def _orders() -> list[tuple[str, str]]:
    return [
        ("newest", _("Newest first")),
        ("oldest", _("Oldest first")),
        ("waiting", _("Waiting longest first")),
        ("due", _("Due soonest first")),
        ("priority", _("Most urgent first")),
    ]
