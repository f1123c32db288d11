"""Settings: queues, who answers them, and by when."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..actions.arranging import arrange_queue, arranged, remove_target, retire_queue, set_target
from ..forms import QueueForm, TargetForm
from ..models import Queue, Target, Waiting
from ..queries import main_queue, queues_of, staffed
from ..wording import customers_called, minutes

HERE = "/settings/queues"


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD"])
def queues(request: MemberAsked) -> HttpResponse:
    """GET /settings/queues: those there are, who is there for them, and the targets."""
    return _list(request)


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: MemberAsked, queue_id: int = 0) -> HttpResponse:
    """GET and POST /settings/queues/7, or …/new."""
    row = _row(request, queue_id) if queue_id else None
    if request.method != "POST":
        return _one(request, row, QueueForm(request.merchant, row, initial=_initial(row)))
    form = QueueForm(request.merchant, row, request.POST)
    if not form.is_valid():
        return _one(request, row, form, status=422)
    try:
        arrange_queue(request.merchant, row, form.arranged(), by=request.member)
    except Refused as no:
        again = _row(request, queue_id) if queue_id else None
        return _one(request, again, form, refused=no, status=no.status)
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.LEAD)
@require_POST
def retirement(request: MemberAsked, queue_id: int) -> HttpResponse:
    """POST: nobody comes to wait there any more."""
    row = _row(request, queue_id)
    try:
        retire_queue(row, by=request.member, at=timezone.now())
    except Refused as no:
        form = QueueForm(request.merchant, row, initial=_initial(row))
        return _one(request, row, form, refused=no, status=no.status)
    return HttpResponseRedirect(f"{HERE}?said=gone")


@needs(Role.LEAD)
@require_POST
def targets(request: MemberAsked) -> HttpResponse:
    """POST /settings/targets: by when some of them have a person."""
    form = TargetForm(request.merchant, request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    set_target(request.merchant, form.target(), by=request.member)
    return HttpResponseRedirect(f"{HERE}?said=saved#targets")


@needs(Role.LEAD)
@require_POST
def target_removal(request: MemberAsked, target_id: int) -> HttpResponse:
    """POST /settings/targets/7/removal: what the queue says holds again."""
    row = Target.objects.filter(merchant=request.merchant, id=target_id).first()
    if row is None:
        raise Http404
    remove_target(row, by=request.member)
    return HttpResponseRedirect(f"{HERE}?said=saved#targets")


def _list(request: MemberAsked, form: TargetForm | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    main = main_queue(request.merchant)
    rows = list(queues_of(request.merchant.id).select_related("team", "overflow"))
    waiting = Waiting.objects.filter(merchant=request.merchant, left_at=None)
    counts = dict(waiting.values_list("queue_id").annotate(Count("id")).order_by())
    lines = (form or TargetForm(request.merchant)).fields["line"].choices  # type: ignore[attr-defined]
    context = {
        "rows": [(row, counts.get(row.id, 0), staffed(row, now), minutes(row.target_seconds)) for row in rows],
        "main": main,
        "targets": [
            (row, customers_called(row.customers), minutes(row.seconds))
            for row in Target.objects.filter(merchant=request.merchant).select_related("line").order_by("id")
        ],
        "form": form,
        "typed": request.POST,
        "lines": [("", _("Every line")), *lines[1:]],
        "kinds": [("", _("Phone and chat")), ("call", _("Phone")), ("chat", _("Chat"))],
        "customers": [(kind, customers_called(kind)) for kind in ("all", "new", "returning", "waiting_order")],
        "said": request.GET.get("said", ""),
    }
    return page(request, "routing/queues.html", context, status)


def _one(
    request: MemberAsked, row: Queue | None, form: QueueForm, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    needs_now = {} if form.is_bound or row is None else arranged(row).skills
    levels = [
        (skill, form.data.get(f"skill-{skill.id}", "") if form.is_bound else str(needs_now.get(skill.id, "")))
        for skill in form.skills
    ]
    context: dict[str, Any] = {"row": row, "form": form, "levels": levels, "refused": refused}
    return page(request, "routing/queue.html", context, status)


def _initial(row: Queue | None) -> dict[str, Any]:
    if row is None:
        return {
            "target": "5",
            "warn": 60,
            "overflow_after": "2",
            "sticky": 20,
            "announces": True,
            "offers_callback": True,
        }
    now = arranged(row)
    return {
        "name": now.name,
        "team": now.team or "",
        "priority": max(-1, min(1, now.priority)),
        "target": minutes(now.target_seconds),
        "warn": round(now.warn_share * 100),
        "hours": now.hours or "",
        "overflow": now.overflow or "",
        "overflow_after": minutes(now.overflow_seconds),
        "sticky": now.sticky_seconds,
        "announces": now.announces,
        "offers_callback": now.offers_callback,
        "chats": [str(line) for line in now.chats],
    }


def _row(request: MemberAsked, queue_id: int) -> Queue:
    found = Queue.objects.filter(merchant=request.merchant, id=queue_id, retired_at=None).first()
    if found is None:
        raise Http404
    return found
