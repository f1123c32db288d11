"""What GraphQL answers, as orders and products. Field by field as asked for in `wanted`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from presszero.channels.adapter import Unreadable

from ...vocabulary import (
    Address,
    StoreDiscount,
    StoreLine,
    StoreOrder,
    StorePayment,
    StoreProduct,
    StoreRefund,
    StoreReturn,
    StoreShipment,
    StoreVariant,
)
from ..adapter import StoreSettings
from ..marks import key_in, without_key
from ..moments import when
from .money import Node, amount, minor, nodes, number, total

KEY, KIND = "press_zero", "press_zero_kind"  # custom attributes of what we made

_PAYMENTS = {"SUCCESS": "captured", "PENDING": "pending", "AWAITING_RESPONSE": "pending", "UNKNOWN": "pending"}
_METHODS = {"shopify_payments": "card", "bogus": "card", "manual": "transfer", "shopify_store_credit": "credit"}
_PARCELS = {
    "DELIVERED": "delivered",
    "IN_TRANSIT": "in_transit",
    "OUT_FOR_DELIVERY": "out_for_delivery",
    "ATTEMPTED_DELIVERY": "exception",
    "DELAYED": "exception",
    "FAILURE": "exception",
    "NOT_DELIVERED": "exception",
    "LABEL_PRINTED": "waiting",
    "CONFIRMED": "waiting",
}
_RETURNS = {"CLOSED": "closed", "DECLINED": "refused", "CANCELED": "cancelled"}


def order(node: Node, store: StoreSettings) -> StoreOrder:
    """Raises Unreadable when something needed is missing."""
    name = str(node.get("name") or "?")
    try:
        return _order(node, store)
    except (KeyError, TypeError, AttributeError, ValueError) as why:
        raise Unreadable(f"{name}: {why}") from why
    except Unreadable as why:
        raise Unreadable(f"{name}: {why}") from why


def product(node: Node, store: StoreSettings) -> StoreProduct:
    """Raises Unreadable when something needed is missing."""
    try:
        return _product(node, store)
    except (KeyError, TypeError, AttributeError, ValueError) as why:
        raise Unreadable(f"{node.get('title') or '?'}: {why}") from why


def line(node: Node, currency: str) -> StoreLine:
    """`price` is of one before discounts; `total` what the buyer pays for all of it."""
    price, pieces = minor(node["originalUnitPriceSet"], currency), int(node["quantity"])
    discount = total((each.get("allocatedAmountSet") for each in node.get("discountAllocations") or ()), currency)
    title = str(node.get("title") or "")
    return StoreLine(
        title=f"{title}, {node['variantTitle']}" if node.get("variantTitle") else title,
        quantity=pieces,
        price=price,
        total=price * pieces - discount,
        external_id=number(node["id"]),
        variant=number((node.get("variant") or {}).get("legacyResourceId")),
        sku=str(node.get("sku") or ""),
        discount=discount,
        tax=total((each.get("priceSet") for each in node.get("taxLines") or ()), currency),
    )


def variant(node: Node, currency: str) -> StoreVariant:
    item = node.get("inventoryItem") or {}
    cost = item.get("unitCost") or {}
    counted = item.get("tracked", True) and node.get("inventoryQuantity") is not None
    return StoreVariant(
        external_id=str(node["legacyResourceId"]),
        price=amount(node["price"], currency),
        title="" if node.get("title") == "Default Title" else str(node.get("title") or ""),
        sku=str(node.get("sku") or ""),
        cost=amount(cost["amount"], currency) if cost.get("currencyCode") == currency else None,
        stock=int(node["inventoryQuantity"]) if counted else None,
        sells_without_stock=node.get("inventoryPolicy") == "CONTINUE",
    )


def attributes(node: Node) -> dict[str, str]:
    """The custom attributes, ours among them."""
    return {str(each.get("key")): str(each.get("value") or "") for each in node.get("customAttributes") or ()}


def sort_of(ours: Node) -> str:
    """sale · replacement · exchange, by what we wrote on the order when we made it."""
    said = str(ours.get(KIND, ""))
    return said if said in ("replacement", "exchange") else "sale"


def _order(node: Node, store: StoreSettings) -> StoreOrder:
    currency = str(node["presentmentCurrencyCode"])
    lines = tuple(line(each, currency) for each in nodes(node["lineItems"]))
    buyer, ours = node.get("customer") or {}, attributes(node)
    ship_to = _address(node.get("shippingAddress"))
    external_id = str(node["legacyResourceId"])
    return StoreOrder(
        external_id=external_id,
        number=str(node["name"]),
        currency=currency,
        total=minor(node["totalPriceSet"], currency),
        placed_at=_must(node.get("processedAt") or node.get("createdAt")),
        lines=lines,
        payments=_payments(nodes(node.get("transactions")), currency),
        refunds=tuple(_refund(each, currency) for each in nodes(node.get("refunds"))),
        discounts=_discounts(node, currency),
        shipments=tuple(_shipment(each) for each in nodes(node.get("fulfillments"))),
        returns=tuple(_return(each) for each in nodes(node.get("returns"))),
        email=str(node.get("email") or ""),
        phone=str(node.get("phone") or ""),
        name=str(buyer.get("displayName") or (ship_to.name if ship_to else "")),
        account=number(buyer.get("legacyResourceId")),
        ship_to=ship_to,
        bill_to=_address(node.get("billingAddress")),
        note=str(node.get("note") or ""),
        subtotal=sum(each.price * each.quantity for each in lines),
        discount=minor(node.get("totalDiscountsSet"), currency),
        shipping=minor(node.get("totalShippingPriceSet"), currency),
        tax=minor(node.get("totalTaxSet"), currency),
        kind=sort_of(ours),
        key=ours.get(KEY, "")[:64],
        url=back_office(store, external_id),
        cancelled_at=when(node.get("cancelledAt")),
        updated_at=when(node.get("updatedAt")),
    )


def back_office(store: StoreSettings, external_id: str) -> str:
    """Where staff see the order; "" for a shop that is not at Shopify's own address."""
    handle, dot, rest = store.address.partition(".")
    return f"https://admin.shopify.com/store/{handle}/orders/{external_id}" if rest == "myshopify.com" else ""


