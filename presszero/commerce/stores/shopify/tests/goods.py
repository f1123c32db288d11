"""What stands in the fake shop: orders and products as Shopify's GraphQL writes them."""

from __future__ import annotations

from typing import Any

PLACED = "2026-10-30T09:15:00Z"


def bag(amount: str, currency: str = "GBP") -> dict[str, Any]:
    return {"presentmentMoney": {"amount": amount, "currencyCode": currency}}


def order_node(number: int, total: str = "100.00", **more: Any) -> dict[str, Any]:
    """Ada's order, paid by card: two pairs of laces and her boots."""
    boots = f"{float(total) - 8:.2f}"
    node: dict[str, Any] = {
        "legacyResourceId": str(number),
        "name": f"#{number}",
        "email": "ada@example.com",
        "phone": None,
        "note": None,
        "createdAt": PLACED,
        "processedAt": PLACED,
        "updatedAt": PLACED,
        "cancelledAt": None,
        "presentmentCurrencyCode": "GBP",
        "customAttributes": [],
        "customer": {"legacyResourceId": "207119551", "displayName": "Ada Kowalski"},
        "shippingAddress": {
            "name": "Ada Kowalski",
            "company": None,
            "address1": "1 Mill Lane",
            "address2": None,
            "zip": "LS1 4AB",
            "city": "Leeds",
            "provinceCode": "ENG",
            "countryCodeV2": "GB",
            "phone": None,
        },
        "billingAddress": None,
        "totalPriceSet": bag(total),
        "totalDiscountsSet": bag("0.0"),
        "totalShippingPriceSet": bag("0.0"),
        "totalTaxSet": bag("0.0"),
        "discountCodes": [],
        "lineItems": _lines(number, boots),
        "transactions": [_sale(number, total)],
        "refunds": [],
        "fulfillments": [],
        "returns": {"nodes": []},
    }
    return {**node, **more}


def _lines(number: int, boots: str) -> dict[str, Any]:
    return {
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "nodes": [
            line_node(number * 10 + 1, "Juniper boots", "Brown / 42", 1, boots),
            line_node(number * 10 + 2, "Laces", None, 2, "4.00"),
        ],
    }


def _sale(number: int, total: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/OrderTransaction/{number * 10 + 5}",
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "formattedGateway": "Shopify payments",
        "createdAt": PLACED,
        "processedAt": PLACED,
        "amountSet": bag(total),
        "parentTransaction": None,
        "paymentDetails": {"company": "Visa", "number": "•••• •••• •••• 4242"},
    }


def product_node(number: int, title: str, **more: Any) -> dict[str, Any]:
    variant = {
        "legacyResourceId": str(number * 10),
        "title": "Default Title",
        "sku": f"SKU-{number}",
        "price": "92.00",
        "inventoryQuantity": 3,
        "inventoryPolicy": "DENY",
        "inventoryItem": {"tracked": True, "unitCost": {"amount": "40.0", "currencyCode": "GBP"}},
    }
    node = {
        "legacyResourceId": str(number),
        "title": title,
        "productType": "Boots",
        "onlineStoreUrl": "https://juniper.example/boots",
        "status": "ACTIVE",
        "updatedAt": PLACED,
        "featuredMedia": None,
        "variants": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [variant]},
    }
    return {**node, **more}


def line_node(number: int, title: str, variant: str | None, pieces: int, price: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": title,
        "variantTitle": variant,
        "sku": title[:3].upper(),
        "quantity": pieces,
        "variant": {"legacyResourceId": "10"},
        "originalUnitPriceSet": bag(price),
        "discountAllocations": [],
        "taxLines": [],
    }


def amount_of(move: dict[str, Any]) -> float:
    return float(move["amountSet"]["presentmentMoney"]["amount"])
