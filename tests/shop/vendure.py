"""A real Vendure shop: a process of its own, with customers who buy by its Shop API and staff who use its Admin API."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from presszero.commerce.stores.adapter import StoreSettings
from tests.ports import free_port

HERE = Path(__file__).parent
SECRET = "what the plugin signs with"
PASSWORD = "superadmin"
PATIENCE = 180  # seconds; fifteen are usual
BOOTS, SOCKS = "1", "4"  # variants, see stock.mjs
_Said = dict[str, Any]


class CannotOpen(Exception):
    """The shop did not open; the text is what it wrote."""


@cache
def begin() -> Vendure:
    """Begins to open one for all tests of this process; it closes with it."""
    subprocess.run([str(HERE / "install")], check=True)
    return Vendure(free_port()).start()


@cache
def the_shop() -> Vendure:
    """The same, once it is open."""
    return begin().opened()


@dataclass
class Vendure:
    port: int
    _tokens: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _log: Path = field(default_factory=lambda: Path(tempfile.mkstemp(prefix="press-zero-shop-")[1]))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> StoreSettings:
        """As a connected store's."""
        open_settings = {"username": "superadmin", "pay_page": "https://shop.example/pay/{code}"}
        secrets = {"password": PASSWORD, "secret": SECRET}
        return StoreSettings(8, "vendure", self.address, "EUR", open_settings, secrets)

    def start(self) -> Vendure:
        node = shutil.which("node") or str(HERE.parents[1] / ".venv/bin/node")
        given = {"SHOP_PORT": str(self.port), "SHOP_SECRET": SECRET, "NODE_PATH": str(HERE / "node_modules")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [node, "shop.mjs"],
                cwd=HERE,
                env={**os.environ, **given},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        atexit.register(self.close)
        return self

    def opened(self) -> Vendure:
        """Waits until it is. Raises CannotOpen."""
        ends = time.monotonic() + PATIENCE
        while '{"open":' not in self._log.read_text(errors="replace"):
            if time.monotonic() > ends or not self._process or self._process.poll() is not None:
                raise CannotOpen(self._log.read_text(errors="replace")[-3000:])
            time.sleep(0.1)
        return self

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)
        self._log.unlink(missing_ok=True)

    def staff(self, query: str, **variables: Any) -> _Said:
        """What the Admin API says to the owner."""
        if "staff" not in self._tokens:
            self._asked(
                "admin-api",
                "staff",
                f'mutation {{ login(username: "superadmin", password: "{PASSWORD}") {{ __typename }} }}',
                {},
            )
        return self._asked("admin-api", "staff", query, variables)

    def buys(self, email: str = "ada@example.com", *things: tuple[str, int]) -> str:
        """Somebody without an account fills a cart and pays by card; the order's id."""
        return self.pays(self.fills_a_cart(email, *(things or ((BOOTS, 1), (SOCKS, 2)))))

    def pays(self, who: str) -> str:
        """For what is in their cart; the order's id."""
        address = {
            "fullName": "Ada Kowalski",
            "streetLine1": "Lindenweg 4",
            "city": "Berlin",
            "postalCode": "10115",
            "countryCode": "DE",
        }
        self.shopper(
            who, "mutation($a: CreateAddressInput!) { setOrderShippingAddress(input: $a) { __typename } }", a=address
        )
        (way,) = self.shopper(who, "{ eligibleShippingMethods { id } }")["eligibleShippingMethods"]
        ship = "mutation($w: [ID!]!) { setOrderShippingMethod(shippingMethodId: $w) { __typename } }"
        self.shopper(who, ship, w=[way["id"]])
        self.shopper(who, 'mutation { transitionOrderToState(state: "ArrangingPayment") { __typename } }')
        pay = 'mutation { addPaymentToOrder(input: { method: "card", metadata: {} }) { ... on Order { id state } } }'
        paid = self.shopper(who, pay)["addPaymentToOrder"]
        assert paid["state"] == "PaymentSettled"
        return str(paid["id"])

    def fills_a_cart(self, email: str, *things: tuple[str, int]) -> str:
        """And says who they are; the name of their session."""
        who = f"shopper {next(_shoppers)}"
        add = "mutation($v: ID!, $n: Int!) { addItemToOrder(productVariantId: $v, quantity: $n) { __typename } }"
        for variant, pieces in things:
            assert self.shopper(who, add, v=variant, n=pieces)["addItemToOrder"]["__typename"] == "Order"
        named = {"emailAddress": email, "firstName": "Ada", "lastName": "Kowalski"}
        self.shopper(
            who, "mutation($c: CreateCustomerInput!) { setCustomerForOrder(input: $c) { __typename } }", c=named
        )
        return who

    def shopper(self, who: str, query: str, **variables: Any) -> _Said:
        return self._asked("shop-api", who, query, variables)

    def order(self, number: str) -> _Said:
        """As staff see it."""
        wanted = """query($id: ID!) { order(id: $id) {
            code state shippingAddress { streetLine1 }
            payments { id amount refunds { id total reason state } }
        } }"""
        found: _Said = self.staff(wanted, id=number)["order"]
        return found

    def refunds(self, number: str) -> list[_Said]:
        return [refund for paid in self.order(number)["payments"] for refund in paid["refunds"]]

    def gives_back(self, payment: str, amount: int, reason: str) -> None:
        """Staff refund something in the shop itself."""
        given = {"lines": [], "shipping": 0, "adjustment": 0, "amount": amount, "paymentId": payment, "reason": reason}
        query = "mutation($i: RefundOrderInput!) { refundOrder(input: $i) { __typename } }"
        assert self.staff(query, i=given)["refundOrder"]["__typename"] == "Refund"

    def sends(self, number: str, tracking: str) -> None:
        """Staff pack everything and hand it over."""
        lines = self.staff("query($id: ID!) { order(id: $id) { lines { id quantity } } }", id=number)["order"]["lines"]
        by = [{"name": "method", "value": "DHL"}, {"name": "trackingCode", "value": tracking}]
        given = {
            "lines": [{"orderLineId": each["id"], "quantity": each["quantity"]} for each in lines],
            "handler": {"code": "manual-fulfillment", "arguments": by},
        }
        pack = "mutation($i: FulfillOrderInput!) { addFulfillmentToOrder(input: $i) { ... on Fulfillment { id } } }"
        parcel = self.staff(pack, i=given)["addFulfillmentToOrder"]["id"]
        move = 'mutation($id: ID!) { transitionFulfillmentToState(id: $id, state: "Shipped") { __typename } }'
        assert self.staff(move, id=parcel)["transitionFulfillmentToState"]["__typename"] == "Fulfillment"

    def doors(self) -> list[str]:
        """Whom the plugin tells of changes."""
        found = self.staff("{ globalSettings { customFields { pressZeroDoors } } }")["globalSettings"]["customFields"]
        return list(found["pressZeroDoors"] or ())

    def _asked(self, api: str, who: str, query: str, variables: _Said) -> _Said:
        headers = {"Content-Type": "application/json"}
        if who in self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens[who]}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.address}/{api}", body, headers), timeout=20) as got:
            self._tokens[who] = got.headers.get("vendure-auth-token") or self._tokens.get(who, "")
            said = json.loads(got.read())
        assert "errors" not in said, said["errors"]
        found: _Said = said["data"]
        return found


_shoppers = itertools.count(1)
