"""What somebody wrote is acknowledged; what we said is kept by an answer or a parcel, and compared with the plan."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import connection
from django.utils import timezone

from presszero.conversations.models import Conversation, Message
from presszero.core.actor import from_code
from presszero.customers.models import Customer
from presszero.fulfilment.forecasting import forecast_many
from presszero.merchants.models import Merchant
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears, hears_together

from .acknowledging import acknowledge
from .actions import called, carry, keep, refunded, unkeep, unsaid, withdraw, withdraw_all
from .following import follow
from .syncing import sync
from .understanding import understand, understand_note

_FOLLOWED = ("order.placed", "order.changed", "order.cancelled", "order.attached", "shipment.delivered")
_COMPARED = (
    "promise.made", "promise.kept", "promise.broken", "promise.withdrawn", "promise.renegotiated", "promise.reopened",
    "expectation.noted", "expectation.withdrawn", "forecast.changed", "shipment.sent",
)  # fmt: skip
_ANSWERING = ("member", "assistant")  # not the product by itself

_BEGINS = """
SELECT 1 FROM conversations_message m
JOIN conversations_conversation p ON p.merchant_id = m.merchant_id AND p.id = m.conversation_id
JOIN conversations_conversation c ON c.merchant_id = p.merchant_id AND c.id = coalesce(p.root_id, p.id)
WHERE m.merchant_id = %s AND m.id = %s AND c.state = 'open' AND c.waiting_since = m.at
"""
_PROMISED = """
SELECT 1 FROM conversations_conversation h
JOIN conversations_conversation c ON c.merchant_id = h.merchant_id
  AND (c.id = coalesce(h.root_id, h.id) OR c.root_id = coalesce(h.root_id, h.id))
JOIN promises_promise p ON p.merchant_id = c.merchant_id AND p.conversation_id = c.id
WHERE h.merchant_id = %(merchant)s AND h.id = %(conversation)s AND p.kind = 'answer'
  AND p.kept_at IS NULL AND p.withdrawn_at IS NULL
LIMIT 1
"""


@hears("promises.acknowledgement", "message.received")
def somebody_wrote(event: Event) -> None:
    """Tells them that we have it, and when we answer."""
    if event.data.get("automatic") or not _begins_to_wait(event):
        return
    found = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"])
    message = found.select_related(
        "conversation__customer", "entry__thread__line__brand", "entry__thread__line__hours",
        "entry__thread__line__merchant",
    ).first()  # fmt: skip
    if message is not None:
        acknowledge(message, timezone.now())


@hears("promises.note", "order.placed")
def somebody_ordered(event: Event) -> None:
    """They may say beside the order by when they need it."""
    if event.order_id is not None:
        understand_note(event.merchant_id, event.order_id)


@hears("promises.answer", "message.sent", "message.taken_back", "answer.not_arrived")
def somebody_answered(event: Event) -> None:
    """Keeps what we said; and opens it again when the answer was taken back or did not arrive."""
    by = from_code(event.actor)
    if event.kind == "message.sent" and (by.kind not in _ANSWERING or not _is_promised(event)):
        return
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    if event.kind != "message.sent":
        unkeep(row, _take_back(event))
    else:
        keep(row, event.at, by=by, entry_id=event.data["entry_id"])


@hears("promises.matter", "conversation.resolved", "conversation.spam", "conversation.split")
def the_matter_changed(event: Event) -> None:
    """Settled matters and spam wait for nothing; of a split one, what we said goes with those who still wait."""
    row = _conversation(event, event.conversation_id)
    if row is None:
        return
    if event.kind == "conversation.split":
        part = _conversation(event, event.data["target_id"])
        if part is not None:
            carry(row, part)
    elif row.state == Conversation.State.RESOLVED:
        withdraw(row, by=from_code(event.actor), at=event.at, settled=True)
    elif row.state == Conversation.State.SPAM:
        withdraw_all(row, by=from_code(event.actor), at=event.at)


@hears_together("promises.orders", *_FOLLOWED, *_COMPARED)
def something_changed(events: list[Event]) -> None:
    """Expectation, promise and plan of these orders are compared; what shops and carriers tell is followed first."""
    orders: dict[int, set[int]] = defaultdict(set)
    told: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.order_id:
            orders[event.merchant_id].add(event.order_id)
            if event.kind in _FOLLOWED:
                told[event.merchant_id].add(event.order_id)
    for merchant_id in sorted(orders):
        follow(merchant_id, told[merchant_id])
        sync(merchant_id, orders[merchant_id])


@hears_together("promises.measured", "promise.made", "promise.renegotiated")
def another_day_was_said(events: list[Event]) -> None:
    """How likely it is there in time is asked of the day that was said now, and not of the checkout's."""
    said: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.order_id and (event.kind == "promise.renegotiated" or event.data.get("entry_id")):
            said[event.merchant_id].add(event.order_id)
    merchants = Merchant.objects.in_bulk(said)
    for merchant_id, order_ids in said.items():
        forecast_many(merchants[merchant_id], sorted(order_ids), timezone.now())


@hears("promises.refunds", "refund.made")
def money_went_back(event: Event) -> None:
    """A refund that was promised is kept."""
    if event.order_id:
        customer = Customer.objects.filter(merchant_id=event.merchant_id, id=event.customer_id or 0).first()
        refunded(event.merchant_id, event.order_id, customer, event.at, from_code(event.actor))


@hears("promises.calls", "call.logged")
def somebody_called(event: Event) -> None:
    """We called them back, as we had said."""
    row = _conversation(event, event.conversation_id)
    if row is not None and event.data.get("outbound"):
        called(row, event.at, from_code(event.actor))


@hears("promises.wishes", "message.received")
def they_may_need_it(event: Event) -> None:
    """By when they need it, where their words say so."""
    if not event.data.get("automatic"):
        understand(event.merchant_id, event.data["message_id"])


def _take_back(event: Event) -> datetime | None:
    """What was promised in words that never went was not promised. When they would have gone; None for other news."""
    if event.kind != "message.taken_back":
        return None  # what did not arrive was meant all the same
    found = Message.objects.filter(merchant_id=event.merchant_id, id=event.data["message_id"]).first()
    if found is None:
        return None
    unsaid(event.merchant_id, found.entry_id, from_code(event.actor))
    return found.at


def _begins_to_wait(event: Event) -> bool:
    """Most words go on where somebody waits already: this is one cheap read, and `acknowledge` asks again."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGINS, [event.merchant_id, event.data["message_id"]])
        return cursor.fetchone() is not None


def _is_promised(event: Event) -> bool:
    """Unlocked: whoever promised held the conversation before the answer could, and has committed."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, {"merchant": event.merchant_id, "conversation": event.conversation_id or 0})
        return cursor.fetchone() is not None


def _conversation(event: Event, number: int | None) -> Conversation | None:
    return Conversation.objects.filter(merchant_id=event.merchant_id, id=number or 0).first()
