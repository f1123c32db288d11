"""Everything the panel beside a conversation shows of a customer's orders, in four statements of our own."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from presszero.core.money import Money
from presszero.core.rows import columns, row
from presszero.customers.models import Customer

from ..models import Cart, Order, OrderLine, Shipment
from ..worth import Spent, Worth, summed
from .family import FAMILY, GIVEN, SHOPPING, SPENT, THEIRS, WAITING

M = TypeVar("M", bound=Model)

_ORDER = columns(Order, "o")
_LIST = f"""
WITH {FAMILY}, {GIVEN}
SELECT waits, {_ORDER} FROM (
  SELECT false AS waits, id FROM {THEIRS} theirs UNION ALL SELECT true, id FROM {WAITING} waiting
) t JOIN commerce_order o ON o.merchant_id = %(merchant)s AND o.id = t.id
ORDER BY waits, o.placed_at DESC, o.id DESC
"""  # noqa: S608 - our own words
_LINES = f"""
SELECT {columns(OrderLine, "l")} FROM commerce_orderline l
WHERE l.merchant_id = %(merchant)s AND l.order_id = ANY(%(orders)s) ORDER BY l.order_id, l.position, l.id
"""  # noqa: S608
_PARCELS = f"""
SELECT {columns(Shipment, "s")} FROM commerce_shipment s
WHERE s.merchant_id = %(merchant)s AND s.order_id = ANY(%(orders)s) ORDER BY s.order_id, s.id
"""  # noqa: S608
_SUMS = f"""
WITH {FAMILY}
SELECT spent.*, (
    SELECT jsonb_object_agg(currency, available) FROM (
      SELECT k.currency, sum(k."left") AS available FROM family f
      JOIN commerce_credit k ON k.merchant_id = %(merchant)s AND k.customer_id = f.id
      WHERE k.withdrawn_at IS NULL AND k."left" > 0 AND (k.expires_at IS NULL OR k.expires_at > %(at)s)
      GROUP BY k.currency) credits
  ), {columns(Cart, "cart")}
FROM (SELECT) one
LEFT JOIN LATERAL ({SPENT}) spent ON true
LEFT JOIN LATERAL (
  SELECT c.* FROM family f JOIN commerce_cart c ON c.merchant_id = %(merchant)s AND c.customer_id = f.id
  WHERE c.ended_at IS NULL AND c.updated_at >= %(since)s ORDER BY c.updated_at DESC LIMIT 1
) cart ON true
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Glance:
    """One order as the panel shows it."""

    order: Order
    lines: list[OrderLine]
    shipments: list[Shipment]


@dataclass(frozen=True, slots=True)
class Panel:
    """Of `waiting` a screen says number and day only: the address was never proven to be theirs."""

    orders: list[Glance]  # newest first
    more: bool  # there are older ones
    waiting: list[Order]
    worth: Worth
    cart: Cart | None = None  # shopping now
    credit: list[Money] = field(default_factory=list)  # what is left of all they were given, by currency


def panel(customer: Customer, limit: int = 5, at: datetime | None = None) -> Panel:
    """What stands beside a conversation. `customer.merchant` is read once more where it is not there yet."""
    now = at or timezone.now()
    asked: dict[str, Any] = {"merchant": customer.merchant_id, "root": customer.now_id, "at": now}
    asked |= {"most": limit + 1, "waiting": 5, "since": now - SHOPPING}
    with connection.cursor() as cursor:
        cursor.execute(_LIST, asked)
        listed = [(values[0], row(Order, iter(values[1:]))) for values in cursor.fetchall()]
        cursor.execute(_SUMS, asked)
        sums = cursor.fetchall()
    theirs = [order for waits, order in listed if order and not waits]
    waiting = [order for waits, order in listed if order and waits]
    currency = customer.merchant.currency
    parts = [Spent(*values[:5]) for values in sums if values[0]]
    cart, credit = row(Cart, iter(sums[0][6:])), _mapping(sums[0][5])
    return Panel(
        _glances(theirs[:limit]),
        len(theirs) > limit,
        waiting,
        summed(parts, currency),
        cart,
        [Money(int(minor), code) for code, minor in sorted(credit.items())],
    )


def _glances(orders: list[Order]) -> list[Glance]:
    if not orders:
        return []
    lines, parcels = _of(OrderLine, _LINES, orders), _of(Shipment, _PARCELS, orders)
    return [Glance(each, lines[each.id], parcels[each.id]) for each in orders]


def _of(model: type[M], statement: str, orders: list[Order]) -> dict[int, list[M]]:
    found: dict[int, list[M]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": orders[0].merchant_id, "orders": [each.id for each in orders]})
        for values in cursor.fetchall():
            made = row(model, iter(values))
            if made is not None:
                found[getattr(made, "order_id")].append(made)  # noqa: B009 - parts all have one
    return found


def _mapping(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else (value or {})
