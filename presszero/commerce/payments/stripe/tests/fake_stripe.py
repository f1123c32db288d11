"""A Stripe on a real socket: pages, refunds, idempotency, webhooks signed by its own hand, and ways to fail.

It signs and reads forms with code of its own, so that a mistake of ours cannot agree with itself.
"""

from __future__ import annotations

import hmac
import json
import re
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET = "sk_test_juniper"
SIGNS = "whsec_juniper"
_FORM = "application/x-www-form-urlencoded"

Said = tuple[int, dict[str, Any]]


def stripe_signature(body: bytes, secret: str = SIGNS, at: int | None = None) -> str:
    """As Stripe's documentation describes it."""
    moment = str(int(time.time()) if at is None else at)
    made = hmac.new(secret.encode(), (moment + "." + body.decode()).encode(), "sha256").hexdigest()
    return f"t={moment},v1={made},v0=ignored"


@dataclass
class FakeStripe:
    """`fails` is a queue, one for each request: 401, 429, 500, "cut before", "cut after", "" for none."""

    port: int = 0
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    kept: dict[str, tuple[dict[str, Any], Said]] = field(default_factory=dict)  # by Idempotency-Key
    told: list[int] = field(default_factory=list)  # what the webhook's door answered
    tells: bool = True
    charges: bool = True
    card: dict[str, str] = field(default_factory=lambda: {"brand": "visa", "last4": "4242", "fingerprint": "fp1"})
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pay(self, page: str, bank_takes_days: bool = False) -> dict[str, Any]:
        """The customer pays; the webhook's event."""
        session = self.sessions[page]
        assert session["status"] == "open", f"this page is {session['status']}"
        session |= {"status": "complete", "payment_intent": f"pi_{next(self.numbers)}"}
        session["payment_status"] = "unpaid" if bank_takes_days else "paid"
        return self.event("checkout.session.completed", session)

    def bank_says(self, page: str, paid: bool) -> dict[str, Any]:
        session = self.sessions[page]
        session |= {"payment_status": "paid"} if paid else {"bank_failed": True}
        kind = "succeeded" if paid else "failed"
        return self.event(f"checkout.session.async_payment_{kind}", session)

    def give_back(self, payment: str, amount: int) -> dict[str, Any]:
        """Somebody refunds in Stripe's own dashboard."""
        self.refunds.append(self._refund(payment, amount, {}))
        return self.event("charge.refunded", {"id": "ch_1", "object": "charge", "payment_intent": payment})

    def event(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"evt_{next(self.numbers)}", "type": kind, "data": {"object": json.loads(json.dumps(about))}}

    def tell(self, event: dict[str, Any]) -> None:
        """To every webhook there is, from a thread of its own, as it comes after the page has gone on."""
        body = json.dumps(event).encode()
        for url in self.hooks if self.tells else []:
            asked = urllib.request.Request(url, body, {"Stripe-Signature": stripe_signature(body)})
            with urllib.request.urlopen(asked, timeout=5) as answer:
                self.told.append(answer.status)

    # What it answers.

    def answer(self, method: str, path: str, said: dict[str, Any], key: str) -> Said:
        self.asked.append((method, path, said))
        if method == "POST" and key and key in self.kept:
            before, answered = self.kept[key]
            return answered if before == said else (400, _error("Keys for idempotent requests differ"))
        answered = self._act(method, path, said)
        if method == "POST" and key:
            self.kept[key] = (said, answered)
        return answered

    def _act(self, method: str, path: str, said: dict[str, Any]) -> Said:
        if path == "/v1/account":
            shown = {"dashboard": {"display_name": "Juniper & Co."}}
            return 200, {"id": "acct_1", "charges_enabled": self.charges, "settings": shown}
        if path == "/v1/webhook_endpoints":
            self.hooks.append(said["url"])
            return 200, {"id": "we_1", "secret": SIGNS}
        if path == "/v1/checkout/sessions":
            return 200, self._session(said)
        if path == "/v1/refunds":
            return self._refunded(said) if method == "POST" else (200, self._listed(said))
        found = re.fullmatch(r"/v1/checkout/sessions/(\w+)(/expire)?", path)
        if not found or found[1] not in self.sessions:
            return 404, _error("No such checkout.session")
        session = self.sessions[found[1]]
        if found[2]:
            if session["status"] != "open":
                return 400, _error('Only Checkout Sessions with a status in ["open"] can be expired.')
            session["status"] = "expired"
        return 200, self._expanded(session)

    def _session(self, said: dict[str, Any]) -> dict[str, Any]:
        assert 1790 <= int(said["expires_at"]) - time.time() <= 24 * 3600, "Stripe wants half an hour to a day"
        lines = said["line_items"].values()
        number = f"cs_test_{next(self.numbers)}"
        self.sessions[number] = {
            "id": number,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": sum(int(x["price_data"]["unit_amount"]) * int(x["quantity"]) for x in lines),
            "currency": next(iter(lines))["price_data"]["currency"],
            "metadata": said.get("metadata", {}),
            "payment_intent": None,
            "created": int(time.time()),
            "success_url": said["success_url"],
            "cancel_url": said["cancel_url"],
            "url": f"{self.address}/c/pay/{number}",
            "names": [x["price_data"]["product_data"]["name"] for x in lines],
        }
        return self.sessions[number]

    def _expanded(self, session: dict[str, Any]) -> dict[str, Any]:
        payment = session["payment_intent"]
        if payment is None:
            return session
        listed = self._listed({"payment_intent": payment})
        charge = {"id": "ch_1", "created": session["created"], "refunds": listed, "status": "succeeded"}
        charge["payment_method_details"] = {"type": "card", "card": self.card}
        intent = {"id": payment, "latest_charge": charge, "status": "processing"}
        if session.get("bank_failed"):
            intent |= {"status": "requires_payment_method", "latest_charge": charge | {"status": "failed"}}
        return {**session, "payment_intent": intent}

    def _refunded(self, said: dict[str, Any]) -> Said:
        session = next((x for x in self.sessions.values() if x["payment_intent"] == said["payment_intent"]), None)
        if session is None:
            return 400, _error("No such payment_intent")
        gone = sum(x["amount"] for x in self.refunds if x["payment_intent"] == said["payment_intent"])
        if gone + int(said["amount"]) > session["amount_total"]:
            return 400, _error("Refund amount is greater than unrefunded amount on charge")
        self.refunds.append(self._refund(said["payment_intent"], int(said["amount"]), said.get("metadata", {})))
        return 200, self.refunds[-1]

    def _refund(self, payment: str, amount: int, marks: dict[str, Any]) -> dict[str, Any]:
        made = {"id": f"re_{next(self.numbers)}", "object": "refund", "payment_intent": payment, "amount": amount}
        return {**made, "currency": "gbp", "status": "succeeded", "metadata": marks, "created": int(time.time())}

    def _listed(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"data": [x for x in self.refunds if x["payment_intent"] == said["payment_intent"]], "has_more": False}


