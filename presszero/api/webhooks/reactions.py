"""What happened is written down for whoever asked to be told."""

from __future__ import annotations

import json
from collections import defaultdict

from presszero.timeline.actions import wake
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears_together

from ..models import Webhook, WebhookDelivery
from .events import EVENTS, told


@hears_together("api.webhooks", *EVENTS)
def tell(events: list[Event]) -> None:
    """A row for each webhook that wants it. Each round asks once who wants anything."""
    rows = Webhook.objects.filter(
        merchant_id__in={event.merchant_id for event in events}, disabled_at=None, removed_at=None
    ).defer("sealed")
    wanting: dict[tuple[int, str], list[Webhook]] = defaultdict(list)
    for row in rows:
        for kind in row.events:
            wanting[row.merchant_id, kind].append(row)
    made = [row for event in events for row in _deliveries(event, wanting.get((event.merchant_id, event.kind), []))]
    if made:
        WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
        wake("webhooks")


def _deliveries(event: Event, webhooks: list[Webhook]) -> list[WebhookDelivery]:
    # What was true before a webhook was there is none of its business.
    webhooks = [each for each in webhooks if each.created_at <= event.at]
    body = json.dumps(told(event), ensure_ascii=False, separators=(",", ":")) if webhooks else ""
    return [
        WebhookDelivery(
            merchant_id=event.merchant_id,
            webhook=each,
            message_id=f"msg_{event.id}_{each.id}",
            kind=event.kind,
            event_id=event.id,
            customer_id=event.customer_id,
            body=body,
        )
        for each in webhooks
    ]
