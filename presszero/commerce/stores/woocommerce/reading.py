"""What the shop's REST API answers, as orders and products.

https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
"""

from __future__ import annotations

from collections.abc import Sequence
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
from .money import Node, minor, must, unix, when, with_tax

KEY, KIND = "press_zero", "press_zero_kind"  # meta data of what we made
TRACKING = "_wc_shipment_tracking_items"  # where the usual tracking plugins keep parcels
NOT_YET = frozenset({"checkout-draft", "auto-draft", "trash"})  # no orders, or no more
_UNPAID = {"failed": "failed", "cancelled": "voided"}
_ADDRESS = {
    "company": "company",
    "line1": "address_1",
    "line2": "address_2",
    "postcode": "postcode",
    "city": "city",
    "region": "state",
    "country": "country",
    "phone": "phone",
}


def order(node: Node, refunds: Sequence[Node], store: StoreSettings) -> StoreOrder:
    """`refunds`: of the order, whole, as the API lists them. Raises Unreadable when something needed is missing."""
    try:
        return _order(node, refunds, store)
    except (KeyError, TypeError, AttributeError, ValueError, Unreadable) as why:
        raise Unreadable(f"{node.get('number') or '?'}: {why}") from why


def product(node: Node, variations: Sequence[Node], store: StoreSettings) -> StoreProduct:
    """`variations`: of a variable product. Raises Unreadable when something needed is missing."""
    try:
        return _product(node, variations, store)
    except (KeyError, TypeError, AttributeError, ValueError, Unreadable) as why:
        raise Unreadable(f"{node.get('name') or '?'}: {why}") from why


def meta(node: Node) -> dict[str, Any]:
    """What plugins, and we, wrote beside a thing."""
    return {str(each.get("key")): each.get("value") for each in node.get("meta_data") or ()}


def back_office(store: StoreSettings, external_id: str) -> str:
    """Where staff see the order."""
    return f"{store.address}/wp-admin/admin.php?page=wc-orders&action=edit&id={external_id}"


def _order(node: Node, found: Sequence[Node], store: StoreSettings) -> StoreOrder:
    currency, status = str(node["currency"]), str(node["status"])
    refunds = tuple(_refund(each, currency) for each in found)
    lines = tuple(_line(each, refunds, currency) for each in node["line_items"])
    fees = tuple(_fee(each, currency) for each in node.get("fee_lines") or ())
    ours, bill, external_id = meta(node), node.get("billing") or {}, str(int(node["id"]))
    account = int(node.get("customer_id") or 0)
    return StoreOrder(
        external_id=external_id,
        number=str(node.get("number") or node["id"]),
        currency=currency,
        total=minor(node["total"], currency),
        placed_at=must(node["date_created_gmt"]),
        lines=lines + fees,
        payments=_payments(node, currency),
        refunds=refunds,
        discounts=tuple(_coupon(each, currency) for each in node.get("coupon_lines") or ()),
        shipments=_shipments(node),
        email=str(bill.get("email") or ""),
        phone=str(bill.get("phone") or ""),
        name=_name(bill) or _name(node.get("shipping") or {}),
        account=str(account) if account else "",
        ship_to=_address(node.get("shipping")),
        bill_to=_address(bill),
        note=str(node.get("customer_note") or ""),
        subtotal=sum(each.price * each.quantity for each in lines + fees),
        discount=with_tax(node.get("discount_total"), node.get("discount_tax"), currency),
        shipping=with_tax(node.get("shipping_total"), node.get("shipping_tax"), currency),
        tax=minor(node.get("total_tax"), currency),
        kind=str(ours[KIND]) if ours.get(KIND) in ("replacement", "exchange") else "sale",
        key=str(ours.get(KEY) or "")[:64],
        url=back_office(store, external_id),
        cancelled_at=when(node.get("date_modified_gmt")) if status == "cancelled" else None,
        updated_at=when(node.get("date_modified_gmt")),
    )


def _line(node: Node, refunds: Sequence[StoreRefund], currency: str) -> StoreLine:
    """A price is of one, tax included, before any code was taken off."""
    pieces = int(node["quantity"])
    whole = with_tax(node["subtotal"], node.get("subtotal_tax"), currency)
    total = with_tax(node["total"], node.get("total_tax"), currency)
    price = (2 * whole + pieces) // (2 * pieces) if pieces else whole
    line = str(int(node["id"]))
    return StoreLine(
        title=str(node["name"]),
        quantity=pieces,
        price=price,
        total=total,
        external_id=line,
        variant=str(int(node.get("variation_id") or node.get("product_id") or 0) or ""),
        sku=str(node.get("sku") or ""),
        discount=price * pieces - total,
        tax=minor(node.get("total_tax"), currency),
        refunded=min(pieces, sum(n for each in refunds for of, n in each.lines if of == line)),
    )


def _fee(node: Node, currency: str) -> StoreLine:
    price = with_tax(node["total"], node.get("total_tax"), currency)
    tax = minor(node.get("total_tax"), currency)
    return StoreLine(str(node["name"]), 1, price, price, external_id=f"fee-{int(node['id'])}", tax=tax)


