"""A gap is told before they ask, what happened to an order where that is on; and whoever says stop is left alone."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Message
from presszero.core.actor import SYSTEM
from presszero.customers.models import Handle
from presszero.fulfilment.forecasting import forecast_many
from presszero.promises.models import Gap, Kind, Promise
from presszero.promises.syncing import sync
from presszero.timeline.actions import record
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears, hears_together

from .acting import act_on, say_we_missed, told_to
from .facts import OutreachSent
from .models import Outreach, State
from .planning import UNWRITTEN, about, hold_unwritten, stop
from .stopping import heed, refused_by_network
from .suppressing import suppress
from .telling import tell, wanted

_WENT = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED, Delivery.State.READ)
_BECOMES = {
    Delivery.State.FAILED: State.FAILED,
    Delivery.State.CANCELLED: State.STOPPED,
}


@hears("outreach.gaps", "gap.opened", "gap.changed", "gap.closed")
def a_gap(event: Event) -> None:
    """Plans what is to be told; or stops it, since it came right before it was written."""
    rows = Gap.objects.filter(merchant_id=event.merchant_id, id=event.data["gap_id"])
    gap = rows.first()
    if gap is None:
        return
    if gap.closed_at is None:
        _act_as_it_is_now(rows)
        return
    for row in Outreach.objects.filter(merchant_id=gap.merchant_id, gap=gap, state__in=UNWRITTEN, entry=None):
        stop(row, "", by=SYSTEM)


@hears("outreach.scans", "shipment.scanned")
def a_scan(event: Event) -> None:
    """Only now it can be seen that it is not there: a gap that stood open already is told, with the day of now."""
    _act_as_it_is_now(Gap.objects.filter(merchant_id=event.merchant_id, order_id=event.order_id or 0, closed_at=None))


@hears("outreach.calls", "promise.broken")
def a_broken_promise(event: Event) -> None:
    """A call that was not made."""
    rows = Promise.objects.filter(merchant_id=event.merchant_id, id=event.data["promise_id"], kind=Kind.CALLBACK)
    found = rows.select_related("customer__merchant", "conversation__line", "order__store").first()
    if found is not None and found.kept_at is None:
        say_we_missed(found, timezone.now())


@hears_together(
    "outreach.orders",
    "order.placed",
    "shipment.sent",
    "shipment.scanned",
    "shipment.delivered",
    "refund.made",
    "promise.renegotiated",
)
def something_happened(events: list[Event]) -> None:
    """What is worth telling, for merchants who tell it: asked once a round, so that a long history costs little."""
    on = wanted({event.merchant_id for event in events})
    for event in events:
        tell(event, on[event.merchant_id])


@hears("outreach.deliveries", "delivery.changed")
def a_delivery(event: Event) -> None:
    """Sent, did not arrive, or was taken back: the message says so too."""
    state = event.data["state"]
    if state not in (*_WENT, *_BECOMES):
        return
    rows = Outreach.objects.filter(merchant_id=event.merchant_id, entry_id=event.data["entry_id"])
    row = rows.filter(state__in=(State.QUEUED, State.HELD, State.SENT)).first()
    if row is None or (row.state == State.SENT and state in _WENT):
        return
    if state in _WENT:
        row.state, row.sent_at = State.SENT, event.at
        row.save(update_fields=["state", "sent_at"])
        record(OutreachSent(**about(row), by=SYSTEM, outreach_id=row.id, notice=row.notice))
        return
    row.state = _BECOMES[state]
    row.save(update_fields=["state"])


@hears("outreach.refusals", "delivery.changed")
def a_refusal(event: Event) -> None:
    """The network knows better than we do that they want no texts, or that nobody has this number."""
    if event.data["state"] != Delivery.State.FAILED:
        return
    rows = Delivery.objects.filter(merchant_id=event.merchant_id, id=event.data["delivery_id"]).exclude(refusal="")
    for row in rows.select_related("line", "merchant"):
        refused_by_network(row)


@hears("outreach.stop_words", "message.received")
def somebody_wrote(event: Event) -> None:
    """They may want to be left alone."""
    if event.data.get("automatic"):
        return
    found = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"])
    message = found.select_related("merchant", "entry__thread__line__brand", "conversation__customer").first()
    if message is not None and message.entry.sender_address:
        heed(message)


@hears("outreach.dead_addresses", "handle.bounced")
def an_address_is_dead(event: Event) -> None:
    """Mail to it came back for good: nothing is written first to it until it writes to us."""
    row = Handle.objects.select_related("merchant").filter(merchant_id=event.merchant_id, id=event.data["handle_id"])
    for handle in row:
        suppress(handle.merchant, handle.kind, handle.address, "bounce", by=SYSTEM)


def _act_as_it_is_now(rows: QuerySet[Gap]) -> None:
    """What is to be told of a gap, with the day of now: nobody hears one day, and another one a moment later.

    Those who foretell and compare may hear of a scan after us: what it changes is looked at first.
    """
    rows = rows.select_related("order__merchant", "order__store", "order__customer", "promise", "conversation")
    now, stood = timezone.now(), rows.first()
    if stood is None or stood.order is None or told_to(stood, now) is None:
        return
    hold_unwritten(stood)  # before the order, as whoever writes them does
    forecast_many(stood.order.merchant, [stood.order.id], now)
    sync(stood.merchant_id, [stood.order.id], now)
    gap = rows.first()
    if gap is not None:
        act_on(gap, now)
