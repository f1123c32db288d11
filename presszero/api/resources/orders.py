"""/orders and /products"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query

from presszero.conversations.queries.sight import seen_by

from ..operations import Call, Resource
from ..reads import customers, orders
from ..reads.rows import listed
from ..shapes.kinds import Page, Paging, PathId
from ..shapes.orders import OrderOut, OrderQuery, ProductOut, ProductQuery

resource = Resource("orders")


@resource.get("/orders", "orders:read", Page[OrderOut])
def list_orders(request: Call, query: Query[OrderQuery]) -> HttpResponse:
    """List orders

    What came in last first. By number, by tracking number, or of a customer.
    """
    return listed(request, orders.find(request.auth, query, seen_by(request.auth.eyes)), query.limit)


@resource.get("/orders/{order_id}", "orders:read", OrderOut)
def get_order(request: Call, order_id: PathId) -> dict[str, Any]:
    """Get an order

    With its lines, payments, refunds and parcels, and what was promised of it.
    """
    return orders.order(request.auth, order_id, seen_by(request.auth.eyes))


@resource.get("/customers/{customer_id}/orders", "orders:read", Page[OrderOut])
def list_customer_orders(request: Call, customer_id: PathId, query: Query[Paging]) -> HttpResponse:
    """List a customer's orders

    Those placed under an address that they have proven, or that a member gave them; of everyone merged into them.
    """
    row = customers.row(request.auth, customer_id)
    wanted = OrderQuery.model_validate({**query.model_dump(), "customer": row.id})
    return listed(request, orders.find(request.auth, wanted, seen_by(request.auth.eyes)), query.limit)


@resource.get("/products", "products:read", Page[ProductOut])
def list_products(request: Call, query: Query[ProductQuery]) -> HttpResponse:
    """List products

    With their variants, prices and stock. `q` finds part of a title.
    """
    return listed(request, orders.products(request.auth, query), query.limit)