@contextmanager
def fake_stripe(**given: Any) -> Iterator[FakeStripe]:
    """Open for as long as the block lasts."""
    stripe = FakeStripe(**given)
    server = ThreadingHTTPServer(("127.0.0.1", stripe.port), type("Door", (_Door,), {"stripe": stripe}))
    server.daemon_threads = True
    stripe.port = server.server_address[1]
    running = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    running.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        running.join()


class _Door(BaseHTTPRequestHandler):
    stripe: FakeStripe

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/c/pay/"):
            self._page(self.stripe.sessions[url.path.rpartition("/")[2]])
            return
        self._api("GET", url.path, _read(url.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path.startswith("/c/pay/"):
            self._paid(self.stripe.sessions[self.path.rpartition("/")[2]])
            return
        self._api("POST", self.path, _read(body))

    def log_message(self, *_args: object) -> None:
        """It says nothing."""

    def _api(self, method: str, path: str, said: dict[str, Any]) -> None:
        failing = self.stripe.fails.pop(0) if self.stripe.fails else ""
        if failing == "cut before":
            self._cut()
            return
        if failing.isdigit():
            self._say(int(failing), _error(f"said {failing}"))
            return
        if self.headers["Authorization"] != f"Bearer {SECRET}":
            self._say(401, _error("Invalid API Key provided"))
            return
        answered = self.stripe.answer(method, path, said, self.headers.get("Idempotency-Key", ""))
        if failing == "cut after":
            self._cut()
            return
        self._say(*answered)

    def _say(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, session: dict[str, Any]) -> None:
        words = f"<h1>Pay {session['amount_total']} {session['currency']}</h1><p>{escape(', '.join(session['names']))}"
        form = f"{words}<form method=post><button>Pay</button></form>" if session["status"] == "open" else "<h1>Over"
        head = "<meta name=viewport content='width=device-width'><link rel=icon href='data:,'><title>Pay</title>"
        body = f"<!doctype html>{head}{form}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _paid(self, session: dict[str, Any]) -> None:
        event = self.stripe.pay(session["id"])
        threading.Thread(target=self.stripe.tell, args=(event,), daemon=True).start()
        self.send_response(303)
        self.send_header("Location", session["success_url"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _read(form: str) -> dict[str, Any]:
    """a[b][0]=1 → {"a": {"b": {"0": "1"}}}"""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _error(words: str) -> dict[str, Any]:
    return {"error": {"message": words, "type": "invalid_request_error"}}
