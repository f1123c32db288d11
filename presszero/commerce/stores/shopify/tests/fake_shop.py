"""A shop that speaks Shopify's GraphQL by operation name over a real socket, with its bucket, and ways to fail."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from presszero.commerce.stores.adapter import StoreSettings

from .goods import line_node
from .till import Till

SECRET = "the-app's-client-secret"
TOKEN = "shpat_for_ever"


@dataclass
class FakeShop(Till):
    """`fails` is a queue: each request takes the next way to fail, "" for none.

    Ways: 429, 500, 401 and 403 (said instead of acting), throttled, "cut before" and "cut after" acting.
    """

    port: int = 0
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=lambda: ["write_orders", "read_products", "read_customers"])
    subscriptions: list[dict[str, str]] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    fails_on: dict[str, list[str]] = field(default_factory=dict)  # by operation
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    made: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # drafts, cards, codes, returns by operation
    refund_keys: dict[str, str] = field(default_factory=dict)
    day_tokens: list[str] = field(default_factory=list)
    takes_for_ever: bool = True
    points: float = 1000.0
    most: float = 1000.0
    rate: float = 50.0
    price: float = 10.0
    too_dear_from: int = 10_000  # a page of so many orders
    search_sees: bool = True
    at: float = field(default_factory=time.monotonic)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **secrets: str) -> StoreSettings:
        return StoreSettings(7, "shopify", self.address, "GBP", {"client_id": "app-1"}, {"secret": SECRET, **secrets})

    def has(self, *nodes: dict[str, Any]) -> None:
        for node in nodes:
            (self.orders if "lineItems" in node else self.products)[node["legacyResourceId"]] = node

    def refunds(self, number: int) -> list[dict[str, Any]]:
        return list(self.orders[str(number)]["refunds"])

    def operations(self) -> list[str]:
        return [name for name, _variables in self.asked]

    def tells(self, topic: str, said: Mapping[str, Any]) -> list[int]:
        """Calls everybody who subscribed to a topic ("orders/create"); what they answered."""
        name, body = topic.replace("/", "_").upper(), json.dumps(said).encode()
        urls = [each["uri"] for each in self.subscriptions if each["topic"] == name]
        asked = [urllib.request.Request(url, body, signed(body, topic), method="POST") for url in urls]
        return [urllib.request.urlopen(each, timeout=10).status for each in asked]

    # What a request goes through, in order.

    def token_request(self, said: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if (said.get("client_id"), said.get("client_secret")) != ("app-1", SECRET):
            return 400, {"error": "invalid_client"}
        self.day_tokens.append(uuid.uuid4().hex)
        return 200, {"access_token": self.day_tokens[-1], "scope": ",".join(self.scopes), "expires_in": 86399}

    def answer(self, token: str, said: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if token not in ([TOKEN] if self.takes_for_ever else []) + self.day_tokens[-1:]:
            return 401, {"errors": "[API] Invalid API key or access token"}
        operation, variables = str(said["operationName"]), dict(said["variables"])
        self.asked.append((operation, variables))
        stands = self._pays()
        cost = {"requestedQueryCost": self.price, "throttleStatus": stands}
        if stands["currentlyAvailable"] < 0:
            self.points += self.price
            stands["currentlyAvailable"] = self.points
            return 200, {"errors": [_error("Throttled", "THROTTLED")], "extensions": {"cost": cost}}
        if int(variables.get("first", 0)) >= self.too_dear_from:
            return 200, {"errors": [_error("Query cost is 2603", "MAX_COST_EXCEEDED")], "extensions": {"cost": cost}}
        found = getattr(self, f"on_{operation.lower()}")(variables)
        return 200, {"data": found, "extensions": {"cost": cost}}

    def _pays(self) -> dict[str, Any]:
        now = time.monotonic()
        self.points, self.at = min(self.most, self.points + (now - self.at) * self.rate) - self.price, now
        return {"maximumAvailable": self.most, "currentlyAvailable": self.points, "restoreRate": self.rate}

    def on_shop(self, asked: dict[str, Any]) -> dict[str, Any]:
        scopes = [{"handle": each} for each in self.scopes]
        shop = {"name": "Juniper & Co.", "currencyCode": "GBP", "myshopifyDomain": "juniper.myshopify.com"}
        return {"shop": shop, "currentAppInstallation": {"accessScopes": scopes}}

    def on_orders(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._page("orders", self.orders, asked)

    def on_products(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._page("products", self.products, asked)

    def _page(self, name: str, rows: dict[str, dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
        since = (asked["query"] or "").partition(">='")[2].rstrip("'")
        found = sorted((r for r in rows.values() if r["updatedAt"] >= since), key=lambda r: r["updatedAt"])
        begin = int(asked["after"] or 0)
        end = begin + asked["first"]
        page = {"pageInfo": {"hasNextPage": end < len(found), "endCursor": str(end)}, "nodes": found[begin:end]}
        return {name: copy.deepcopy(page), **({f"{name}Count": {"count": len(found)}} if asked["counted"] else {})}

    def on_oneorder(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"order": copy.deepcopy(self.orders.get(asked["id"].rpartition("/")[2]))}

    def on_oneproduct(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"product": copy.deepcopy(self.products.get(asked["id"].rpartition("/")[2]))}

    def on_morelines(self, asked: dict[str, Any]) -> dict[str, Any]:
        more = [line_node(n, f"Thing {n}", None, 1, "1.00") for n in (901, 902)]
        return {"order": {"lineItems": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": more}}}

    def on_subscriptions(self, asked: dict[str, Any]) -> dict[str, Any]:
        page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": list(self.subscriptions)}
        return {"webhookSubscriptions": page}

    def on_subscribe(self, asked: dict[str, Any]) -> dict[str, Any]:
        gid = f"gid://shopify/WebhookSubscription/{len(self.subscriptions) + 1}"
        self.subscriptions.append({"id": gid, "topic": asked["topic"], "uri": asked["uri"]})
        return {"webhookSubscriptionCreate": {"webhookSubscription": {"id": gid}, "userErrors": []}}

    def on_unsubscribe(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.subscriptions = [each for each in self.subscriptions if each["id"] != asked["id"]]
        return {"webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": asked["id"], "userErrors": []}}


def signed(body: bytes, topic: str, webhook_id: str = "", secret: str = SECRET) -> dict[str, str]:
    """The headers a webhook comes with, in lower case."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "x-shopify-topic": topic,
        "x-shopify-webhook-id": webhook_id or hashlib.sha256(body).hexdigest()[:32],
        "x-shopify-hmac-sha256": base64.b64encode(digest).decode(),
        "x-shopify-shop-domain": "juniper.myshopify.com",
    }


