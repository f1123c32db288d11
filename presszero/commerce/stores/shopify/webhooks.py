"""Webhooks: whether one is genuine, what it is about, and what it says.

Only the body is signed, not the headers: who replays one under another topic must gain nothing. So a webhook about an
order or a product makes us look at the shop, where the truth is; a new order is shown at once and looked at as well.
https://shopify.dev/docs/apps/build/webhooks
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from presszero.channels.adapter import Request, Unreadable

from ...vocabulary import Address, Changed, Disconnected, News, StoreCart, StoreLine, StoreOrder
from .. import signed
from ..adapter import StoreSettings
from ..moments import when
from .money import amount, minor, number, total
from .reading import KEY, back_office, sort_of

# As subscribed to, in GraphQL's spelling, and as the header says it.
TOPICS = {
    "ORDERS_CREATE": "orders/create",
    "ORDERS_UPDATED": "orders/updated",
    "ORDERS_CANCELLED": "orders/cancelled",
    "ORDERS_DELETE": "orders/delete",
    "ORDERS_PAID": "orders/paid",
    "REFUNDS_CREATE": "refunds/create",
    "FULFILLMENTS_CREATE": "fulfillments/create",
    "FULFILLMENTS_UPDATE": "fulfillments/update",
    "PRODUCTS_CREATE": "products/create",
    "PRODUCTS_UPDATE": "products/update",
    "PRODUCTS_DELETE": "products/delete",
    "CARTS_CREATE": "carts/create",
    "CARTS_UPDATE": "carts/update",
    "CHECKOUTS_CREATE": "checkouts/create",
    "CHECKOUTS_UPDATE": "checkouts/update",
    "APP_UNINSTALLED": "app/uninstalled",
}
Body = Mapping[str, Any]


def verify(request: Request, secret: str) -> None:
    """Raises BadSignature unless X-Shopify-Hmac-Sha256 is of these very bytes."""
    signed.verify(request, secret, "x-shopify-hmac-sha256")


def event_id(request: Request) -> str:
    """One event goes out under several topics, so the event's own id is not enough; a retry has the same webhook id."""
    found = request.headers.get("x-shopify-webhook-id") or request.headers.get("x-shopify-event-id", "")
    return f"{request.headers.get('x-shopify-topic', '')}:{found}" if found else ""


def about(body: bytes) -> str:
    """The order's id, or whatever else it is about."""
    said = json.loads(body)
    return number(said.get("order_id") or said.get("cart_token") or said.get("id") or "")


