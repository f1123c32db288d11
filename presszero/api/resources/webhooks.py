"""/webhooks"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Query

from presszero.team.models import Role

from ..cursors import place, written
from ..models import Webhook, WebhookDelivery
from ..operations import Call, Made, Resource
from ..problems import Problem
from ..reads.rows import following
from ..shapes.kinds import Page, Paging, PathId
from ..shapes.shop import Nothing, ToldOut, WebhookChange, WebhookIn, WebhookMade, WebhookOut
from ..webhooks import actions

resource = Resource("webhooks")


@resource.get("/webhooks", "webhooks:read", Page[WebhookOut])
def list_webhooks(request: Call, query: Query[Paging]) -> dict[str, Any]:
    """List webhooks

    Twenty at most, without their secrets.
    """
    rows = Webhook.objects.filter(merchant=request.auth.merchant, removed_at=None).order_by("id")
    return {"data": [_said(row) for row in rows], "next_cursor": None, "next": None}


@resource.post("/webhooks", "webhooks:write", WebhookMade, role=Role.ADMIN)
def add_webhook(request: Call, body: WebhookIn) -> Made:
    """Add a webhook

    Told from now on of the events it names. Its `secret` is in this answer and in no other.
    """
    row, secret = actions.add(request.auth.merchant, body.url, body.events, body.name, by=request.auth.by)
    return Made({**_said(row), "secret": secret}, f"/api/v1/webhooks/{row.id}")


@resource.get("/webhooks/{webhook_id}", "webhooks:read", WebhookOut)
def get_webhook(request: Call, webhook_id: PathId) -> dict[str, Any]:
    """Get a webhook

    With how it fares.
    """
    return _said(_row(request, webhook_id))


@resource.patch("/webhooks/{webhook_id}", "webhooks:write", WebhookOut, role=Role.ADMIN)
def change_webhook(request: Call, webhook_id: PathId, body: WebhookChange) -> dict[str, Any]:
    """Change a webhook

    Its address, events or name; `enabled` switches it off and on.
    """
    row = _row(request, webhook_id)
    return _said(actions.change(row, body.model_dump(exclude_none=True), by=request.auth.by))


@resource.delete("/webhooks/{webhook_id}", "webhooks:write", None, role=Role.ADMIN)
def remove_webhook(request: Call, webhook_id: PathId) -> Made:
    """Remove a webhook

    What waits for it is dropped.
    """
    actions.remove(_row(request, webhook_id), by=request.auth.by)
    return Made(None)


@resource.post("/webhooks/{webhook_id}/secret", "webhooks:write", WebhookMade, role=Role.ADMIN)
def rotate_webhook_secret(request: Call, webhook_id: PathId, body: Nothing) -> Made:
    """Replace the secret

    The old one signs as well for a day, so that you can change over without losing anything.
    """
    row = _row(request, webhook_id)
    secret = actions.rotate(row, by=request.auth.by)
    return Made({**_said(row), "secret": secret})


@resource.post("/webhooks/{webhook_id}/tests", "webhooks:write", ToldOut, role=Role.ADMIN)
def test_webhook(request: Call, webhook_id: PathId, body: Nothing) -> Made:
    """Send a test event

    Of the type `webhook.test`, at once.
    """
    made = actions.test(_row(request, webhook_id), by=request.auth.by)
    return Made(_told(WebhookDelivery.objects.get(id=made.id)))


@resource.get("/webhooks/{webhook_id}/deliveries", "webhooks:read", Page[ToldOut])
def list_webhook_deliveries(request: Call, webhook_id: PathId, query: Query[Paging]) -> dict[str, Any]:
    """Read a webhook's log

    What it was told in the last month and what it answered, newest first.
    """
    rows = WebhookDelivery.objects.filter(merchant=request.auth.merchant, webhook=_row(request, webhook_id))
    at = place(query.cursor, int)
    rows = rows.filter(id__lt=at[0]) if at else rows
    found = list(rows.prefetch_related("history").order_by("-id")[: query.limit + 1])
    cursor = written([found[query.limit - 1].id]) if len(found) > query.limit else None
    page = [_told(row) for row in found[: query.limit]]
    return {"data": page, "next_cursor": cursor, "next": following(request, cursor) if cursor else None}


@resource.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/tries", "webhooks:write", ToldOut, role=Role.ADMIN)
def redeliver_webhook(request: Call, webhook_id: PathId, delivery_id: PathId, body: Nothing) -> Made:
    """Tell it once more

    Under the id it had, so that you can tell it from a new one.
    """
    rows = WebhookDelivery.objects.filter(merchant=request.auth.merchant, webhook=_row(request, webhook_id))
    if not rows.filter(id=delivery_id).exists():
        raise Http404
    if not actions.redeliver(rows.filter(id=delivery_id)):
        raise Problem(409, "This is on its way already.")
    return Made(_told(rows.get(id=delivery_id)))


def _row(request: Call, number: int) -> Webhook:
    rows = Webhook.objects.filter(merchant=request.auth.merchant, removed_at=None, id=number)
    found = rows.select_related("merchant").first()
    if found is None:
        raise Http404
    return found


def _said(row: Webhook) -> dict[str, Any]:
    names = ("id", "name", "url", "events", "disabled_why", "failing_since", "failure", "succeeded_at", "created_at")
    return {name: getattr(row, name) for name in names} | {"enabled": row.disabled_at is None}


def _told(row: WebhookDelivery) -> dict[str, Any]:
    tried = sorted(row.history.all(), key=lambda each: each.id)
    return {
        "id": row.id,
        "webhook_id": row.message_id,
        "type": row.kind,
        "state": row.state,
        "tries": row.tries,
        "created_at": row.created_at,
        "next_at": row.next_at if row.state == WebhookDelivery.State.WAITS else None,
        "history": [
            {name: getattr(each, name) for name in ("at", "took_ms", "status", "error", "answer")} for each in tried
        ],
    }
