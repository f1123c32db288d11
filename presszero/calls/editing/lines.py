"""Phone lines: the number, how it is answered, and what carries it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.audit.actions import record
from presszero.channels.models import Line
from presszero.merchants.models import Brand, Hours
from presszero.routing.models import Queue
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import speaking
from ..hosted.screens import panel
from ..models import Menu, Reception
from ..transcribing.working import transcriber_of
from . import publishing, starters
from .forms import LineForm, NumberForm

HERE = "/settings/phone"


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def phone(request: MemberAsked) -> HttpResponse:
    """GET /settings/phone: numbers and menus."""
    return page(request, "calls/phone.html", {**_listed(request), "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_POST
def added(request: MemberAsked) -> HttpResponse:
    """POST number, name: a number of ours; how it is answered is set on its page."""
    form = NumberForm(request.POST, merchant=request.merchant)
    if not form.is_valid():
        return page(request, "calls/phone.html", {**_listed(request), "adding": form, "said": ""}, 422)
    merchant = request.merchant
    row = Line.objects.create(
        merchant=merchant,
        kind="phone",
        address=form.cleaned_data["number"],
        name=form.cleaned_data["name"] or merchant.name,
        brand=Brand.objects.filter(merchant=merchant).earliest("id"),
        hours=Hours.objects.filter(merchant=merchant).order_by("id").first(),
        settings={"driver": "sip"},
    )
    Reception.objects.create(merchant=merchant, line=row)
    record("line.add", f"line:{row.id}", by=request.member.actor, merchant=merchant, after={"address": row.address})
    return HttpResponseRedirect(f"{HERE}/numbers/{row.id}?said=added")


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: MemberAsked, number_id: int) -> HttpResponse:
    """GET and POST /settings/phone/numbers/7"""
    row = _line(request, number_id)
    reception, _made = Reception.objects.get_or_create(merchant=request.merchant, line=row)
    form = LineForm(request.POST or None, line=row, reception=reception)
    if request.method == "POST":
        if not form.is_valid():
            return page(request, "calls/line.html", {**_one(request, row, form), "said": ""}, 422)
        before = form.before()
        form.keep()
        actor = request.member.actor
        after = form.before()
        record("line.save", f"line:{row.id}", by=actor, merchant=request.merchant, before=before, after=after)
        return HttpResponseRedirect(f"{HERE}/numbers/{row.id}?said=saved")
    return page(request, "calls/line.html", {**_one(request, row, form), "said": request.GET.get("said", "")})


def _line(request: MemberAsked, number_id: int) -> Line:
    row = Line.objects.filter(merchant=request.merchant, kind="phone", id=number_id).first()
    if row is None:
        raise Http404
    return row


def _listed(request: MemberAsked) -> dict[str, Any]:
    merchant = request.merchant
    receptions = {
        each.line_id: each for each in Reception.objects.filter(merchant=merchant).select_related("menu", "queue")
    }
    numbers = Line.objects.filter(merchant=merchant, kind="phone").order_by("id")
    menus = Menu.objects.filter(merchant=merchant, retired_at=None).order_by("id")
    return {
        "lines": [(each, receptions.get(each.id)) for each in numbers],
        "menus": [(each, publishing.live(each), len(publishing.faults(each.draft))) for each in menus],
        "starters": starters.STARTERS,
        "adding": NumberForm(merchant=merchant),
        "mute": speaking.missing(),
        "transcriber": transcriber_of(merchant.id),
    }


def _one(request: MemberAsked, row: Line, form: LineForm) -> dict[str, Any]:
    queue = Queue.objects.filter(merchant_id=row.merchant_id, retired_at=None).order_by("id").first()
    first = queue.name if queue else _("everybody who takes calls")
    return {"line": row, "form": form, "first_queue": first, "hosted": panel(request, row)}
