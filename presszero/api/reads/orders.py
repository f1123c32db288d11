"""Orders and products."""

from __future__ import annotations

from typing import Any

from presszero.commerce.policy import number_key
from presszero.core.text import one_line

from ..callers import Caller
from ..shapes.orders import OrderQuery, ProductQuery
from .rows import Asked, by_id, one, several

# table, its columns, and the order that they stand in.
_PARTS = {
    "lines": (
        "commerce_orderline",
        ("id", "variant_id", "title", "sku", "quantity", "price", "discount", "total", "sent", "refunded"),
        "position, p.id",
    ),
    "payments": ("commerce_payment", ("id", "method", "label", "amount", "state", "at"), "id"),
    "refunds": ("commerce_refund", ("id", "amount", "shipping", "reason", "state", "at"), "id"),
    "shipments": (
        "commerce_shipment",
        ("id", "carrier", "tracking", "tracking_url", "state", "sent_at", "expected_at", "delivered_at"),
        "id",
    ),
    "promises": (
        "promises_promise",
        ("id", "kind", "due_at", "whole_day", "state", "where", "at", "kept_at"),
        "id",
    ),
}
_OWN = (
    "id number kind origin_id store_id external_id email phone name ship_to currency subtotal discount shipping tax"
    " total captured refunded paid sent placed_at cancelled_at promised_by"
)


def _object(alias: str, names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{name}', {alias}.{name}" for name in names)


def _part(name: str) -> str:
    table, columns, order = _PARTS[name]
    found = f"json_agg(json_build_object({_object('p', columns)}) ORDER BY p.{order})"
    rows = f"FROM {table} p WHERE p.merchant_id = o.merchant_id AND p.order_id = o.id"
    return f"'{name}', coalesce((SELECT {found} {rows}), '[]'::json)"


# Whose it is today, after merges.
_WHOSE = """(SELECT coalesce(u.root_id, u.id) FROM customers_customer u
  WHERE u.merchant_id = o.merchant_id AND u.id = o.customer_id)"""
_ALL_PARTS = ", ".join(_part(name) for name in _PARTS)
_ORDER = f"json_build_object({_object('o', _OWN.split())}, 'customer_id', {_WHOSE}, {_ALL_PARTS})"
_FROM = "FROM commerce_order o WHERE o.merchant_id = %(merchant)s"
_FAMILY = """SELECT f.id FROM customers_customer f, customers_customer u WHERE f.merchant_id = %(merchant)s
  AND u.merchant_id = f.merchant_id AND u.id = {whom}
  AND coalesce(f.root_id, f.id) = coalesce(u.root_id, u.id)"""
_OF = f"o.customer_id IN ({_FAMILY.format(whom='%(customer)s')})"
# An order is seen by whoever sees one of its customer's conversations; one that waits by those who see all.
_SEEN = """EXISTS (SELECT FROM conversations_conversation c WHERE c.merchant_id = o.merchant_id AND c.root_id IS NULL
  AND c.customer_id IN ({family}) AND {seen})"""
_TRACKED = """o.id IN (SELECT s.order_id FROM commerce_shipment s
  WHERE s.merchant_id = %(merchant)s AND s.tracking <> '' AND s.tracking = %(tracking)s)"""

_VARIANT = ("id", "sku", "title", "currency", "price", "stock", "sells_without_stock")
_PRODUCT = f"""json_build_object({_object("p", ["id", "title", "kind", "url", "active", "store_id"])}, 'variants',
  coalesce((SELECT json_agg(json_build_object({_object("v", _VARIANT)}) ORDER BY v.id) FROM commerce_variant v
    WHERE v.merchant_id = p.merchant_id AND v.product_id = p.id AND v.gone_at IS NULL), '[]'::json))"""  # noqa: S608


def find(caller: Caller, query: OrderQuery, seen: tuple[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """(JSON, id) of orders, newest first."""
    asked = _asked(caller, seen)
    if query.number:
        asked.add("o.number_key = %(number)s", number=number_key(one_line(query.number, 60)))
    if query.tracking:
        asked.add(_TRACKED, tracking=one_line(query.tracking, 120))
    if query.customer is not None:
        asked.add(_OF, customer=query.customer)
    end = by_id(asked, query, "o.id")
    return several(f"SELECT {_ORDER}, o.id {_FROM} AND {asked.where}{end}", asked.values)


def order(caller: Caller, number: int, seen: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """One. Raises Http404."""
    asked = _asked(caller, seen)
    asked.add("o.id = %(id)s", id=number)
    return one(f"SELECT {_ORDER} {_FROM} AND {asked.where}", asked.values)


def products(caller: Caller, query: ProductQuery) -> list[tuple[Any, ...]]:
    """(JSON, id) of what is for sale or was, newest first; what a store deleted is left out."""
    asked = Asked(["p.gone_at IS NULL"], {"merchant": caller.merchant.id})
    if query.q:
        words = one_line(query.q, 100).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        asked.add("p.title ILIKE %(pattern)s", pattern=f"%{words}%")
    end = by_id(asked, query, "p.id")
    where = f"p.merchant_id = %(merchant)s AND {asked.where}"
    return several(f"SELECT {_PRODUCT}, p.id FROM commerce_product p WHERE {where}{end}", asked.values)  # noqa: S608


def _asked(caller: Caller, seen: tuple[str, dict[str, Any]]) -> Asked:
    asked = Asked(["true"], {"merchant": caller.merchant.id})
    if seen[1]:
        asked.add(_SEEN.format(family=_FAMILY.format(whom="o.customer_id"), seen=seen[0]), **seen[1])
    return asked
