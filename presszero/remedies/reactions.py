"""A store's own word settles what was unknown: the refund or the order that carries our key is the evidence."""

from __future__ import annotations

from django.db import transaction

from presszero.commerce.models import Order, Refund
from presszero.commerce.vocabulary import Done
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions.settling import failed, finished
from .holding import held
from .models import Remedy, State
from .physics import BACK, GOODS


@hears("remedies.evidence", "refund.made", "order.placed", "order.changed")
def store_said(event: Event) -> None:
    """Looks whether a remedy waits for this word. Most orders have none, which costs one statement."""
    if event.order_id is None:
        return
    if event.kind == "order.placed":
        _order_is_there(event.merchant_id, event.order_id)
        return
    waiting = Remedy.objects.filter(merchant_id=event.merchant_id, order_id=event.order_id, kind__in=BACK)
    for row in waiting.filter(state__in=(State.UNKNOWN, State.DONE)).only("id", "merchant_id", "order_id", "key"):
        refund = Refund.objects.filter(merchant_id=row.merchant_id, key=row.key).first()
        if refund is not None:
            _refund_says(row, refund)


@transaction.atomic
def _refund_says(seen: Remedy, refund: Refund) -> None:
    """There it is; or the bank sent it back, and it was not given after all."""
    row = held(seen)
    if row.state == State.UNKNOWN and refund.state != "failed":
        finished(row, Done("accepted", external_id=refund.external_id))
    elif row.state == State.DONE and refund.state == "failed":
        failed(row, refund.reason)


@transaction.atomic
def _order_is_there(merchant_id: int, order_id: int) -> None:
    made = Order.objects.filter(merchant_id=merchant_id, id=order_id).exclude(key="").first()
    if made is None:
        return
    seen = Remedy.objects.filter(merchant_id=merchant_id, key=made.key, kind__in=GOODS, state=State.UNKNOWN).first()
    if seen is None:
        return
    row = held(seen)
    if row.state == State.UNKNOWN and row.order_id != made.id:
        row.made_order = made
        finished(row, Done("accepted", external_id=made.external_id))
