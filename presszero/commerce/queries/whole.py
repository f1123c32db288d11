"""One order with all of it."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import Discount, Order, OrderLine, Payment, Refund, Return, Shipment


@dataclass(frozen=True, slots=True)
class Whole:
    """An order and its parts, in the order they stand on a bill or happened."""

    order: Order
    lines: list[OrderLine]  # each with its variant and product, where known
    discounts: list[Discount]
    payments: list[Payment]
    refunds: list[Refund]
    shipments: list[Shipment]
    returns: list[Return]
    followed_by: list[Order]  # replacements and exchanges that stand for it


def order_whole(merchant_id: int, id: int) -> Whole:
    """Raises Order.DoesNotExist. Eight statements, whatever is in it."""
    order = Order.objects.select_related("store", "customer", "origin").get(merchant_id=merchant_id, id=id)
    owned = {"merchant_id": merchant_id, "order_id": id}
    return Whole(
        order,
        list(OrderLine.objects.filter(**owned).select_related("variant__product").order_by("position", "id")),
        list(Discount.objects.filter(**owned).order_by("id")),
        list(Payment.objects.filter(**owned).order_by("at", "id")),
        list(Refund.objects.filter(**owned).order_by("at", "id")),
        list(Shipment.objects.filter(**owned).order_by("id")),
        list(Return.objects.filter(**owned).order_by("at", "id")),
        list(Order.objects.filter(merchant_id=merchant_id, origin_id=id).order_by("id")),
    )
