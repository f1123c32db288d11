"""Shopify, for the tests that all stores share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.marks import key_in
from presszero.commerce.stores.shopify import client, reading
from presszero.commerce.stores.shopify.doing import code_of
from presszero.commerce.stores.tests.contract import Contract, Street
from presszero.commerce.vocabulary import Address, Ask

from .fake_shop import SECRET, TOKEN, FakeShop, open_shop, signed
from .goods import order_node, product_node

_THERE = Address(name="Ada Kowalski", line1="2 Mill Lane", postcode="LS1 4AC", city="York", country="GB")


def _headers(body: bytes, said: Mapping[str, str]) -> dict[str, str]:
    return {**said, **signed(body, said["x-shopify-topic"], said.get("x-shopify-webhook-id", ""))}


@contextmanager
def _open() -> Iterator[Street]:
    client._buckets.clear()
    numbers = count(2000)
    with open_shop(product_node(1, "Juniper boots")) as shop:
        store = shop.settings(token=TOKEN)

        def ask(kind: str, key: str) -> Ask:
            number = next(numbers)
            shop.has(order_node(number))
            made = Ask(kind, key, order=str(number), currency="GBP", email="ada@example.com", reason="Scratched")
            match kind:
                case "refund" | "code" | "gift_card":
                    return replace(made, amount=500)
                case "address":
                    return replace(made, address=_THERE)
                case "order" | "draft":
                    return replace(made, variants=(("10", 1, 9200),))
                case "return":
                    return replace(made, lines=((f"{number}1", 1),))
            return replace(made, amount=10000)

        yield Street(store, ask, lambda asked: _effects(shop, store, asked))


def _effects(shop: FakeShop, store: StoreSettings, ask: Ask) -> int:
    node = shop.orders[ask.order]
    match ask.kind:
        case "refund":
            return sum(key_in(each["note"]) == ask.key for each in node["refunds"])
        case "cancel":
            return int(bool(node["cancelledAt"]))
        case "address":
            return int(node["shippingAddress"]["city"] == "York")
        case "return":
            return len(node["returns"]["nodes"])
        case "order":
            return sum(reading.attributes(each).get(reading.KEY) == ask.key for each in shop.orders.values())
        case "draft":
            return sum(reading.attributes(each).get(reading.KEY) == ask.key for each in shop.made.get("draft", ()))
    name, length = ("code", 10) if ask.kind == "code" else ("gift", 16)
    return sum(each["code"] == code_of(store, ask.key, length) for each in shop.made.get(name, ()))


CONTRACT = Contract(
    store=StoreSettings(7, "shopify", "juniper.myshopify.com", "GBP", {}, {"secret": SECRET}),
    headers=_headers,
    open=_open,
)
