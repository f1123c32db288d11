"""What shops and carriers tell of an order makes, keeps, moves and ends its promise, whatever they tell first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from presszero.commerce.models import Order, Shipment
from presszero.commerce.models.orders import Paid, Sent
from presszero.core.actor import SYSTEM, Actor
from presszero.timeline.actions import record

from .actions.changing import keep_one, replace, stand_again, withdraw_one
from .actions.expecting import Believed, expect
from .actions.holding import about, hold_orders
from .actions.making import Made, put, standing_day, zone_of
from .days import day_of, end_of_day
from .facts import PromiseKept
from .models import Expectation, Kind, Promise, Where

HISTORY = timedelta(days=2)  # an order that we hear of so long after it was placed was brought in, not placed now


_BUYERS = """
UPDATE promises_{} x SET customer_id = o.customer_id FROM commerce_order o
WHERE x.merchant_id = %s AND x.order_id = ANY(%s) AND o.merchant_id = x.merchant_id AND o.id = x.order_id
  AND x.customer_id IS DISTINCT FROM o.customer_id
"""


@dataclass
class _Known:
    """Everything about a batch of orders of one merchant, held."""

    zone: ZoneInfo
    orders: dict[int, Order]
    said: dict[int, list[Promise]] = field(default_factory=lambda: defaultdict(list))  # deliveries, newest first
    shown: dict[int, date] = field(default_factory=dict)  # the day the shop showed last
    arrived: dict[int, datetime] = field(default_factory=dict)  # when the last parcel did


@transaction.atomic
def follow(merchant_id: int, order_ids: Collection[int]) -> None:
    """Looks at these orders as they are now. Again changes nothing."""
    if not order_ids:
        return
    known = _look(merchant_id, list(order_ids))
    _to_their_buyers(merchant_id, list(known.orders))
    for number in sorted(known.orders):
        _follow(known.orders[number], known)


def _to_their_buyers(merchant_id: int, order_ids: list[int]) -> None:
    """Whose an order is may be known later than what was promised of it, or turn out otherwise."""
    with connection.cursor() as cursor:
        for table in ("promise", "expectation", "gap"):
            cursor.execute(_BUYERS.format(table), [merchant_id, order_ids])


def _follow(order: Order, known: _Known) -> None:
    said = known.said[order.id]
    open_now = next((each for each in said if each.is_open), None)
    if order.sent == Sent.DELIVERED:
        _arrived(order, said, open_now, known)
    elif _is_off(order):
        if open_now:
            withdraw_one(open_now, SYSTEM)
    elif open_now:
        _moves(order, open_now, known)
    elif not _was_not_there(order, said):
        _promised(order, said, known)
    if order.origin_id and order.kind != "sale":
        _stands_for(order, known)


def _arrived(order: Order, said: list[Promise], open_now: Promise | None, known: _Known) -> None:
    at = known.arrived.get(order.id) or timezone.now()
    if open_now is None and not said and not _is_history(order):
        open_now = _checkout(order, known)  # it arrived before we had heard that it was placed
    if open_now is not None:
        keep_one(open_now, at, SYSTEM)
        return
    kept = next((each for each in said if each.kept_at and each.kept_by == SYSTEM.code), None)
    if kept is not None and order.id in known.arrived and kept.kept_at != at:
        _at_another_moment(kept, at)


def _at_another_moment(kept: Promise, at: datetime) -> None:
    """The carrier says more exactly when it was: late or not follows from that."""
    late = at > kept.due_at
    changed = late != (kept.kept_at is not None and kept.kept_at > kept.due_at)
    kept.kept_at = at
    kept.broken_at = kept.broken_at if late else None
    kept.save(update_fields=["kept_at", "broken_at"])
    if changed:
        record(PromiseKept(**about(kept), by=SYSTEM, promise_id=kept.id, late=late))


def _was_not_there(order: Order, said: list[Promise]) -> bool:
    """The carrier had said that it arrived, and takes it back: what stood, stands again. What a person marked stays.

    What comes back, or is added to an order later, makes no arrival undone.
    """
    newest = next(iter(said), None)
    if newest is None or newest.kept_at is None or newest.kept_by != SYSTEM.code or order.sent == Sent.RETURNED:
        return False
    there = Shipment.objects.filter(merchant_id=order.merchant_id, order=order, state__in=["delivered", "returned"])
    if there.exists():
        return False
    stand_again(newest, SYSTEM)
    return True


def _promised(order: Order, said: list[Promise], known: _Known) -> None:
    """The shop's day is a promise without asking, the first time we hear of it."""
    if said or order.promised_by is None:
        return
    past = order.promised_by < day_of(timezone.now(), known.zone)
    if not (past and _is_history(order)):
        _checkout(order, known)


