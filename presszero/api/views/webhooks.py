"""Settings → Webhooks: who is told what, how that goes, and telling it again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..models import Webhook, WebhookDelivery
from ..webhooks import actions
from ..webhooks.events import EVENTS
from ..webhooks.health import Health, health_of

SHOWN = 50  # lines of the log on a page
_FAILED_SINCE = timedelta(days=7)


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def webhooks(request: MemberAsked) -> HttpResponse:
    """GET /settings/webhooks · POST adds one; its secret is on the answer and nowhere else."""
    form = request.POST
    if request.method == "GET":
        return _list(request)
    try:
        row, secret = actions.add(
            request.merchant, form.get("url", ""), form.getlist("events"), form.get("name", ""), by=request.member.actor
        )
    except Refused as refused:
        return _list(request, refused)
    return _one(request, row, secret=secret)


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def webhook(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """GET shows one and its log · POST changes it."""
    row, form = _row(request, webhook_id), request.POST
    if request.method == "GET":
        return _one(request, row)
    values = {"url": form.get("url", ""), "events": form.getlist("events"), "name": form.get("name", "")}
    try:
        actions.change(row, values, by=request.member.actor)
    except Refused as refused:
        return _one(request, row, refused=refused)
    return _back(row, "saved")


@needs(Role.ADMIN)
@require_POST
def switch(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """POST switches it on, or off."""
    row = _row(request, webhook_id)
    actions.change(row, {"enabled": row.disabled_at is not None}, by=request.member.actor)
    return _back(row, "on" if row.disabled_at else "off")


@needs(Role.ADMIN)
@require_POST
def secret(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """POST replaces the secret; the new one is on the answer and nowhere else."""
    row = _row(request, webhook_id)
    made = actions.rotate(row, by=request.member.actor)
    return _one(request, _row(request, webhook_id), secret=made)


@needs(Role.ADMIN)
@require_POST
def trial(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """POST sends a test event."""
    row = _row(request, webhook_id)
    try:
        actions.test(row, by=request.member.actor)
    except Refused as refused:
        return _one(request, row, refused=refused)
    return _back(row, "test")


@needs(Role.ADMIN)
@require_POST
def removal(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """POST: it is told nothing more."""
    actions.remove(_row(request, webhook_id), by=request.member.actor)
    return HttpResponseRedirect("/settings/webhooks?said=removed")


@needs(Role.ADMIN)
@require_GET
def delivery(request: MemberAsked, webhook_id: int, told_id: int) -> HttpResponse:
    """GET: what was told, and what came back, try by try."""
    row = _row(request, webhook_id)
    found = get_object_or_404(WebhookDelivery, merchant=request.merchant, webhook=row, id=told_id)
    body = json.dumps(json.loads(found.body), indent=2, ensure_ascii=False)
    context = {"row": row, "told": found, "body": body, "tries": found.history.order_by("-id")}
    return page(request, "api/delivery.html", context)


@needs(Role.ADMIN)
@require_POST
def again(request: MemberAsked, webhook_id: int, told_id: int) -> HttpResponse:
    """POST tells one thing once more, under its own id."""
    row = _row(request, webhook_id)
    get_object_or_404(WebhookDelivery, merchant=request.merchant, webhook=row, id=told_id)
    actions.redeliver(WebhookDelivery.objects.filter(merchant=request.merchant, webhook=row, id=told_id))
    return _back(row, "again")


@needs(Role.ADMIN)
@require_POST
def again_all(request: MemberAsked, webhook_id: int) -> HttpResponse:
    """POST tells everything that failed in the last week once more."""
    row = _row(request, webhook_id)
    actions.redeliver_failed(row, timezone.now() - _FAILED_SINCE)
    return _back(row, "again")


def _row(request: MemberAsked, number: int) -> Webhook:
    rows = Webhook.objects.select_related("merchant")
    return get_object_or_404(rows, merchant=request.merchant, removed_at=None, id=number)


def _back(row: Webhook, said: str) -> HttpResponse:
    return HttpResponseRedirect(f"/settings/webhooks/{row.id}?said={said}")


def _list(request: MemberAsked, refused: Refused | None = None) -> HttpResponse:
    rows = list(Webhook.objects.filter(merchant=request.merchant, removed_at=None).order_by("id"))
    health = health_of(rows, timezone.now())
    form = request.POST if refused else None
    context = {
        "rows": [(row, health.get(row.id, Health())) for row in rows],
        "events": EVENTS,
        "chosen": form.getlist("events") if form else ["message.received", "conversation.resolved"],
        "url": form.get("url", "") if form else "",
        "name": form.get("name", "") if form else "",
        "refused": refused,
        "said": request.GET.get("said", ""),
    }
    return page(request, "api/webhooks.html", context, refused.status if refused else 200)


def _one(request: MemberAsked, row: Webhook, *, secret: str = "", refused: Refused | None = None) -> HttpResponse:
    log = WebhookDelivery.objects.filter(merchant=request.merchant, webhook=row).order_by("-id").defer("body")
    only_failed = request.GET.get("only") == "failed"
    if only_failed:
        log = log.filter(~Q(state="delivered"), tries__gt=0)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        log = log.filter(id__lt=int(before))
    found = list(log.prefetch_related("history")[: SHOWN + 1])
    context: dict[str, Any] = {
        "row": row,
        "secret": secret,
        "refused": refused,
        "events": EVENTS,
        "log": [(each, each.history.all()[::-1][:1]) for each in found[:SHOWN]],
        "older": found[SHOWN - 1].id if len(found) > SHOWN else None,
        "only_failed": only_failed,
        "health": health_of([row], timezone.now()).get(row.id, Health()),
        "said": request.GET.get("said", ""),
        "states": _states(),
    }
    return page(request, "api/webhook.html", context, refused.status if refused else 200)


def _states() -> dict[str, tuple[str, str]]:
    """State → the word for it, and its tint."""
    return {
        "waits": (_("waits"), "w"),
        "sending": (_("on its way"), "w"),
        "delivered": (_("delivered"), "g"),
        "failed": (_("given up"), "l"),
        "dropped": (_("dropped"), ""),
    }
