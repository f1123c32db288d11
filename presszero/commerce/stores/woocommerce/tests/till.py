"""What the fake shop keeps and does: orders, refunds by its gateway, coupons, webhooks."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .goods import line_node, order_node

Row = dict[str, Any]


class No(Exception):
    """The shop says no."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


@dataclass
class Till:
    """`gateway` is what the payment's gateway answers to a refund: "" for yes; `went_back` what it really moved."""

    rows: dict[str, dict[int, Row]] = field(
        default_factory=lambda: {"orders": {}, "products": {}, "coupons": {}, "webhooks": {}}
    )
    refunds: dict[int, list[Row]] = field(default_factory=dict)
    gateway: str = ""
    dies_in_gateway: bool = False
    went_back: list[tuple[int, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    last: int = 9000
    hidden: set[int] = field(default_factory=set)  # what the key may not see; counted all the same

    def has(self, *nodes: Row) -> None:
        for node in nodes:
            self.rows["orders" if "line_items" in node else "products"][node["id"]] = node

    def order(self, number: int) -> Row:
        return self.rows["orders"][number]

    def read(self, steps: list[str], query: Mapping[str, str]) -> Any:
        match steps:
            case ["data", "currencies", "current"]:
                return {"code": "EUR", "name": "Euro", "symbol": "&euro;"}
            case ["orders", number, "refunds"]:
                return copy.deepcopy(self.refunds.get(int(number), []))
            case ["products", number, "variations"]:
                return [each for each in self.rows["products"].values() if each["parent_id"] == int(number)]
            case [what, number]:
                return copy.deepcopy(self._one(what, number))
            case ["products"]:
                return self._changed([e for e in self.rows["products"].values() if e["type"] != "variation"], query)
            case ["coupons"]:
                return [each for each in self.rows["coupons"].values() if each["code"] == query.get("code")]
            case [what]:
                return self._changed(list(self.rows[what].values()), query)
        raise No(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _changed(self, rows: Sequence[Row], query: Mapping[str, str]) -> list[Row]:
        found = [each for each in rows if each.get("date_modified_gmt", "9") > query.get("modified_after", "")]
        found = [each for each in found if each.get("date_created_gmt", "9") > query.get("after", "")]
        by = "id" if query.get("orderby") == "id" else "date_modified_gmt"
        return sorted(
            found, key=lambda each: each.get(by, "" if by != "id" else 0), reverse=query.get("order") == "desc"
        )

    def paged(self, rows: list[Row], query: Mapping[str, str]) -> tuple[list[Row], int]:
        most = int(query.get("per_page", 10))
        if most > 100:
            raise No(400, "rest_invalid_param", "per_page must be between 1 and 100.")
        begin = int(query.get("offset", (int(query.get("page", 1)) - 1) * most))
        seen = [each for each in rows[begin : begin + most] if each["id"] not in self.hidden]
        return copy.deepcopy(seen), len(rows)

    def write(self, method: str, steps: list[str], said: Row) -> Any:
        match method, steps:
            case "POST", ["orders", number, "refunds"]:
                return self._refund(self._one("orders", number), said)
            case "POST", ["orders"]:
                return self._order(said)
            case "POST", ["coupons"]:
                return self._coupon(said)
            case "POST", ["webhooks"]:
                return self._kept("webhooks", {**said, "id": self._next()})
            case "PUT", [what, number]:
                return self._change(self._one(what, number), said)
            case "DELETE", [what, number]:
                self._one(what, number)
                return self.rows[what].pop(int(number))
        raise No(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _refund(self, node: Row, said: Row) -> Row:
        """The row is kept first, then the gateway is asked; on its no the row goes again."""
        amount, number = Decimal(said["amount"]), node["id"]
        known = self.refunds.setdefault(number, [])
        if amount <= 0 or amount > Decimal(node["total"]) - sum(Decimal(each["amount"]) for each in known):
            raise No(500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.")
        given, things = said.get("line_items", []), {each["id"] for each in node["line_items"]}
        row = {
            "id": self._next(),
            "date_created_gmt": "2026-11-20T10:00:00",
            "amount": f"{amount:.2f}",
            "reason": said.get("reason", ""),
            "refunded_payment": False,
            "meta_data": said.get("meta_data", []),
            "line_items": [_refunded(each) for each in given if each["id"] in things],
            "shipping_lines": [_refunded(each) for each in given if each["id"] not in things],
        }
        known.append(row)
        node["refunds"].append({"id": row["id"], "reason": row["reason"], "total": f"-{amount:.2f}"})
        if self.gateway:
            known.remove(row)
            node["refunds"].pop()
            raise No(500, "woocommerce_rest_cannot_create_order_refund", self.gateway)
        self.went_back.append((number, f"{amount:.2f}"))
        if self.dies_in_gateway:
            raise No(500, "internal_server_error", "There has been a critical error on this website.")
        row["refunded_payment"] = True
        if sum(Decimal(each["amount"]) for each in known) == Decimal(node["total"]):
            node["status"] = "refunded"
        node["date_modified_gmt"] = "2026-11-20T10:00:00"
        return copy.deepcopy(row)

    def _order(self, said: Row) -> Row:
        number = self._next()
        lines = [self._line(each, number * 10 + n) for n, each in enumerate(said["line_items"])]
        total = sum(Decimal(each["total"]) + Decimal(each["total_tax"]) for each in lines)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        made = order_node(number, **{**said, "line_items": lines, "total": f"{total:.2f}", "shipping_lines": []})
        made |= {"date_created_gmt": now, "date_modified_gmt": now, "date_paid_gmt": None, "shipping_total": "0.00"}
        made |= {"payment_url": f"https://shop.example/checkout/order-pay/{number}/?pay_for_order=true"}
        return copy.deepcopy(self._kept("orders", made))

    def _line(self, said: Row, number: int) -> Row:
        product = self.rows["products"].get(said.get("variation_id") or said["product_id"])
        if product is None:
            raise No(400, "woocommerce_rest_invalid_product_id", "Product ID provided does not exist.")
        gross = Decimal(product["price"]) * said["quantity"]
        net = Decimal(said["total"]) if "total" in said else (gross / Decimal("1.19")).quantize(Decimal("0.01"))
        tax = gross - net if "total" not in said else Decimal(0)
        ids = {"product_id": said["product_id"], "variation_id": said.get("variation_id", 0)}
        return line_node(number, product["name"], said["quantity"], f"{net:.2f}", f"{tax:.2f}", **ids)

    def _coupon(self, said: Row) -> Row:
        code = said["code"].lower()
        if any(each["code"] == code for each in self.rows["coupons"].values()):
            raise No(400, "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists")
        return self._kept("coupons", {**said, "id": self._next(), "code": code})

    def _change(self, node: Row, said: Row) -> Row:
        node.update(said)
        node["date_modified_gmt"] = "2026-11-21T08:00:00"
        return copy.deepcopy(node)

    def _one(self, what: str, number: str) -> Row:
        try:
            return self.rows[what][int(number)]
        except (KeyError, ValueError) as why:
            raise No(404, f"woocommerce_rest_{what}_invalid_id", "Invalid ID.") from why

    def _kept(self, what: str, row: Row) -> Row:
        self.rows[what][row["id"]] = row
        return row

    def _next(self) -> int:
        self.last += 1
        return self.last


def _refunded(said: Row) -> Row:
    marks = [{"id": 1, "key": "_refunded_item_id", "value": str(said["id"])}]
    tax = sum(Decimal(each["refund_total"]) for each in said.get("refund_tax", []))
    sums = {"total": f"-{said.get('refund_total', '0.00')}", "total_tax": f"-{tax:.2f}"}
    return {"id": 1, "quantity": -said["quantity"], **sums, "meta_data": marks}
