"""Messages to many: the list, the form with its dry run, and how far one is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.commerce.models import Order, Product
from presszero.conversations.models import Tag
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import page

from ..batches import LATE, MANY, Wanted, ask_rehearsal, progress, start, stop, whom_kept, write, writing_kinds
from ..filling import VARIABLES
from ..gate.saying import word
from ..models import Batch, Purpose
from ..sampling import samples
from ..whom import STATES, whom_of

_NEWEST = 100  # batches in the list
_OFFERED = 200  # products to choose from


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD"])
def batches(request: MemberAsked) -> HttpResponse:
    """GET /outreach: the newest first."""
    rows = Batch.objects.filter(merchant=request.merchant).order_by("-id")[:_NEWEST]
    listed = [(row, _stage(row, timezone.now()), progress(row)) for row in rows]
    return page(request, "outreach/batches.html", {"listed": listed, "here": "outreach"})


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: MemberAsked, batch_id: int = 0) -> HttpResponse:
    """GET and POST /outreach/7, or …/new. The form's second button keeps it and asks for the dry run."""
    row = _row(request, batch_id) if batch_id else None
    if request.method != "POST":
        return page(request, "outreach/batch.html", _shown(request, row))
    by = request.member.actor
    try:
        row = write(request.merchant, _wanted(request), by=by, row=row)
        if request.POST.get("then") == "rehearse":
            ask_rehearsal(row, by=by, at=timezone.now())
    except Refused as no:
        again = {**_shown(request, row), "typed": request.POST, "refused": no}
        return page(request, "outreach/batch.html", again, 422)
    return HttpResponseRedirect(f"/outreach/{row.id}#now")


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD"])
def now(request: MemberAsked, batch_id: int) -> HttpResponse:
    """GET /outreach/7/now: how far it is; the page asks again while that changes."""
    return page(request, "outreach/_now.html", _how_far(_row(request, batch_id)))


@needs(Role.LEAD)
@require_POST
def starting(request: MemberAsked, batch_id: int) -> HttpResponse:
    """POST /outreach/7/start"""
    row = _row(request, batch_id)
    try:
        start(row, by=request.member.actor, at=timezone.now())
    except Refused as no:
        return page(request, "outreach/batch.html", {**_shown(request, row), "refused": no}, 422)
    return HttpResponseRedirect(f"/outreach/{row.id}#now")


@needs(Role.LEAD)
@require_POST
def stopping(request: MemberAsked, batch_id: int) -> HttpResponse:
    """POST /outreach/7/stop: nothing more goes."""
    row = stop(_row(request, batch_id), by=request.member.actor)
    return HttpResponseRedirect(f"/outreach/{row.id}#now")


def _row(request: MemberAsked, batch_id: int) -> Batch:
    found = Batch.objects.filter(merchant=request.merchant, id=batch_id).select_related("merchant").first()
    if found is None:
        raise Http404
    return found


def _wanted(request: MemberAsked) -> Wanted:
    form = request.POST
    return Wanted(
        name=form.get("name", ""),
        whom=whom_of(form),
        subject=form.get("subject", ""),
        text=form.get("text", ""),
        purpose=form.get("purpose", ""),
        channel=form.get("channel", ""),
        offers=form.get("offers") == "1",
    )


def _shown(request: MemberAsked, row: Batch | None) -> dict[str, Any]:
    merchant = request.merchant
    products = Product.objects.filter(merchant=merchant, gone_at=None).order_by("title")
    tags = Tag.objects.filter(merchant=merchant, retired_at=None).order_by("name")
    countries = Order.objects.filter(merchant=merchant).values_list("ship_to__country", flat=True).distinct()
    languages = Customer.objects.filter(merchant=merchant).exclude(language="").values_list("language", flat=True)
    return {
        "row": row,
        "here": "outreach",
        "typed": _typed(row),
        "refused": None,
        "purposes": [(str(value), label) for value, label in Purpose.choices],
        "channels": writing_kinds(),
        "states": [(state, _state_word(state)) for state in STATES],
        "products": list(products.values_list("id", "title")[:_OFFERED]),
        "tags": list(tags.values_list("id", "name")),
        "countries": sorted(each for each in countries.order_by()[:300] if each),
        "languages": sorted({each.partition("-")[0] for each in languages.distinct().order_by()[:100]}),
        "variables": [(name, says()) for name, says in VARIABLES.items()],
        **(_how_far(row) if row else {}),
    }


def _typed(row: Batch | None) -> dict[str, Any]:
    if row is None:
        return {"purpose": "service", "text": "", "doubtful": True, "offers": "1"}
    said = {"name": row.name, "subject": row.subject, "text": row.text, "purpose": row.purpose, "channel": row.channel}
    return {**said, "offers": "1" if row.notice == LATE else "", **row.whom}


def _state_word(state: str) -> str:
    return {
        "not": _("Not sent yet"),
        "part": _("Partly sent"),
        "sent": _("On its way"),
        "delivered": _("Delivered"),
    }[state]


def _how_far(row: Batch) -> dict[str, Any]:
    """What `_now.html` draws."""
    at = timezone.now()
    how, dry = progress(row), row.rehearsal
    stage = _stage(row, at)
    rules = sorted(dry.get("rules", {}).items(), key=lambda each: -each[1])
    return {
        "row": row,
        "at": at,
        "stage": stage,
        "how": how,
        "total": how.total,
        "many": how.total > MANY,
        "counts": [(name, dry.get(name, 0)) for name in ("yes", "later", "no")],
        "rules": [(word(rule), count, _people(row, dry.get("who", {}).get(rule, []))) for rule, count in rules],
        "samples": samples(row) if stage == "rehearsed" else [],
        "starter": _name(row, row.started_by),
        "stopper": _name(row, row.stopped_by),
        "seconds": max(int((row.starts_at - at).total_seconds()) + 1, 0) if row.starts_at else 0,
        "whom": whom_kept(row),
    }


def _stage(row: Batch, at: datetime) -> str:
    """draft · counting · rehearsed · waiting · going · stopped · ended"""
    if row.stopped_at:
        return "stopped"
    if row.ended_at:
        return "ended"
    if row.starts_at:
        return "waiting" if row.starts_at > at else "going"
    if row.rehearsed_at:
        return "rehearsed"
    return "counting" if row.rehearsal.get("asked") else "draft"


def _people(row: Batch, ids: list[int]) -> list[Customer]:
    return list(Customer.objects.filter(merchant_id=row.merchant_id, id__in=ids[:5]).order_by("id"))


def _name(row: Batch, code: str) -> str:
    """Who of us it was."""
    number = code.removeprefix("member:")
    if number == code or not number.isdecimal():
        return ""
    found = Membership.objects.filter(merchant_id=row.merchant_id, id=int(number)).select_related("person").first()
    return found.person.name if found else ""