def news(body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
    """Raises Unreadable."""
    try:
        said = json.loads(body)
        if not isinstance(said, dict):
            raise Unreadable(_("Shopify sent something that is not about one thing."))
        return _news(headers.get("x-shopify-topic", ""), said, store)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        raise Unreadable(_("Shopify sent something we cannot read (%(what)s).") % {"what": str(why)[:200]}) from why


def _news(topic: str, said: Body, store: StoreSettings) -> list[News]:
    match topic.partition("/"):
        case ("orders", _slash, "create"):
            return [_order(said, store), Changed("order", str(int(said["id"])))]
        case ("orders", _slash, _what):
            return [Changed("order", str(int(said["id"])))]
        case ("refunds" | "fulfillments", _slash, _what):
            return [Changed("order", str(int(said["order_id"])))]
        case ("products", _slash, _what):
            return [Changed("product", str(int(said["id"])))]
        case ("carts" | "checkouts", _slash, _what):
            return [_cart(said, store)]
        case ("app", _slash, "uninstalled") if said.get("myshopify_domain") == store.address:
            return [Disconnected(_("The app was taken out of the shop. Install it again, and connect once more."))]
    return []


def _order(said: Body, store: StoreSettings) -> StoreOrder:
    """A new order, without its payments: those are not in it, and are looked at in the shop.

    It counts as older than anything the shop says when it is asked, since that is whole.
    """
    currency = str(said.get("presentment_currency") or said["currency"])
    lines = tuple(_line(each, currency) for each in said["line_items"])
    ours = {str(each.get("name")): str(each.get("value") or "") for each in said.get("note_attributes") or ()}
    buyer, ship_to = said.get("customer") or {}, _address(said.get("shipping_address"))
    external_id = str(int(said["id"]))
    placed_at = when(said.get("processed_at") or said["created_at"])
    if placed_at is None:
        raise Unreadable(_("An order without a date."))
    return StoreOrder(
        external_id=external_id,
        number=str(said["name"]),
        currency=currency,
        total=minor(said["total_price_set"], currency),
        placed_at=placed_at,
        lines=lines,
        email=str(said.get("email") or ""),
        phone=str(said.get("phone") or ""),
        name=_name(buyer) or (ship_to.name if ship_to else ""),
        account=number(buyer.get("id")),
        ship_to=ship_to,
        bill_to=_address(said.get("billing_address")),
        note=str(said.get("note") or ""),
        subtotal=sum(each.price * each.quantity for each in lines),
        discount=minor(said.get("total_discounts_set"), currency),
        shipping=minor(said.get("total_shipping_price_set"), currency),
        tax=minor(said.get("total_tax_set"), currency),
        captured=minor(said["total_price_set"], currency) if said.get("financial_status") == "paid" else None,
        kind=sort_of(ours),
        key=ours.get(KEY, "")[:64],
        url=back_office(store, external_id),
        cancelled_at=when(said.get("cancelled_at")),
        updated_at=(when(said.get("created_at")) or placed_at) - timedelta(seconds=1),
    )


def _line(said: Body, currency: str) -> StoreLine:
    price, pieces = minor(said["price_set"], currency), int(said["quantity"])
    discount = total((each.get("amount_set") for each in said.get("discount_allocations") or ()), currency)
    title = str(said.get("title") or said.get("name") or "")
    return StoreLine(
        title=f"{title}, {said['variant_title']}" if said.get("variant_title") else title,
        quantity=pieces,
        price=price,
        total=price * pieces - discount,
        external_id=number(said["id"]),
        variant=number(said.get("variant_id")),
        sku=str(said.get("sku") or ""),
        discount=discount,
        tax=total((each.get("price_set") for each in said.get("tax_lines") or ()), currency),
    )


def _cart(said: Body, store: StoreSettings) -> StoreCart:
    """A cart, and the checkout that it becomes: one thing to us, and over once it is an order."""
    currency = str(said.get("presentment_currency") or said.get("currency") or store.currency)
    lines = tuple(_cart_line(each, currency) for each in said["line_items"] or ())
    whole = said.get("total_price")
    return StoreCart(
        external_id=str(said.get("cart_token") or said.get("token") or said["id"])[:120],
        currency=currency,
        total=amount(whole, currency) if whole is not None else sum(each.total for each in lines),
        lines=lines,
        email=str(said.get("email") or ""),
        url=str(said.get("abandoned_checkout_url") or ""),
        ended=bool(said.get("completed_at")) or not lines,
        updated_at=when(said.get("updated_at")),
    )


def _cart_line(said: Body, currency: str) -> StoreLine:
    price, pieces = amount(said.get("price"), currency), int(said.get("quantity") or 0)
    return StoreLine(
        title=str(said.get("title") or ""),
        quantity=pieces,
        price=price,
        total=amount(said.get("line_price"), currency) if said.get("line_price") else price * pieces,
        variant=number(said.get("variant_id")),
        sku=str(said.get("sku") or ""),
    )


def _address(said: Any) -> Address | None:
    if not said:
        return None
    ours = {
        "company": "company",
        "line1": "address1",
        "line2": "address2",
        "postcode": "zip",
        "city": "city",
        "region": "province_code",
        "country": "country_code",
        "phone": "phone",
    }
    parts = {name: str(said.get(theirs) or "") for name, theirs in ours.items()}
    return Address(name=str(said.get("name") or _name(said)), **parts)


def _name(said: Body) -> str:
    return " ".join(str(said[part]) for part in ("first_name", "last_name") if said.get(part))
