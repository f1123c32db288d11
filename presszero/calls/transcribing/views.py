"""The settings of the transcriber, and asking that one recording is written down."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from presszero.audit.actions import record
from presszero.conversations.queries.sight import those_seen
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.timeline.actions import wake
from presszero.ui.page import page

from ..models import Recording, Transcriber, Transcription
from .forms import TranscriberForm, as_kept
from .working import WAKES, transcriber_of, want_again

HERE = "/settings/phone/transcriber"


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def transcriber(request: MemberAsked) -> HttpResponse:
    """GET and POST /settings/phone/transcriber"""
    row = transcriber_of(request.merchant.id) or Transcriber(merchant=request.merchant)
    form = TranscriberForm(request.POST if request.method == "POST" else None, row=row)
    if request.method != "POST":
        return _show(request, row, form)
    if not form.is_valid():
        return _show(request, row, form, 422)
    before = as_kept(row) if row.id else {}
    form.keep()
    after = {**as_kept(row), "key": "new" if form.cleaned_data["key"] else "kept" if row.sealed else "none"}
    actor = request.member.actor
    record("transcriber.save", f"transcriber:{row.id}", by=actor, merchant=request.merchant, before=before, after=after)
    _try_now(request)
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.ADMIN)
@require_POST
@transaction.atomic
def removal(request: MemberAsked) -> HttpResponse:
    """POST /settings/phone/transcriber/removal: nothing is written down any more; what was stays."""
    row = transcriber_of(request.merchant.id)
    if row is not None:
        before, number = as_kept(row), row.id
        Transcription.objects.filter(merchant=request.merchant, state=Transcription.State.WAITING).delete()
        row.delete()
        record(
            "transcriber.remove",
            f"transcriber:{number}",
            by=request.member.actor,
            merchant=request.merchant,
            before=before,
        )
    return HttpResponseRedirect("/settings/phone?said=silent")


@needs(Role.AGENT)
@require_POST
def transcript(request: MemberAsked, recording_id: int) -> HttpResponse:
    """POST /calls/recordings/7/transcript: it is written down, or tried once more, now. Raises Refused."""
    rows = Recording.objects.filter(merchant=request.merchant, id=recording_id).select_related("call")
    row = rows.first()
    if row is None or not row.call.conversation_id or not those_seen(request.member, [row.call.conversation_id]):
        raise Http404
    want_again(row, by=request.member.actor)
    return HttpResponse(status=204)


def _try_now(request: MemberAsked) -> None:
    """Whatever waits since the program had trouble."""
    waiting = Transcription.objects.filter(merchant=request.merchant, state=Transcription.State.WAITING)
    waiting.update(not_before=timezone.now())
    wake(WAKES)


def _show(request: MemberAsked, row: Transcriber, form: TranscriberForm, status: int = 200) -> HttpResponse:
    mine = Transcription.objects.filter(merchant=request.merchant)
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "has_key": bool(row.sealed),
        "waiting": mine.filter(state=Transcription.State.WAITING).count(),
        "failed": mine.filter(state=Transcription.State.FAILED).count(),
        "said": request.GET.get("said", ""),
    }
    return page(request, "calls/transcriber.html", context, status)
