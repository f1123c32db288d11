"""An address was proven, or two customers are one: the orders that waited find whose they are."""

from __future__ import annotations

from presszero.timeline.models import Event
from presszero.timeline.reactions import hears, hears_together

from .actions.attaching import attach_proven, settle, waited_for
from .actions.drafting import paid_in_shop
from .models import DraftOrder, Order

_NEWS = ("handle.proven", "customer.merged", "customer.created", "message.received", "order.placed")


@hears_together("commerce.attach", *_NEWS)
def attach(events: list[Event]) -> None:
    """A mail may prove its sender's address, so whoever wrote is looked at too: in one statement for all of them.

    A new order is looked at again, since its address may have been proven while it was being kept.
    """
    for event in events:
        if event.kind == "order.placed" and event.customer_id is None and event.order_id is not None:
            settle(event.merchant_id, event.order_id)
        elif event.kind in ("handle.proven", "customer.merged") and event.customer_id is not None:
            attach_proven(event.merchant_id, event.customer_id, event.at)
    wrote = [event for event in events if event.kind in ("customer.created", "message.received")]
    for merchant_id, customer_id in waited_for({(each.merchant_id, each.customer_id or 0) for each in wrote}):
        attach_proven(merchant_id, customer_id)


@hears("commerce.drafts", "order.placed", "order.changed")
def draft_became_an_order(event: Event) -> None:
    """A connected shop made an order of our draft: it carries the draft's key."""
    order = Order.objects.filter(merchant_id=event.merchant_id, id=event.order_id or 0, store__isnull=False).first()
    if order is None or order.store_id is None or not order.key:
        return
    ours = DraftOrder.objects.filter(merchant_id=event.merchant_id, key=order.key, store_id=order.store_id).first()
    if ours is not None:
        paid_in_shop(ours, order)
