"""What the fake shop does when it is asked to: refunds, cancels, makes codes, cards, drafts and returns."""

from __future__ import annotations

import copy
from typing import Any

from .goods import PLACED, amount_of, bag, order_node


class Till:
    """Acts on the rows of the shop it is a part of."""

    orders: dict[str, dict[str, Any]]
    made: dict[str, list[dict[str, Any]]]
    refund_keys: dict[str, str]
    search_sees: bool

    @property
    def address(self) -> str:
        raise LookupError("the shop is not open")

    def on_suggested(self, asked: dict[str, Any]) -> dict[str, Any]:
        lines = [
            {
                "lineItem": {"id": e["lineItemId"]},
                "location": {"id": "gid://shopify/Location/1"},
                "restockType": "RETURN",
            }
            for e in asked["lines"]
        ]
        return {"order": {"suggestedRefund": {"refundLineItems": lines}}}

    def on_refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The same key again makes nothing; more than a payment took is refused."""
        given = asked["input"]
        node = self.orders[given["orderId"].rpartition("/")[2]]
        if asked["key"] in self.refund_keys:
            known = {"legacyResourceId": self.refund_keys[asked["key"]]}
            return {"refundCreate": {"refund": known, "userErrors": []}}
        for part in given["transactions"]:
            if float(part["amount"]) > self._left(node, part["parentId"]) + 0.001:
                wrong = {"field": ["transactions"], "message": "Refund amount is more than was paid"}
                return {"refundCreate": {"refund": None, "userErrors": [wrong]}}
        number = str(880000 + sum(len(each["refunds"]) for each in self.orders.values()))
        self.refund_keys[asked["key"]] = number
        self._book(node, given, number)
        return {"refundCreate": {"refund": {"legacyResourceId": number}, "userErrors": []}}

    def _left(self, node: dict[str, Any], parent: str) -> float:
        paid = sum(amount_of(t) for t in node["transactions"] if t["id"] == parent)
        return paid - sum(
            amount_of(t) for t in node["transactions"] if (t["parentTransaction"] or {}).get("id") == parent
        )

    def _book(self, node: dict[str, Any], given: dict[str, Any], number: str) -> None:
        moves = []
        for n, part in enumerate(given["transactions"]):
            move = {
                "id": f"gid://shopify/OrderTransaction/{number}{n}",
                "kind": "REFUND",
                "status": "SUCCESS",
                "gateway": part["gateway"],
                "formattedGateway": "",
                "createdAt": PLACED,
                "processedAt": PLACED,
                "amountSet": bag(part["amount"]),
                "parentTransaction": {"id": part["parentId"]},
                "paymentDetails": None,
            }
            moves.append(move)
            node["transactions"].append(move)
        node["refunds"].append(
            {
                "legacyResourceId": number,
                "createdAt": "2026-11-20T10:00:00Z",
                "note": given["note"],
                "totalRefundedSet": bag(str(sum(amount_of(each) for each in moves))),
                "refundLineItems": {
                    "nodes": [
                        {"quantity": e["quantity"], "lineItem": {"id": e["lineItemId"]}}
                        for e in given["refundLineItems"]
                    ]
                },
                "refundShippingLines": {"nodes": []},
                "transactions": {"nodes": moves},
            }
        )
        node["updatedAt"] = "2026-11-20T10:00:00Z"

    def on_cancel(self, asked: dict[str, Any]) -> dict[str, Any]:
        node = self.orders[asked["id"].rpartition("/")[2]]
        wrong = []
        if node["cancelledAt"]:
            wrong = [{"field": ["orderId"], "message": "Order has been cancelled", "code": "INVALID"}]
        node["cancelledAt"] = "2026-11-20T11:00:00Z"
        return {"orderCancel": {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": wrong}}

    def on_address(self, asked: dict[str, Any]) -> dict[str, Any]:
        node = self.orders[asked["input"]["id"].rpartition("/")[2]]
        given = asked["input"]["shippingAddress"]
        name = f"{given['firstName']} {given['lastName']}"
        node["shippingAddress"] = {**given, "name": name, "countryCodeV2": given["countryCode"]}
        return {"orderUpdate": {"order": {"legacyResourceId": node["legacyResourceId"]}, "userErrors": []}}

    def on_place(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = 5000 + len(self.orders)
        given = asked["order"]
        node = order_node(number, "8.00", customAttributes=given["customAttributes"], transactions=[])
        self.orders[str(number)] = {**node, "tags": given["tags"]}
        return {"orderCreate": {"order": {"legacyResourceId": str(number), "name": f"#{number}"}, "userErrors": []}}

    def on_placed(self, asked: dict[str, Any]) -> dict[str, Any]:
        tag = asked["query"].removeprefix("tag:")
        found = [each for each in self.orders.values() if self.search_sees and tag in each.get("tags", ())]
        return {"orders": {"nodes": copy.deepcopy(found)}}

    def on_draft(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = str(700 + len(self.made.get("draft", ())))
        made = {**asked["input"], "legacyResourceId": number, "invoiceUrl": f"{self.address}/invoices/{number}"}
        self.made.setdefault("draft", []).append(made)
        return {"draftOrderCreate": {"draftOrder": made, "userErrors": []}}

    def on_drafted(self, asked: dict[str, Any]) -> dict[str, Any]:
        tag = asked["query"].removeprefix("tag:")
        return {"draftOrders": {"nodes": [each for each in self.made.get("draft", ()) if tag in each["tags"]]}}

    def on_undraft(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = asked["input"]["id"].rpartition("/")[2]
        self.made["draft"] = [each for each in self.made["draft"] if each["legacyResourceId"] != number]
        return {"draftOrderDelete": {"deletedId": asked["input"]["id"], "userErrors": []}}

    def on_giftcard(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"giftCardCreate": self._named("gift", asked["input"], "giftCard", "GiftCard")}

    def on_ungift(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.made["gift"] = []
        return {"giftCardDeactivate": {"giftCard": {"id": asked["id"]}, "userErrors": []}}

    def on_code(self, asked: dict[str, Any]) -> dict[str, Any]:
        made = self._named("code", asked["discount"], "codeDiscountNode", "DiscountCodeNode")
        return {"discountCodeBasicCreate": made}

    def _named(self, kind: str, given: dict[str, Any], name: str, sort: str) -> dict[str, Any]:
        known = self.made.setdefault(kind, [])
        if given["code"] in [each["code"] for each in known]:
            return {name: None, "userErrors": [{"field": ["code"], "message": "Code is taken", "code": "TAKEN"}]}
        known.append(given)
        return {name: {"id": f"gid://shopify/{sort}/{600 + len(known)}"}, "userErrors": []}

    def on_codeknown(self, asked: dict[str, Any]) -> dict[str, Any]:
        codes = [each["code"] for each in self.made.get("code", ())]
        found = asked["code"] in codes
        return {"codeDiscountNodeByCode": {"id": "gid://shopify/DiscountCodeNode/601"} if found else None}

    def on_uncode(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.made["code"] = []
        return {"discountCodeDelete": {"deletedCodeDiscountId": asked["id"], "userErrors": []}}

    def on_returnable(self, asked: dict[str, Any]) -> dict[str, Any]:
        node = self.orders[asked["id"].rpartition("/")[2]]
        lines = [
            {
                "quantity": e["quantity"],
                "fulfillmentLineItem": {"id": f"gid://shopify/FulfillmentLineItem/{n}", "lineItem": {"id": e["id"]}},
            }
            for n, e in enumerate(node["lineItems"]["nodes"])
        ]
        parcels = {"nodes": [{"returnableFulfillmentLineItems": {"nodes": lines}}]}
        reasons = {"nodes": [{"id": "gid://shopify/ReturnReasonDefinition/1"}]}
        return {"returnableFulfillments": parcels, "returnReasonDefinitions": reasons}

    def on_return(self, asked: dict[str, Any]) -> dict[str, Any]:
        given = asked["input"]
        node = self.orders[given["orderId"].rpartition("/")[2]]
        lines = node["lineItems"]["nodes"]
        made = {
            "id": f"gid://shopify/Return/{900 + len(node['returns']['nodes'])}",
            "name": "#R1",
            "status": "OPEN",
            "createdAt": "2026-11-20T12:00:00Z",
            "returnLineItems": {
                "nodes": [
                    {
                        "quantity": e["quantity"],
                        "returnReasonNote": e["returnReasonNote"],
                        "fulfillmentLineItem": {
                            "lineItem": {"id": lines[int(e["fulfillmentLineItemId"].rpartition("/")[2])]["id"]}
                        },
                    }
                    for e in given["returnLineItems"]
                ]
            },
        }
        node["returns"]["nodes"].append(made)
        return {"returnCreate": {"return": {"id": made["id"], "name": "#R1"}, "userErrors": []}}
