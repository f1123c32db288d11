"""What each line says at once to who writes: on or off, in the merchant's own words, as they will read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.answering import expects, open_hours
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.promises import wording
from presszero.promises.acknowledging import USUALLY, own_words, wanted
from presszero.promises.languages import LANGUAGES, known
from presszero.promises.policy import round_moment
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ...forms.acknowledging import AcknowledgingForm
from .frame import kept, show

PART = "acknowledgements"


@needs(Role.ADMIN)
def acknowledgements(request: MemberAsked) -> HttpResponse:
    """GET /settings/acknowledgements"""
    code = known((request.merchant.languages or ["en"])[0]) or "en"
    now = timezone.now()
    rows = [(line, wanted(line), _said(line, code, own_words(line, code), now)) for line in _lines(request)]
    return show(request, PART, {"rows": rows})


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def acknowledgement(request: MemberAsked, line_id: int) -> HttpResponse:
    """GET and POST /settings/acknowledgements/7"""
    line = _line(request, line_id)
    form = AcknowledgingForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid():
        return kept(request, "line.acknowledge", f"line:{line.id}", form.keep(), f"/settings/{PART}")
    samples = {code: _said(line, code, _typed(form, code), timezone.now()) for code in LANGUAGES}
    spoken = [known(each) for each in request.merchant.languages]
    context = {
        "form": form, "line": line, "samples": samples, "variables": wording.VARIABLES,
        "languages": sorted(LANGUAGES.items(), key=lambda each: each[0] not in spoken), "spoken": spoken,
    }  # fmt: skip
    return show(request, PART, context, "desk/settings/acknowledgement.html", 422 if form.is_bound else 200)


@needs(Role.ADMIN)
@require_http_methods(["POST"])
def preview(request: MemberAsked, line_id: int, code: str) -> HttpResponse:
    """POST with the words as they are typed: what a customer would read, now and on the next closed day."""
    line = _line(request, line_id)
    if code not in LANGUAGES:
        raise Http404
    shown = _said(line, code, request.POST.get(code, ""), timezone.now())
    return page(request, "desk/settings/_acknowledged.html", {"code": code, "sample": shown})


def _lines(request: MemberAsked) -> list[Line]:
    rows = Line.objects.filter(merchant=request.merchant, kind__in=(*USUALLY, "custom"))
    return list(rows.select_related("brand", "hours", "merchant").order_by("brand__name", "id"))


def _line(request: MemberAsked, line_id: int) -> Line:
    found = next((line for line in _lines(request) if line.id == line_id), None)
    if found is None:
        raise Http404
    return found


def _typed(form: AcknowledgingForm, code: str) -> str:
    return str(form[code].value() or "")


def _said(line: Line, code: str, own: str, now: datetime) -> dict[str, Any]:
    """What a customer reads, or what is wrong with the words."""
    try:
        words = wording.check_own(clean(own, 4000))
    except Refused as why:
        return {"wrong": str(why), "next": why.next_step, "lines": []}
    moments = [(_("Now"), now), (_("On Sunday afternoon"), _sunday(line, now))]
    voice = wording.Voice(code, line.brand.name, words)
    shown = [(when, wording.acknowledgement(_moment(line, at), voice)) for when, at in moments]
    return {"wrong": "", "next": "", "lines": shown}


def _moment(line: Line, at: datetime) -> wording.Moment:
    due = expects(line, at).by
    return wording.Moment(at, round_moment(due) if due else None, open_hours(line))


def _sunday(line: Line, now: datetime) -> datetime:
    local = timezone.localtime(now, None)
    day = local + timedelta(days=(6 - local.weekday()) % 7 or 7)
    return day.replace(hour=15, minute=0, second=0, microsecond=0)
