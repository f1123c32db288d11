"""A promise or an order held for a change, and the ids that every fact about a promise carries."""

from __future__ import annotations

from typing import TypedDict

from django.db import connection

from presszero.commerce.models import Order

from ..models import Kind, Promise

_ORDERS = """
SELECT id FROM commerce_order WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


class About(TypedDict):
    """What every fact about a promise carries."""

    merchant_id: int
    customer_id: int | None
    conversation_id: int | None
    order_id: int | None


def about(made: Promise) -> About:
    """The ids a fact about this promise carries."""
    return {
        "merchant_id": made.merchant_id,
        "customer_id": made.customer_id,
        "conversation_id": made.conversation_id,
        "order_id": made.order_id,
    }


def hold(promise: Promise) -> Promise:
    """The promise as it is now, locked until the transaction ends. Its order first: whoever holds both does it so."""
    if promise.order_id:
        hold_orders(promise.merchant_id, [promise.order_id])
    return Promise.objects.select_for_update(of=("self",)).get(merchant_id=promise.merchant_id, id=promise.id)


def hold_orders(merchant_id: int, order_ids: list[int]) -> None:
    """What is promised of these orders changes by one hand at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [merchant_id, sorted(order_ids)])


def is_of_parcels(made: Promise) -> bool:
    """Whether an order's parcels keep it. Its gap is the order's; of anything else that was promised it is its own."""
    return made.kind == Kind.DELIVERY and made.order_id is not None


def order_of(made: Promise) -> Order | None:
    """The order it is about."""
    return Order.objects.filter(merchant_id=made.merchant_id, id=made.order_id or 0).first()
