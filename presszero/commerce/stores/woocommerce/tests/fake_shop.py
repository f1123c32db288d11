"""A shop that speaks WooCommerce's REST API over a real socket: keys, pages, and ways to fail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from presszero.commerce.stores.adapter import StoreSettings

from .till import No, Till

KEY, SECRET = "ck_of_the_tests", "cs_of_the_tests"
_API = "/wp-json/wc/v3"


@dataclass
class FakeShop(Till):
    """`fails`: what the next requests are answered with instead, one each; "" for nothing of the kind."""

    port: int = 0
    keys: dict[str, tuple[str, str]] = field(default_factory=lambda: {KEY: (SECRET, "read_write")})
    fails: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    has_api: bool = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **more: str) -> StoreSettings:
        return StoreSettings(9, "woocommerce", self.address, "EUR", {"key": KEY}, {"secret": SECRET, **more})

    def answer(self, method: str, target: str, authorization: str, said: Any) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix(_API)
        if parts.path == "/wp-json/":
            return 200, {"name": "Juniper & Co."}, {}
        if not self.has_api or not parts.path.startswith(_API):
            return 404, {"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}}, {}
        self.asked.append((method, path, query))
        wrong = self._key_is_wrong(method, authorization)
        if wrong:
            return 401, {"code": "woocommerce_rest_authentication_error", "message": wrong, "data": {"status": 401}}, {}
        try:
            return self._acted(method, path, query, said)
        except No as no:
            return no.status, {"code": no.code, "message": no.words, "data": {"status": no.status}}, {}

    def _acted(self, method: str, path: str, query: Mapping[str, str], said: Any) -> tuple[int, Any, dict[str, str]]:
        steps = [each for each in path.split("/") if each]
        if method == "GET":
            found = self.read(steps, query)
            if not isinstance(found, list):
                return 200, found, {}
            rows, total = self.paged(found, query)
            return 200, rows, {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // len(rows or [0])))}
        with self.lock:
            return (201 if method == "POST" else 200), self.write(method, steps, said or {}), {}

    def _key_is_wrong(self, method: str, authorization: str) -> str:
        key, _colon, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if key not in self.keys:
            return "Consumer key is invalid."
        if self.keys[key][0] != secret:
            return "Consumer secret is invalid."
        if method != "GET" and self.keys[key][1] == "read":
            return "The API key provided does not have write permissions."
        return ""


def signed(body: bytes, topic: str, delivery: str = "", secret: str = SECRET) -> dict[str, str]:
    """The headers a webhook comes with, in lower case."""
    resource, _dot, event = topic.partition(".")
    return {
        "content-type": "application/json",
        "x-wc-webhook-source": "https://shop.example/",
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-resource": resource,
        "x-wc-webhook-event": event,
        "x-wc-webhook-signature": base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode(),
        "x-wc-webhook-id": "5",
        "x-wc-webhook-delivery-id": delivery or hashlib.sha256(body + topic.encode()).hexdigest()[:32],
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

    def do_GET(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        way = self.shop.fails.pop(0) if self.shop.fails else ""
        if way:
            self._say(int(way), {"code": "busy", "message": "Try again"}, {"Retry-After": "7"} if way != "500" else {})
            return
        said = json.loads(raw) if raw else None
        self._say(*self.shop.answer(self.command, self.path, self.headers.get("authorization", ""), said))

    do_POST = do_PUT = do_DELETE = do_GET

    def _say(self, status: int, said: Any, headers: Mapping[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json; charset=UTF-8",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
