"""Vendure, for the tests that all stores share: the shop is a real one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.marks import code_of, key_in
from presszero.commerce.stores.tests.contract import Contract, Street
from presszero.commerce.vocabulary import Address, Ask
from tests.shop.vendure import SECRET, SOCKS, Vendure, the_shop

_THERE = Address(name="Ada Kowalski", line1="Neue Str. 1", postcode="1010", city="Wien", country="AT")
_HERE = Address(name="Ada Kowalski", line1="Lindenweg 4", postcode="10115", city="Berlin", country="DE")
_KEYED = """query($key: String!) { orders(options: { filter: {
  pressZeroKey: { eq: $key }, state: { notEq: "Cancelled" }
} }) { items { id state } } }"""
_keys = count(1)  # the shop stays open from one test to the next
_CODES = "query($code: String!) { promotions(options: { filter: { couponCode: { eq: $code } } }) { totalItems } }"


def _headers(body: bytes, said: Mapping[str, str]) -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-press-zero-signature": f"sha256={digest}"}


@contextmanager
def _open() -> Iterator[Street]:
    shop = the_shop()

    many: list[str] = []  # an order of which much can go back, bit by bit

    def one_of_many() -> str:
        many[:] = many or [shop.buys("ada@example.com", (SOCKS, 60))]
        return many[0]

    def ask(kind: str, key: str) -> Ask:
        made = Ask(kind, f"{key}-{next(_keys)}", currency="EUR", email="ada@example.com", name="Ada Kowalski")
        match kind:
            case "refund":
                return replace(made, order=one_of_many(), amount=840, reason="Scratched")
            case "cancel":
                return replace(made, order=shop.buys("ada@example.com", (SOCKS, 1)), amount=1980)
            case "address":
                return replace(made, order=shop.buys("ada@example.com", (SOCKS, 1)), address=_THERE)
            case "order":
                return replace(made, order=one_of_many(), variants=((SOCKS, 1, 0),), address=_HERE)
            case "draft":
                return replace(made, variants=((SOCKS, 1, 1490),), address=_HERE)
        return replace(made, amount=500)

    yield Street(shop.settings, ask, lambda asked: _effects(shop, asked))


def _effects(shop: Vendure, ask: Ask) -> int:
    match ask.kind:
        case "refund" | "cancel":
            back = [each for each in shop.refunds(ask.order) if key_in(each["reason"]) == ask.key]
            moved = len(back) if {each["total"] for each in back} <= {ask.amount} else -1
            return moved if ask.kind == "refund" or shop.order(ask.order)["state"] == "Cancelled" else -1
        case "address":
            now = shop.order(ask.order)
            return int(now["shippingAddress"]["streetLine1"] == "Neue Str. 1" and now["state"] == "PaymentSettled")
        case "code":
            return int(shop.staff(_CODES, code=code_of(SECRET, ask.key, 10))["promotions"]["totalItems"])
    return sum(each["state"] != "Draft" for each in shop.staff(_KEYED, key=ask.key)["orders"]["items"])


CONTRACT = Contract(
    store=StoreSettings(8, "vendure", "https://shop.example", "EUR", {"username": "u"}, {"secret": SECRET}),
    headers=_headers,
    open=_open,
    is_real=True,
    acts=lambda method, body: b"mutation" in body,
)
