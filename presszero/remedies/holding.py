"""The locks that a decision is made under: order, customer, giver. Always in this order, so no circle waits."""

from __future__ import annotations

from django.db import connection

from presszero.commerce.actions import locking
from presszero.commerce.models import Order

from .meaning import Whose
from .models import Remedy

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold(found: Whose, authority: str, makes_an_order: bool) -> None:
    """Until the transaction ends. What was read before is read again after it."""
    merchant = found.merchant.id
    if makes_an_order and found.order and found.order.store_id is None:
        locking.whole(merchant, None)  # as whoever types an order does, and before the order as they do
    hold_order(merchant, found.order.id if found.order else None)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"remedies.customer:{merchant}:{found.customer.id}"])
        cursor.execute(_LOCK, [f"remedies.giver:{merchant}:{authority}"])


def hold_order(merchant_id: int, order_id: int | None) -> None:
    """The order's row; nothing without one."""
    if order_id is not None:
        list(
            Order.objects.select_for_update(no_key=True).filter(merchant_id=merchant_id, id=order_id).values_list("id")
        )


def held(remedy: Remedy) -> Remedy:
    """The remedy as it stands now, its order and then itself held."""
    hold_order(remedy.merchant_id, remedy.order_id)
    rows = Remedy.objects.select_for_update(of=("self",)).filter(merchant_id=remedy.merchant_id, id=remedy.id)
    return rows.select_related("order", "store", "customer", "conversation").get()
