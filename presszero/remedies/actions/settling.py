"""What became of a remedy: done, not, nobody knows, or for a person to do. The caller holds the row."""

from __future__ import annotations

from typing import TypedDict

from django.db.models import Sum
from django.utils import timezone

from presszero.commerce.facts import RefundMade
from presszero.commerce.models import Order, Refund
from presszero.commerce.policy import stands
from presszero.commerce.vocabulary import Done
from presszero.core.actor import SYSTEM, Actor
from presszero.core.text import one_line
from presszero.timeline.actions import record

from ..facts import RemedyDone, RemedyFailed, RemedyUnknown
from ..models import Remedy, State, Task
from ..physics import BACK


class About(TypedDict):
    """What every fact about a remedy carries."""

    merchant_id: int
    customer_id: int
    conversation_id: int | None
    order_id: int | None
    remedy_id: int


def about(row: Remedy) -> About:
    """The ids a fact about this remedy carries."""
    return {
        "merchant_id": row.merchant_id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "order_id": row.order_id,
        "remedy_id": row.id,
    }


def finished(row: Remedy, answer: Done, by: Actor = SYSTEM) -> Remedy:
    """It was done. Money that went back stands in the order's books from this moment, under the remedy's key."""
    row.state, row.done_at, row.not_before = State.DONE, timezone.now(), None
    row.external_id = one_line(answer.external_id, 120) or row.external_id
    row.code = one_line(answer.code, 60) or row.code
    row.url = answer.url[:1000] or row.url
    row.outcome = one_line(answer.reason, 500)
    row.save()
    if row.kind in BACK and row.amount and row.order_id:
        _book(row, by)
    record(RemedyDone(**about(row), by=by))
    return row


def failed(row: Remedy, reason: str) -> Remedy:
    """For good, and surely not done: it counts against nothing any more."""
    row.state, row.not_before, row.outcome = State.FAILED, None, one_line(reason, 500)
    row.save()
    record(RemedyFailed(**about(row), by=SYSTEM))
    return row


def unknown(row: Remedy, reason: str) -> Remedy:
    """It may have been done. It counts until evidence says that it was not."""
    was = row.state
    row.state, row.outcome = State.UNKNOWN, one_line(reason, 500)
    row.save()
    if was != State.UNKNOWN:
        record(RemedyUnknown(**about(row), by=SYSTEM))
    return row


def by_hand(row: Remedy, text: str, outcome: str = "") -> Remedy:
    """Written down for a person. It counts as given: whoever does it does it soon."""
    row.state, row.not_before, row.outcome = State.TASK, None, one_line(outcome, 500)
    row.save()
    Task.objects.create(merchant_id=row.merchant_id, remedy=row, text=one_line(text, 500))
    return row


def put_in_order(order: Order) -> None:
    """The order's sums, worked out from its refunds anew. The caller holds the order."""
    rows = Refund.objects.filter(merchant_id=order.merchant_id, order=order).exclude(state="failed")
    order.refunded = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    states = order_payments(order)
    order.paid = stands(order.total, order.captured, order.refunded, states, bool(order.cancelled_at))
    order.save(update_fields=["refunded", "paid"])


def order_payments(order: Order) -> list[str]:
    """The states of its payments."""
    return list(order.payments.values_list("state", flat=True))


def _book(row: Remedy, by: Actor) -> None:
    order = Order.objects.select_for_update().get(merchant_id=row.merchant_id, id=row.order_id or 0)
    theirs = Refund.objects.filter(merchant_id=row.merchant_id, order=order)
    same = theirs.filter(key=row.key).first()
    if same is None and row.external_id:
        same = theirs.filter(external_id=row.external_id, key="").first()
    if same is not None:
        same.key = row.key
        same.save(update_fields=["key"])
    else:
        Refund.objects.create(
            merchant_id=row.merchant_id,
            order=order,
            external_id=row.external_id if row.kind != "cancel" else "",
            key=row.key,
            currency=row.currency,
            amount=row.amount,
            shipping=row.shipping,
            reason=row.reason[:300],
            at=row.done_at or timezone.now(),
        )
        record(
            RefundMade(
                merchant_id=row.merchant_id, by=by, customer_id=row.customer_id, conversation_id=row.conversation_id,
                order_id=order.id, minor=row.amount, currency=row.currency,
            )
        )  # fmt: skip
    put_in_order(order)
