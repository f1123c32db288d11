"""Taking everything out: which table, how far it is, the link, and its end."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.conversations.queries import saved
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import exporting, queries, tables
from ..models import Export

SHOWN = 20


@needs(Role.ADMIN)
@require_GET
def start(request: MemberAsked) -> HttpResponse:
    """GET /settings/export: everything, or a table; and the files that are there."""
    return page(request, "transfer/export.html", _about(request))


@needs(Role.ADMIN)
@require_GET
def listed(request: MemberAsked) -> HttpResponse:
    """GET: the files alone, which move while one is written."""
    return page(request, "transfer/_exports.html", _about(request))


@needs(Role.ADMIN)
@require_POST
def files(request: MemberAsked) -> HttpResponse:
    """POST: write one. `what` is a table or everything; `view` or `conversations` choose conversations."""
    what = request.POST.get("what", exporting.EVERYTHING)
    view = request.POST.get("view", "")
    chosen = [int(each) for each in request.POST.getlist("conversations") if each.isdigit()][: exporting.MOST_CHOSEN]
    if view or chosen:
        found = saved.view_seen(request.member, int(view) if view.isdigit() else 0) if view else None
        if view and found is None:
            raise Http404
        ids = queries.chosen(request.member, found, chosen, exporting.MOST_CHOSEN)
        exporting.ask(exporting.SELECTION, by=request.member, conversations=ids)
    elif not request.member.sees_all:
        raise Refused(_("You see only some conversations, so you cannot take all of them out."))
    else:
        exporting.ask(what, by=request.member)
    return HttpResponseRedirect("/settings/export?said=asked")


@needs(Role.ADMIN)
@require_POST
def revocation(request: MemberAsked, export_id: int) -> HttpResponse:
    """POST: the link dies, and the file with it."""
    exporting.revoke(_export(request, export_id), by=request.member.actor)
    return HttpResponseRedirect("/settings/export?said=revoked")


@needs(Role.ADMIN)
@require_GET
def file(request: MemberAsked, export_id: int, signed: str) -> HttpResponseBase:
    """GET: the file, by its link."""
    made = _export(request, export_id)
    if not exporting.may_open(made, signed, request.member):
        raise Http404
    try:
        stored = default_storage.open(made.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    exporting.note_download(made, by=request.member)
    kind = "application/zip" if exporting.is_zip(made) else "text/csv; charset=utf-8"
    response = StreamingHttpResponse(stored.chunks(), content_type=kind)
    response["Content-Length"] = str(made.size)
    response["Content-Disposition"] = f'attachment; filename="{exporting.filename(made)}"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _export(request: MemberAsked, export_id: int) -> Export:
    return get_object_or_404(queries.exports(request.merchant), id=export_id)


def _about(request: MemberAsked) -> dict[str, object]:
    made = [(each, exporting.signature(each), _name(each)) for each in queries.exports(request.merchant)[:SHOWN]]
    return {
        "tables": tables.all_tables(),
        "exports": made,
        "moves": any(each.state == Export.State.WAITING and not each.revoked_at for each, _s, _n in made),
        "views": saved.views_seen(request.member),
        "said": request.GET.get("said", ""),
    }


def _name(made: Export) -> str:
    if made.what == exporting.EVERYTHING:
        return _("Everything")
    if made.what == exporting.SELECTION:
        return _("Some conversations")
    return next((table.label() for table in tables.all_tables() if table.key == made.what), made.what)