def _checkout(order: Order, known: _Known) -> Promise | None:
    if order.promised_by is None:
        return None
    expect(_shown(order, order.promised_by), SYSTEM)
    due = end_of_day(order.promised_by, known.zone)
    return put(_made(order, due), due, SYSTEM, customer_id=order.customer_id)


def _moves(order: Order, stands: Promise, known: _Known) -> None:
    """The shop names another day. An earlier one is what they were shown now; a later one they have yet to be told."""
    day = order.promised_by
    if day is None or stands.where != Where.CHECKOUT or known.shown.get(order.id) == day:
        return
    if day < day_of(stands.due_at, known.zone) and day >= day_of(timezone.now(), known.zone):
        due = end_of_day(day, known.zone)
        _instead(stands, _made(order, due), due)
        expect(_shown(order, day), SYSTEM)


def _stands_for(replacement: Order, known: _Known) -> None:
    """What was sent anew is what they wait for now; the first order's day is not told beside it."""
    origin = replacement.origin_id or 0
    hold_orders(replacement.merchant_id, [origin])
    first = standing_day(replacement.merchant_id, origin)
    if first is None or replacement.cancelled_at:
        return
    mine = next((each for each in _deliveries(replacement.merchant_id, [replacement.id]) if each.is_open), None)
    if mine is None:
        withdraw_one(first, SYSTEM)
        return
    first.renegotiated_at = timezone.now()
    first.save(update_fields=["renegotiated_at"])
    replace(first, mine, SYSTEM)


def _instead(stands: Promise, what: Made, due: datetime, by: Actor = SYSTEM) -> Promise:
    stands.renegotiated_at = timezone.now()
    stands.save(update_fields=["renegotiated_at"])
    new = put(what, due, by, customer_id=what.customer_id)
    replace(stands, new, by)
    return new


def _is_off(order: Order) -> bool:
    """Nothing of it will come, or nothing is waited for."""
    money_back = order.paid in (Paid.REFUNDED, Paid.VOIDED) and order.sent == Sent.NOT
    return bool(order.cancelled_at or order.forgotten_at or order.sent == Sent.NOTHING or money_back)


def _is_history(order: Order) -> bool:
    return order.created_at - order.placed_at > HISTORY


def _made(order: Order, due: datetime) -> Made:
    return Made(
        merchant_id=order.merchant_id,
        customer_id=order.customer_id,
        kind=Kind.DELIVERY,
        due_at=due,
        whole_day=True,
        where=Where.CHECKOUT,
        order_id=order.id,
    )


def _shown(order: Order, day: date) -> Believed:
    return Believed(
        merchant_id=order.merchant_id,
        by_day=day,
        source=Expectation.Source.CHECKOUT,
        customer_id=order.customer_id,
        order_id=order.id,
    )


def _look(merchant_id: int, order_ids: list[int]) -> _Known:
    hold_orders(merchant_id, order_ids)
    orders = Order.objects.filter(merchant_id=merchant_id, id__in=order_ids)
    known = _Known(zone_of(merchant_id), {order.id: order for order in orders})
    for made in _deliveries(merchant_id, order_ids):
        known.said[made.order_id or 0].append(made)
    checkout = Expectation.objects.filter(
        merchant_id=merchant_id, order_id__in=order_ids, source=Expectation.Source.CHECKOUT
    )
    known.shown = dict(checkout.order_by("id").values_list("order_id", "by_day"))
    delivered = [order.id for order in known.orders.values() if order.sent == Sent.DELIVERED]
    parcels = Shipment.objects.filter(merchant_id=merchant_id, order_id__in=delivered, delivered_at__isnull=False)
    for number, at in parcels.order_by("delivered_at").values_list("order_id", "delivered_at"):
        known.arrived[number] = at or timezone.now()
    return known


def _deliveries(merchant_id: int, order_ids: Iterable[int]) -> list[Promise]:
    rows = Promise.objects.filter(merchant_id=merchant_id, order_id__in=list(order_ids), kind=Kind.DELIVERY)
    return list(rows.order_by("-id"))
