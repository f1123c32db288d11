"""What GraphQL answers, as orders and products. Field by field as asked for in `wanted`."""

from __future__ import annotations

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
    StoreShipment,
    StoreVariant,
)
from ..adapter import StoreSettings
from ..marks import key_in, without_key
from ..moments import must, when
from .money import Node, minor

_PAYMENTS = {"Settled": "captured", "Authorized": "authorised", "Created": "pending", "Cancelled": "voided"}
_REFUNDS = {"Settled": "done", "Failed": "failed"}
_PARCELS = {
    "Created": "waiting",
    "Pending": "waiting",
    "Shipped": "sent",
    "Delivered": "delivered",
    "Cancelled": "cancelled",
}
_ADDRESS = {
    "name": "fullName",
    "company": "company",
    "line1": "streetLine1",
    "line2": "streetLine2",
    "postcode": "postalCode",
    "city": "city",
    "region": "province",
    "country": "countryCode",
    "phone": "phoneNumber",
}


def order(node: Node, places: int, store: StoreSettings) -> StoreOrder:
    """`places`: digits of the shop's money. Raises Unreadable when something needed is missing."""
    try:
        return _order(node, places, store)
    except (KeyError, TypeError, AttributeError, ValueError, Unreadable) as why:
        raise Unreadable(f"{node.get('code') or '?'}: {why}") from why


def product(node: Node, places: int, store: StoreSettings) -> StoreProduct:
    """Raises Unreadable when something needed is missing."""
    try:
        return _product(node, places, store)
    except (KeyError, TypeError, AttributeError, ValueError, Unreadable) as why:
        raise Unreadable(f"{node.get('name') or '?'}: {why}") from why


def back_office(store: StoreSettings, external_id: str) -> str:
    """Where staff see the order, with the dashboard where Vendure puts it."""
    return f"{store.address}/admin/orders/{external_id}"


def _order(node: Node, places: int, store: StoreSettings) -> StoreOrder:
    currency = str(node["currencyCode"])
    refunds = tuple(_refund(each, currency, places) for paid in node["payments"] or () for each in paid["refunds"])
    lines = tuple(_line(each, refunds, currency, places) for each in node["lines"])
    more = tuple(_surcharge(each, currency, places) for each in node.get("surcharges") or ())
    payments = tuple(_payment(each, currency, places) for each in node["payments"] or ())
    buyer, ours = node.get("customer") or {}, node.get("customFields") or {}
    total, is_off = minor(node["totalWithTax"], currency, places), node["state"] == "Cancelled"
    discounts = _discounts(node, currency, places)
    external_id = str(node["id"])
    return StoreOrder(
        external_id=external_id,
        number=str(node["code"]),
        currency=currency,
        # Of what is cancelled Vendure takes the price away; people ask about what they paid.
        total=max(total, sum(e.amount for e in payments if e.state == "captured")) if is_off else total,
        placed_at=must(node["orderPlacedAt"]),
        lines=lines + more,
        payments=payments,
        refunds=refunds,
        discounts=discounts,
        shipments=tuple(_shipment(each) for each in node.get("fulfillments") or ()),
        email=str(buyer.get("emailAddress") or ""),
        phone=str(buyer.get("phoneNumber") or ""),
        name=" ".join(str(buyer[part]) for part in ("firstName", "lastName") if buyer.get(part)),
        account=str(buyer["id"]) if buyer.get("user") else "",
        ship_to=_address(node.get("shippingAddress")),
        bill_to=_address(node.get("billingAddress")),
        subtotal=sum(each.price * each.quantity for each in lines + more),
        discount=sum(each.amount for each in discounts),
        shipping=minor(node["shippingWithTax"], currency, places),
        tax=sum(minor(each["taxTotal"], currency, places) for each in node.get("taxSummary") or ()),
        kind=ours["pressZeroKind"] if ours.get("pressZeroKind") in ("replacement", "exchange") else "sale",
        key=str(ours.get("pressZeroKey") or ""),
        url=back_office(store, external_id),
        cancelled_at=when(node["updatedAt"]) if is_off else None,
        updated_at=when(node["updatedAt"]),
    )


def _line(node: Node, refunds: tuple[StoreRefund, ...], currency: str, places: int) -> StoreLine:
    """Pieces that were cancelled count as bought, so that what came back of them adds up."""
    left = int(node["quantity"])
    pieces = max(left, int(node["orderPlacedQuantity"] or 0))
    price = minor(node["unitPriceWithTax"], currency, places)
    total = minor(node["proratedLinePriceWithTax"], currency, places)
    total += (pieces - left) * minor(node["proratedUnitPriceWithTax"], currency, places)
    back = sum(n for each in refunds if each.state != "failed" for line, n in each.lines if line == str(node["id"]))
    thing = node["productVariant"]
    return StoreLine(
        title=str(thing["name"]),
        quantity=pieces,
        price=price,
        total=total,
        external_id=str(node["id"]),
        variant=str(thing["id"]),
        sku=str(thing.get("sku") or ""),
        discount=price * pieces - total,
        tax=minor(node["proratedLinePriceWithTax"] - node["proratedLinePrice"], currency, places),
        refunded=min(back, pieces),
    )


