"""What providers and bounces say about things we sent."""

from __future__ import annotations

from presszero.channels import outbox
from presszero.channels.models import Delivery, Entry, Line, StrayReport, Thread
from presszero.channels.vocabulary import DeliveryReported
from presszero.core.actor import SYSTEM
from presszero.customers.actions import mark_bounced
from presszero.outreach.suppressing import suppress


def apply(merchant_id: int, line: Line, told: DeliveryReported) -> None:
    """Finds the delivery and moves it forward; a dead address is marked. In the caller's transaction."""
    rows = _deliveries(merchant_id, told)
    for row in rows:
        outbox.report(row, told.state, told.reason, refusal=told.refusal)
    if told.state == "failed" and told.permanent and told.recipient and rows:
        mark_bounced(merchant_id, rows[0].kind, told.recipient, by=SYSTEM, reason=told.reason)
    if told.complaint and told.recipient and rows:
        suppress(line.merchant, rows[0].kind, told.recipient, "complaint", by=SYSTEM)
    if not rows and told.provider_id:
        StrayReport.objects.create(
            merchant_id=merchant_id,
            line_id=line.id,
            provider_id=told.provider_id,
            state=told.state,
            permanent=told.permanent,
            reason=told.reason,
        )


def _deliveries(merchant_id: int, told: DeliveryReported) -> list[Delivery]:
    """By our own id, by the provider's, by the message's id; a bounce of several recipients concerns the named one."""
    found = Delivery.objects.select_for_update().filter(merchant_id=merchant_id).order_by("id")
    if told.our_id:
        rows = list(found.filter(our_id=told.our_id))
        if rows:
            return rows
    if told.provider_id:
        rows = list(found.filter(provider_id=told.provider_id))
        if rows:
            return rows
    rows = list(found.filter(entry_id__in=_entries(merchant_id, told)))
    named = [row for row in rows if row.address == told.recipient.lower()]
    return named or (rows if len(rows) == 1 else [])


def _entries(merchant_id: int, told: DeliveryReported) -> list[int]:
    by_id = Entry.objects.filter(merchant_id=merchant_id, message_id__in=told.message_ids, inbound=False)
    ids = list(by_id.values_list("id", flat=True)[:20]) if told.message_ids else []
    if ids or not told.tokens:
        return ids
    threads = Thread.objects.filter(merchant_id=merchant_id, token__in=told.tokens).values("id")
    newest = Entry.objects.filter(merchant_id=merchant_id, thread_id__in=threads, inbound=False).order_by("-id")
    return list(newest.values_list("id", flat=True)[:1])