def _payments(found: list[Any], currency: str) -> tuple[StorePayment, ...]:
    """Money that came. A reservation counts until it was taken or let go."""
    ended = {
        (each.get("parentTransaction") or {}).get("id"): each["kind"]
        for each in found
        if each["kind"] in ("CAPTURE", "VOID") and each["status"] == "SUCCESS"
    }
    kept = []
    for each in found:
        state = _PAYMENTS.get(each["status"], "failed")
        if each["kind"] == "AUTHORIZATION":
            if ended.get(each["id"]) == "CAPTURE":
                continue
            state = "voided" if each["id"] in ended else "authorised" if state == "captured" else state
        elif each["kind"] not in ("SALE", "CAPTURE"):
            continue
        kept.append(_payment(each, state, currency))
    return tuple(kept)


def _payment(node: Node, state: str, currency: str) -> StorePayment:
    card = node.get("paymentDetails") or {}
    company, digits = str(card.get("company") or ""), re.sub(r"\D", "", str(card.get("number") or ""))[-4:]
    gateway = str(node.get("gateway") or "")
    return StorePayment(
        amount=minor(node["amountSet"], currency),
        state=state,
        at=_must(node.get("processedAt") or node.get("createdAt")),
        external_id=number(node["id"]),
        method="card" if company else _METHODS.get(gateway, gateway),
        label=f"{company} •••• {digits}" if company and digits else str(node.get("formattedGateway") or gateway),
        instrument=f"{company}:{digits}".lower() if company and digits else "",
    )


