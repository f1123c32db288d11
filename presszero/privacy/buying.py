"""What somebody bought, as their own copy tells it.

Orders that only wait under an address of theirs are not proven to be theirs, and are left out.
"""

from __future__ import annotations

from typing import Any

from presszero.commerce.models import Cart, Credit, DraftOrder, Order, OrderLine, Payment, Refund, Return, Shipment
from presszero.core.money import Money
from presszero.fulfilment.models import Scan
from presszero.promises.forgetting import told as told_of_promises
from presszero.remedies.models import Remedy

from .erasing.person import Person

_ORDER = ("number", "placed_at", "cancelled_at", "email", "phone", "name", "ship_to", "bill_to", "note", "paid", "sent")
_SUMS = ("subtotal", "discount", "shipping", "tax", "total", "captured", "refunded")


def bought(person: Person) -> dict[str, Any]:
    """Orders, carts, links to pay, credit, what was put right and what was promised; sums as "18.40 EUR"."""
    own = {"merchant_id": person.merchant_id, "customer_id__in": person.customers}
    return {
        "orders": [_order(row) for row in Order.objects.filter(**own).order_by("placed_at", "id")],
        "carts": [
            {"total": _sum(row.total, row), "things": row.lines, "at": row.updated_at}
            for row in Cart.objects.filter(**own).order_by("id")
        ],
        "links_to_pay": [
            {"total": _sum(row.total, row), "things": row.lines, "state": row.state, "at": row.at}
            for row in DraftOrder.objects.filter(**own).order_by("id")
        ],
        "credit": [
            {"kind": row.kind, "code": row.code, "left": _sum(row.left, row), "until": row.expires_at, "at": row.at}
            for row in Credit.objects.filter(**own).order_by("id")
        ],
        "put_right": [
            {"what": row.kind, "amount": _sum(row.amount, row), "state": row.state, "at": row.at}
            for row in Remedy.objects.filter(**own).order_by("id")
        ],
        **told_of_promises(person.merchant_id, person.customers),
    }


def _order(row: Order) -> dict[str, Any]:
    parts = {"merchant_id": row.merchant_id, "order": row}
    return {
        **{name: getattr(row, name) for name in _ORDER},
        **{name: _sum(getattr(row, name), row) for name in _SUMS},
        "lines": [
            {"title": line.title, "pieces": line.quantity, "total": _sum(line.total, row)}
            for line in OrderLine.objects.filter(**parts).order_by("position", "id")
        ],
        "payments": [
            {"how": pay.label or pay.method, "amount": _sum(pay.amount, pay), "state": pay.state, "at": pay.at}
            for pay in Payment.objects.filter(**parts).order_by("id")
        ],
        "refunds": [
            {"amount": _sum(back.amount, back), "why": back.reason, "state": back.state, "at": back.at}
            for back in Refund.objects.filter(**parts).order_by("id")
        ],
        "parcels": [_parcel(each) for each in Shipment.objects.filter(**parts).order_by("id")],
        "returns": list(Return.objects.filter(**parts).order_by("id").values("state", "reason", "tracking", "at")),
    }


def _parcel(row: Shipment) -> dict[str, Any]:
    scans = Scan.objects.filter(merchant_id=row.merchant_id, shipment=row).order_by("at", "id")
    own = {name: getattr(row, name) for name in ("carrier", "tracking", "state", "sent_at", "delivered_at")}
    return {**own, "scans": list(scans.values("at", "stage", "words", "place"))}


def _sum(minor: int, row: Any) -> str:
    return str(Money(minor, row.currency))
