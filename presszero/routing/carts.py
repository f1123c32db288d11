"""What was in the cart of somebody who gave up waiting, where the shop tells us of carts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from presszero.core.money import money
from presszero.core.refusal import Refused
from presszero.customers.models import Customer, Handle
from presszero.customers.queries import family
from presszero.visitors.models import Visitor

_FRESH = timedelta(hours=1)  # a browser that was seen longer ago is not the one that waited


def cart_left(merchant_id: int, customer_id: int | None, at: datetime) -> tuple[int | None, str]:
    """Minor units and currency of the cart in the browser they were last seen in; None and "" where we know of none."""
    customer = Customer.objects.filter(merchant_id=merchant_id, id=customer_id).first() if customer_id else None
    if customer is None:
        return None, ""
    known = Handle.objects.filter(merchant_id=merchant_id, customer_id__in=family(customer), kind="visitor")
    names = list(known.values_list("address", flat=True))
    seen = Visitor.objects.filter(merchant_id=merchant_id, cart__isnull=False, seen_at__gt=at - _FRESH)
    latest = seen.filter(Q(address__in=names) | Q(shopper__in=names)).order_by("-seen_at").first()
    return _worth(latest.cart) if latest else (None, "")


def _worth(cart: Any) -> tuple[int | None, str]:
    """A cart is what a page told us: nothing of it is sure to be right."""
    if not isinstance(cart, dict):
        return None, ""
    try:
        value = money(str(cart.get("total", "")), str(cart.get("currency", "")))
    except (Refused, ValueError, ArithmeticError):
        return None, ""
    return (value.minor, value.currency) if value.minor > 0 else (None, "")