def _surcharge(node: Node, currency: str, places: int) -> StoreLine:
    price = minor(node["priceWithTax"], currency, places)
    return StoreLine(str(node["description"]), 1, price, price, external_id=f"surcharge-{node['id']}")


def _payment(node: Node, currency: str, places: int) -> StorePayment:
    brand, digits = _card(node.get("metadata"))
    method = str(node["method"])
    return StorePayment(
        amount=minor(node["amount"], currency, places),
        state=_PAYMENTS.get(str(node["state"]), "failed"),
        at=must(node["createdAt"]),
        external_id=str(node["id"]),
        method="card" if digits else method,
        label=f"{brand} •••• {digits}" if digits else method,
        instrument=f"{brand}:{digits}".lower() if digits else "",
    )


def _card(metadata: Any) -> tuple[str, str]:
    """Brand and last four digits, where the payment's plugin writes them down. Each names them in its own way."""
    said: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    public = said.get("public")
    said = {**said, **(public if isinstance(public, dict) else {})}
    brand = next((said[name] for name in ("brand", "cardBrand", "cardType", "card_brand") if said.get(name)), "")
    digits = next((said[name] for name in ("last4", "lastFour", "cardLast4", "last_four") if said.get(name)), "")
    found = str(digits)
    return (str(brand)[:30].title() or "Card", found) if len(found) == 4 and found.isdecimal() else ("", "")


def _refund(node: Node, currency: str, places: int) -> StoreRefund:
    return StoreRefund(
        amount=minor(node["total"], currency, places),
        at=must(node["createdAt"]),
        external_id=str(node["id"]),
        shipping=minor(node.get("shipping") or 0, currency, places),
        reason=without_key(node.get("reason")),
        state=_REFUNDS.get(str(node["state"]), "pending"),
        key=key_in(node.get("reason")),
        lines=_pieces(node),
    )


def _shipment(node: Node) -> StoreShipment:
    state = _PARCELS.get(str(node["state"]), "sent")
    moved = when(node["updatedAt"])
    return StoreShipment(
        external_id=str(node["id"]),
        state=state,
        carrier=str(node.get("method") or ""),
        tracking=str(node.get("trackingCode") or ""),
        lines=_pieces(node),
        sent_at=moved if state == "sent" else when(node["createdAt"]) if state == "delivered" else None,
        delivered_at=moved if state == "delivered" else None,
    )


def _pieces(node: Node) -> tuple[tuple[str, int], ...]:
    return tuple((str(each["orderLineId"]), int(each["quantity"])) for each in node.get("lines") or ())


def _discounts(node: Node, currency: str, places: int) -> tuple[StoreDiscount, ...]:
    """Each with the sum it took off. Vendure says what a deal is called, and the codes beside them."""
    codes = [str(each) for each in node.get("couponCodes") or ()]
    found = [
        StoreDiscount(-minor(each["amountWithTax"], currency, places), title=str(each["description"]))
        for each in node.get("discounts") or ()
    ]
    if len(codes) == 1 and len(found) == 1:
        return (StoreDiscount(found[0].amount, codes[0], found[0].title),)
    return (*found, *(StoreDiscount(0, code) for code in codes))


def _address(node: Any) -> Address | None:
    if not node or not any(node.get(name) for name in _ADDRESS.values()):
        return None
    return Address(**{name: str(node.get(theirs) or "") for name, theirs in _ADDRESS.items()})


def address_out(address: Address) -> dict[str, str]:
    """An address as Vendure takes it; every part, so that nothing of the old one stays."""
    return {theirs: str(getattr(address, name)) for name, theirs in _ADDRESS.items()}


def _product(node: Node, places: int, store: StoreSettings) -> StoreProduct:
    variants = [each for each in node["variants"] if each["currencyCode"] == store.currency or not store.currency]
    page = str(store.settings.get("product_page", ""))
    return StoreProduct(
        external_id=str(node["id"]),
        title=str(node["name"]),
        currency=store.currency,
        variants=tuple(_variant(each, str(node["name"]), places) for each in variants),
        url=page.replace("{slug}", str(node.get("slug") or "")) if page else "",
        picture_url=str((node.get("featuredAsset") or {}).get("preview") or ""),
        active=bool(node["enabled"]),
        updated_at=when(node["updatedAt"]),
    )


def _variant(node: Node, product_name: str, places: int) -> StoreVariant:
    """Vendure writes a variant's name with its product's before it: "Hiking boots 38"."""
    counted = node["trackInventory"] != "FALSE"
    stock = sum(int(e["stockOnHand"]) - int(e["stockAllocated"]) for e in node.get("stockLevels") or ())
    return StoreVariant(
        external_id=str(node["id"]),
        price=minor(node["priceWithTax"], str(node["currencyCode"]), places),
        title=str(node["name"]).removeprefix(product_name).strip(),
        sku=str(node.get("sku") or ""),
        stock=stock if counted else None,
        sells_without_stock=not counted,
    )
