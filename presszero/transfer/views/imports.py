"""Bringing the past in: cards, the file, its columns, the look through it, the run, the report, taking it back."""

from __future__ import annotations

from typing import Any

from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.sheets import Writer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import actions, cards, forms, queries, stored
from ..models import Import
from ..sources import SOURCES, sheet

SHOWN = 30  # imports in the list, rejected rows on the page
State = Import.State


@needs(Role.ADMIN)
@require_GET
def start(request: MemberAsked) -> HttpResponse:
    """GET /settings/import: a card for each source, and what was brought in before."""
    jobs = [(job, cards.name_of(job), cards.state_of(job)) for job in queries.imports(request.merchant)[:SHOWN]]
    return page(request, "transfer/start.html", {"cards": cards.cards(), "jobs": jobs})


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def new(request: MemberAsked, source: str) -> HttpResponse:
    """GET: how to get the file. POST: the file, whole."""
    if source not in (*SOURCES, sheet.KEY):
        raise Http404
    if request.method == "GET":
        return _show_new(request, source)
    form = forms.Bring({**request.POST.dict(), "source": source}, request.FILES)
    file = request.FILES.get("file")
    if not form.is_valid() or file is None:
        return _show_new(request, source, Refused(_("Choose a file first.")), 422)
    what = actions.Brought(source, file.name or "", form.cleaned_data["about"])
    try:
        job = actions.add_file(actions.begin(request.merchant, what, by=request.member), file)
        actions.complete(job)
    except Refused as refused:
        return _show_new(request, source, refused, 422)
    return HttpResponseRedirect(f"/settings/import/{job.id}")


@needs(Role.ADMIN)
@require_POST
def uploads(request: MemberAsked) -> HttpResponse:
    """POST: a large file is about to come in parts. Where to send them, as JSON."""
    form = forms.Bring(request.POST)
    if not form.is_valid():
        return JsonResponse({"refused": _("Say what the rows of the table are.")}, status=422)
    said = form.cleaned_data
    what = actions.Brought(said["source"], said["filename"], said["about"])
    try:
        job = actions.begin(request.merchant, what, by=request.member)
    except Refused as refused:
        return JsonResponse({"refused": f"{refused} {refused.next_step}".strip()}, status=422)
    return JsonResponse({"url": f"/settings/import/{job.id}", "part": stored.PART}, status=201)


@needs(Role.ADMIN)
@require_POST
def parts(request: MemberAsked, job_id: int, number: int) -> HttpResponse:
    """POST: a part of the file, as bytes."""
    try:
        actions.add_part(_job(request, job_id), number, request.body)
    except Refused as refused:
        return JsonResponse({"refused": f"{refused} {refused.next_step}".strip()}, status=422)
    return HttpResponse(status=204)


@needs(Role.ADMIN)
@require_POST
def whole(request: MemberAsked, job_id: int) -> HttpResponse:
    """POST: that was the last part."""
    job = _job(request, job_id)
    try:
        actions.complete(job)
    except Refused as refused:
        return JsonResponse({"refused": f"{refused} {refused.next_step}".strip()}, status=422)
    return JsonResponse({"url": f"/settings/import/{job.id}"})


@needs(Role.ADMIN)
@require_GET
def one(request: MemberAsked, job_id: int) -> HttpResponse:
    """GET: where an import stands."""
    return _show(request, _job(request, job_id))


@needs(Role.ADMIN)
@require_GET
def progress(request: MemberAsked, job_id: int) -> HttpResponse:
    """GET: the part of the page that moves; the page anew once it does not move any more."""
    job = _job(request, job_id)
    if job.state not in _MOVES:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return page(request, "transfer/_progress.html", _about(request, job))


@needs(Role.ADMIN)
@require_POST
def columns(request: MemberAsked, job_id: int) -> HttpResponse:
    """POST: what each column means; then the whole file is looked through."""
    job = _job(request, job_id)
    meant = [request.POST.get(f"column-{n}", "") for n in range(len(job.choices.get("header", ())))]
    try:
        actions.choose(job, meant, _line(request))
    except Refused as refused:
        job.choices = {**job.choices, "columns": meant}
        return _show(request, job, refused, 422)
    return HttpResponseRedirect(f"/settings/import/{job.id}")


