"""Orders and products in the shapes that WooCommerce documents."""

from __future__ import annotations

from typing import Any

PLACED = "2026-11-18T09:30:00"
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Kowalski",
    "company": "",
    "address_1": "Lindenweg 4",
    "address_2": "",
    "city": "Berlin",
    "state": "DE-BE",
    "postcode": "10115",
    "country": "DE",
    "phone": "",
}


def order_node(number: int, **more: Any) -> dict[str, Any]:
    """Boots for 84.03 and 15.97 of tax, two pairs of laces, and shipping: 108.90, paid by card."""
    node: dict[str, Any] = {
        "id": number,
        "parent_id": 0,
        "number": str(number),
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": True,
        "date_created": "2026-11-18T10:30:00",
        "date_created_gmt": PLACED,
        "date_modified_gmt": PLACED,
        "date_paid_gmt": PLACED,
        "date_completed_gmt": None,
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": "4.12",
        "shipping_tax": "0.78",
        "total": "108.90",
        "total_tax": "17.39",
        "customer_id": 0,
        "customer_note": "",
        "billing": {**ADDRESS, "email": "ada@example.com", "phone": "+49 30 901820"},
        "shipping": ADDRESS,
        "payment_method": "stripe",
        "payment_method_title": "Credit card (Stripe)",
        "transaction_id": f"ch_{number}",
        "payment_url": "",
        "meta_data": [],
        "line_items": [
            line_node(number * 10 + 1, "Hiking boots - 42", 1, "84.03", "15.97", product_id=55, variation_id=551),
            line_node(number * 10 + 2, "Laces", 2, "3.36", "0.64", product_id=56, variation_id=0),
        ],
        "shipping_lines": [
            {
                "id": number * 10 + 3,
                "method_title": "Parcel",
                "total": "4.12",
                "total_tax": "0.78",
                "taxes": [{"id": 1, "total": "0.78"}],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
    }
    return {**node, **more}


def line_node(number: int, name: str, pieces: int, net: str, tax: str, **more: Any) -> dict[str, Any]:
    node = {
        "id": number,
        "name": name,
        "quantity": pieces,
        "subtotal": net,
        "subtotal_tax": tax,
        "total": net,
        "total_tax": tax,
        "taxes": [{"id": 1, "total": tax, "subtotal": tax}],
        "sku": name[:5].upper(),
        "meta_data": [],
    }
    return {**node, **more}


def product_node(number: int, name: str, price: str = "2.00", **more: Any) -> dict[str, Any]:
    node = {
        "id": number,
        "name": name,
        "type": "simple",
        "status": "publish",
        "permalink": f"https://shop.example/product/{number}",
        "date_modified_gmt": PLACED,
        "sku": f"SKU-{number}",
        "price": price,
        "manage_stock": True,
        "stock_quantity": 9,
        "stock_status": "instock",
        "backorders_allowed": False,
        "categories": [{"id": 9, "name": "Boots", "slug": "boots"}],
        "images": [{"src": f"https://shop.example/{number}.jpg"}],
        "attributes": [],
        "variations": [],
        "parent_id": 0,
    }
    return {**node, **more}


def boots_node() -> list[dict[str, Any]]:
    """A product in two sizes: 42 counts its own stock, 43 the product's."""
    parent = product_node(55, "Hiking boots", "100.00", type="variable", variations=[551, 552], stock_quantity=4)
    sizes = [
        {"id": 551, "stock_quantity": 2, "attributes": [{"id": 1, "name": "Size", "option": "42"}]},
        {"id": 552, "manage_stock": "parent", "attributes": [{"id": 1, "name": "Size", "option": "43"}]},
    ]
    made = [product_node(each["id"], "Hiking boots", "100.00", type="variation", parent_id=55) | each for each in sizes]
    return [parent, *made]