def _payments(node: Node, currency: str) -> tuple[StorePayment, ...]:
    """An order has one payment, by one way to pay, and is paid once it has a date for it."""
    amount, paid_at = minor(node["total"], currency), when(node.get("date_paid_gmt"))
    if amount == 0 or not (paid_at or node.get("payment_method")):
        return ()
    state = "captured" if paid_at else _UNPAID.get(str(node["status"]), "pending")
    return (
        StorePayment(
            amount=amount,
            state=state,
            at=paid_at or must(node["date_created_gmt"]),
            external_id=str(node.get("transaction_id") or "")[:120] or str(int(node["id"])),
            method=str(node.get("payment_method") or ""),
            label=str(node.get("payment_method_title") or node.get("payment_method") or ""),
        ),
    )


def _refund(node: Node, currency: str) -> StoreRefund:
    """What we asked for has gone back once the gateway has done it; what staff wrote down has gone back anyhow."""
    reason = node.get("reason")
    key = key_in(reason) or str(meta(node).get(KEY) or "")[:64]
    pieces = []
    for each in node.get("line_items") or ():
        line, count = meta(each).get("_refunded_item_id"), abs(int(each.get("quantity") or 0))
        if line and count:
            pieces.append((str(int(line)), count))
    shipping = sum(
        -with_tax(each.get("total"), each.get("total_tax"), currency) for each in node.get("shipping_lines") or ()
    )
    return StoreRefund(
        amount=minor(node["amount"], currency),
        at=must(node["date_created_gmt"]),
        external_id=str(int(node["id"])),
        shipping=max(shipping, 0),
        reason=without_key(reason),
        state="pending" if key and not node.get("refunded_payment") else "done",
        key=key,
        lines=tuple(pieces),
    )


def _shipments(node: Node) -> tuple[StoreShipment, ...]:
    """WooCommerce itself knows no parcels: its tracking plugins do, and else a finished order has left the house."""
    parcels = meta(node).get(TRACKING)
    found = tuple(_parcel(each) for each in parcels if isinstance(each, dict)) if isinstance(parcels, list) else ()
    if found or node["status"] != "completed":
        return found
    return (StoreShipment("completed", "sent", sent_at=when(node.get("date_completed_gmt"))),)


def _parcel(said: Node) -> StoreShipment:
    tracking, sent = str(said.get("tracking_number") or ""), str(said.get("date_shipped") or "")
    return StoreShipment(
        external_id=str(said.get("tracking_id") or tracking)[:120],
        carrier=str(said.get("tracking_provider") or said.get("custom_tracking_provider") or ""),
        tracking=tracking,
        tracking_url=str(said.get("custom_tracking_link") or ""),
        sent_at=unix(sent) if sent.isdecimal() else None,
    )


def _coupon(node: Node, currency: str) -> StoreDiscount:
    return StoreDiscount(with_tax(node.get("discount"), node.get("discount_tax"), currency), str(node["code"]))


def _name(node: Node) -> str:
    return " ".join(str(node[part]) for part in ("first_name", "last_name") if node.get(part))


def _address(node: Any) -> Address | None:
    if not node or not any(node.get(name) for name in _ADDRESS.values()):
        return None
    return Address(name=_name(node), **{name: str(node.get(theirs) or "") for name, theirs in _ADDRESS.items()})


def address_out(address: Address) -> dict[str, str]:
    """An address as WooCommerce takes it; every part, so that nothing of the old one stays."""
    first, _space, last = address.name.rpartition(" ")
    return {
        "first_name": first,
        "last_name": last,
        **{theirs: str(getattr(address, name)) for name, theirs in _ADDRESS.items()},
    }


def _product(node: Node, variations: Sequence[Node], store: StoreSettings) -> StoreProduct:
    pictures = node.get("images") or [{}]
    sold = (
        [each for each in variations if each.get("price") not in (None, "")] if node["type"] == "variable" else [node]
    )
    return StoreProduct(
        external_id=str(int(node["id"])),
        title=str(node["name"]),
        currency=store.currency,
        variants=tuple(_variant(each, node, store.currency) for each in sold),
        kind=next((str(each.get("name") or "") for each in node.get("categories") or ()), ""),
        url=str(node.get("permalink") or ""),
        picture_url=str(pictures[0].get("src") or ""),
        active=node.get("status") == "publish",
        updated_at=when(node.get("date_modified_gmt")),
    )


def _variant(node: Node, parent: Node, currency: str) -> StoreVariant:
    """`manage_stock` of a variation may be "parent": the product counts for all of them."""
    counts = parent if node.get("manage_stock") == "parent" else node
    stock = (
        int(counts["stock_quantity"])
        if counts.get("manage_stock") and counts.get("stock_quantity") is not None
        else None
    )
    if stock is None and node.get("stock_status") == "outofstock":
        stock = 0
    cost = (node.get("cost_of_goods_sold") or {}).get("total_value")
    options = [str(each.get("option") or "") for each in node.get("attributes") or ()] if node is not parent else []
    return StoreVariant(
        external_id=str(int(node["id"])),
        price=minor(node.get("price"), currency),
        title=", ".join(each for each in options if each),
        sku=str(node.get("sku") or ""),
        cost=minor(cost, currency) if cost else None,
        stock=stock,
        sells_without_stock=bool(node.get("backorders_allowed")),
    )