@needs(Role.ADMIN)
@require_POST
def run(request: MemberAsked, job_id: int) -> HttpResponse:
    """POST: bring it in, or go on."""
    actions.run(_job(request, job_id), by=request.member, line=_line(request))
    return HttpResponseRedirect(f"/settings/import/{job_id}")


@needs(Role.ADMIN)
@require_POST
def look(request: MemberAsked, job_id: int) -> HttpResponse:
    """POST: look through the file once more."""
    actions.look(_job(request, job_id))
    return HttpResponseRedirect(f"/settings/import/{job_id}")


@needs(Role.ADMIN)
@require_POST
def stop(request: MemberAsked, job_id: int) -> HttpResponse:
    actions.stop(_job(request, job_id), by=request.member)
    return HttpResponseRedirect(f"/settings/import/{job_id}")


@needs(Role.ADMIN)
@require_POST
def take_back(request: MemberAsked, job_id: int) -> HttpResponse:
    actions.take_back(_job(request, job_id), by=request.member)
    return HttpResponseRedirect(f"/settings/import/{job_id}")


@needs(Role.ADMIN)
@require_POST
def file(request: MemberAsked, job_id: int) -> HttpResponse:
    """POST: the stored file goes; what it brought stays."""
    actions.forget_file(_job(request, job_id), by=request.member)
    return HttpResponseRedirect(f"/settings/import/{job_id}")


@needs(Role.ADMIN)
@require_GET
def rejected(request: MemberAsked, job_id: int) -> HttpResponseBase:
    """GET: the rejected rows as CSV, to mend and bring again."""
    job = _job(request, job_id)
    response = StreamingHttpResponse(_lines(job), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{job.id}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Latest:
    """Takes what a writer writes, for one row."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str, /) -> None:
        self.text += text


def _lines(job: Import) -> Any:
    to = _Latest()
    writer = Writer(to)
    for cells in queries.report(job):
        writer.row(cells)
        yield to.text.encode()
        to.text = ""


_MOVES = (State.CHECKING, State.RUNNING, State.UNDOING)


def _job(request: MemberAsked, job_id: int) -> Import:
    return get_object_or_404(queries.imports(request.merchant), id=job_id)


def _line(request: MemberAsked) -> Line | None:
    form = forms.Where(request.merchant, request.POST)
    if not form.is_valid():
        raise Refused(_("There is no such line."), _("Choose another."))
    line: Line | None = form.cleaned_data["line"]
    return line


def _show_new(request: MemberAsked, source: str, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    context = {
        "card": cards.card(source),
        "abouts": cards.abouts(),
        "refused": refused,
        "is_sheet": source == sheet.KEY,
    }
    return page(request, "transfer/new.html", context, status)


def _show(request: MemberAsked, job: Import, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    return page(request, "transfer/import.html", {**_about(request, job), "refused": refused}, status)


def _targets(job: Import) -> list[tuple[str, str]]:
    return sheet.choices_for(job.merchant, sheet.sheet(job.about)) if job.source == sheet.KEY else []


def _about(request: MemberAsked, job: Import) -> dict[str, Any]:
    examples, meant = job.choices.get("examples", []), job.choices.get("columns", [])
    done = job.cursor if job.state == State.RUNNING else job.total
    return {
        "job": job,
        "name": cards.name_of(job),
        "says": cards.state_of(job),
        "moves": job.state in _MOVES,
        "tally": queries.tally(job),
        "outcomes": cards.outcomes(),
        "kinds": cards.kinds(),
        "preview": job.choices.get("preview", []),
        "columns": list(zip(job.choices.get("header", []), examples, meant, strict=False)),
        "targets": _targets(job),
        "lines": list(Line.objects.filter(merchant=request.merchant).order_by("name")),
        "rejected": list(queries.rejected(job)[:SHOWN]),
        "share": min(100, round(100 * (done or 0) / job.total)) if job.total else None,
        "stays": job.counts.get("undone", {}).get("stays", 0),
    }
