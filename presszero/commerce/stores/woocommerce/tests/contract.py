"""WooCommerce, for the tests that all stores share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.marks import code_of, key_in
from presszero.commerce.stores.tests.contract import Contract, Street
from presszero.commerce.stores.woocommerce.reading import KEY, meta
from presszero.commerce.vocabulary import Address, Ask

from .fake_shop import SECRET, FakeShop, open_shop, signed
from .goods import boots_node, order_node, product_node

_THERE = Address(name="Ada Kowalski", line1="Neue Str. 1", postcode="1010", city="Wien", country="AT")


def _headers(body: bytes, said: Mapping[str, str]) -> dict[str, str]:
    topic = said.get("x-wc-webhook-topic", "")
    return signed(body, topic) if topic else {}


@contextmanager
def _open() -> Iterator[Street]:
    numbers = count(2000)
    with open_shop(product_node(56, "Laces"), *boots_node()) as shop:

        def ask(kind: str, key: str) -> Ask:
            number = next(numbers)
            shop.has(order_node(number))
            made = Ask(kind, key, order=str(number), currency="EUR", email="ada@example.com", reason="Scratched")
            match kind:
                case "address":
                    return replace(made, address=_THERE)
                case "order" | "draft":
                    return replace(made, variants=(("551", 1, 10000),))
                case "cancel":
                    return replace(made, amount=10890)
            return replace(made, amount=500)

        yield Street(shop.settings(), ask, lambda asked: _effects(shop, asked))


def _effects(shop: FakeShop, ask: Ask) -> int:
    node, number = shop.order(int(ask.order)), int(ask.order)
    back = [each for each in shop.refunds.get(number, []) if key_in(each["reason"]) == ask.key]
    match ask.kind:
        case "refund":
            return len(back) if len(back) == len([n for n, _ in shop.went_back if n == number]) else -1
        case "cancel":
            return len(back) if node["status"] == "cancelled" else -1
        case "address":
            return int(node["shipping"]["city"] == "Wien")
        case "code":
            code = code_of(SECRET, ask.key, 10).lower()
            return sum(each["code"] == code for each in shop.rows["coupons"].values())
    return sum(meta(each).get(KEY) == ask.key for each in shop.rows["orders"].values())


CONTRACT = Contract(
    store=StoreSettings(9, "woocommerce", "https://shop.example", "EUR", {"key": "ck_1"}, {"secret": SECRET}),
    headers=_headers,
    open=_open,
    says_nothing=frozenset({"ping"}),
    unsigned=frozenset({"ping"}),
)