@contextmanager
def open_shop(*nodes: dict[str, Any]) -> Iterator[FakeShop]:
    """A shop at a port of its own, for as long as the block lasts."""
    shop = FakeShop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Counter", (_Counter,), {"shop": shop}))
    shop.port = server.server_address[1]
    shop.has(*nodes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()


class _Counter(BaseHTTPRequestHandler):
    shop: FakeShop

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/admin/oauth/access_token":
            self._say(*self.shop.token_request(said))
            return
        queue = self.shop.fails_on.get(str(said.get("operationName"))) or self.shop.fails
        way = queue.pop(0) if queue else ""
        if way.isdecimal():
            self._say(int(way), {"errors": "no"}, {"Retry-After": "7.0"} if way == "429" else {})
            return
        if way == "throttled":
            cost = {
                "requestedQueryCost": 100,
                "throttleStatus": {"maximumAvailable": 1000, "currentlyAvailable": 0, "restoreRate": 50},
            }
            self._say(200, {"errors": [_error("Throttled", "THROTTLED")], "extensions": {"cost": cost}})
            return
        if way != "cut before":
            answer = self.shop.answer(self.headers.get("x-shopify-access-token", ""), said)
        if way.startswith("cut"):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._say(*answer)

    def _say(self, status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _error(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