def _refund(node: Node, currency: str) -> StoreRefund:
    moved = [each for each in nodes(node.get("transactions")) if each["kind"] == "REFUND"]
    states = {each["status"] for each in moved}
    back = [each for each in moved if each["status"] not in ("FAILURE", "ERROR")] or moved
    note = str(node.get("note") or "")
    return StoreRefund(
        amount=total((each["amountSet"] for each in back), currency),
        at=_must(node["createdAt"]),
        external_id=str(node["legacyResourceId"]),
        shipping=sum(
            minor(each.get("subtotalAmountSet"), currency) + minor(each.get("taxAmountSet"), currency)
            for each in nodes(node.get("refundShippingLines"))
        ),
        reason=without_key(note),
        state="done" if not moved or "SUCCESS" in states else "pending" if states & set(_PAYMENTS) else "failed",
        key=key_in(note),
        lines=_pieces(nodes(node.get("refundLineItems")), "lineItem"),
    )


def _shipment(node: Node) -> StoreShipment:
    tracking: Node = (node.get("trackingInfo") or [{}])[0] or {}
    origin: Node = node.get("originAddress") or {}
    cancelled = node.get("status") in ("CANCELLED", "ERROR", "FAILURE")
    return StoreShipment(
        external_id=str(node["legacyResourceId"]),
        state="cancelled" if cancelled else _PARCELS.get(str(node.get("displayStatus")), "sent"),
        carrier=str(tracking.get("company") or ""),
        tracking=str(tracking.get("number") or ""),
        tracking_url=str(tracking.get("url") or ""),
        lines=_pieces(nodes(node.get("fulfillmentLineItems")), "lineItem"),
        sent_at=when(node.get("createdAt")),
        expected_at=when(node.get("estimatedDeliveryAt")),
        delivered_at=when(node.get("deliveredAt")),
        warehouse=", ".join(str(origin[name]) for name in ("city", "countryCode") if origin.get(name)),
    )


def _return(node: Node) -> StoreReturn:
    found = nodes(node.get("returnLineItems"))
    notes = [without_key(each.get("returnReasonNote")) for each in found]
    flat = [{**each, "lineItem": (each.get("fulfillmentLineItem") or {}).get("lineItem")} for each in found]
    return StoreReturn(
        external_id=number(node["id"]),
        state=_RETURNS.get(str(node.get("status")), "open"),
        reason=next((each for each in notes if each), ""),
        lines=_pieces(flat, "lineItem"),
        at=when(node.get("createdAt")),
    )


def _pieces(found: list[Any], name: str) -> tuple[tuple[str, int], ...]:
    return tuple((number(each[name]["id"]), int(each["quantity"])) for each in found if each.get(name))


def _discounts(node: Node, currency: str) -> tuple[StoreDiscount, ...]:
    """Shopify says the codes and the sum; the sum stands with the first code."""
    codes = [str(each) for each in node.get("discountCodes") or ()]
    whole = minor(node.get("totalDiscountsSet"), currency)
    if not codes:
        return (StoreDiscount(whole),) if whole else ()
    return tuple(StoreDiscount(whole if n == 0 else 0, code) for n, code in enumerate(codes))


def _product(node: Node, store: StoreSettings) -> StoreProduct:
    preview = ((node.get("featuredMedia") or {}).get("preview") or {}).get("image") or {}
    return StoreProduct(
        external_id=str(node["legacyResourceId"]),
        title=str(node["title"]),
        currency=store.currency,
        variants=tuple(variant(each, store.currency) for each in nodes(node["variants"])),
        kind=str(node.get("productType") or ""),
        url=str(node.get("onlineStoreUrl") or ""),
        picture_url=str(preview.get("url") or ""),
        active=node.get("status") == "ACTIVE",
        updated_at=when(node.get("updatedAt")),
    )


def _address(node: Any) -> Address | None:
    if not node:
        return None
    ours = {
        "name": "name",
        "company": "company",
        "line1": "address1",
        "line2": "address2",
        "postcode": "zip",
        "city": "city",
        "region": "provinceCode",
        "country": "countryCodeV2",
        "phone": "phone",
    }
    return Address(**{name: str(node.get(theirs) or "") for name, theirs in ours.items()})


def _must(said: Any) -> datetime:
    return when(said) or datetime.fromtimestamp(0, UTC)
