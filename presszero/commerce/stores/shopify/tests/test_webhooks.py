"""Webhooks: signed over the exact bytes, and read as documented. What the headers say is believed of nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from presszero.channels.adapter import BadSignature, Request, Unreadable
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.shopify.adapter import adapter
from presszero.commerce.vocabulary import Changed, Disconnected, News, StoreCart, StoreOrder

from .fake_shop import SECRET, signed

SAMPLES = Path(__file__).parents[1] / "samples"
STORE = StoreSettings(7, "shopify", "juniper.myshopify.com", "GBP", {}, {"secret": SECRET})
ORDER = Changed("order", "820982911946154500")


def sample(name: str) -> tuple[bytes, dict[str, str]]:
    said = json.loads((SAMPLES / f"{name}.json").read_text())
    return json.dumps(said["body"]).encode(), said["headers"]


def news(name: str) -> list[News]:
    return adapter.parse(*sample(name), STORE)


def request(body: bytes, topic: str = "orders/create") -> Request:
    return Request("POST", "https://desk.example/in/shopify/t", signed(body, topic), body)


def test_only_these_very_bytes_are_signed() -> None:
    body, _headers = sample("orders-create")
    genuine = request(body)
    adapter.verify(genuine, STORE)
    for wrong in (
        replace(genuine, body=body + b" "),
        replace(genuine, headers={}),
        replace(genuine, headers={"x-shopify-hmac-sha256": "no base64!"}),
        replace(genuine, headers=signed(body, "orders/create", secret="another")),
    ):
        with pytest.raises(BadSignature):
            adapter.verify(wrong, STORE)
    with pytest.raises(BadSignature):  # disconnected: a body signed with nothing is not believed
        adapter.verify(replace(genuine, headers=signed(body, "x", secret="")), replace(STORE, secrets={}))


def test_a_retry_is_the_same_event_and_another_topic_is_not() -> None:
    body, _headers = sample("orders-create")
    first, again, other = request(body), request(body), request(body, "orders/updated")
    assert adapter.event_id(first) == adapter.event_id(again) != adapter.event_id(other)
    assert adapter.event_id(replace(first, headers={})) == ""


def test_everything_about_one_order_stays_in_order() -> None:
    about = ("orders-create", "orders-updated", "orders-cancelled", "refunds-create", "fulfillments-update")
    assert {adapter.lane_key(sample(name)[0]) for name in about} == {"820982911946154500"}


def test_a_new_order_is_shown_at_once_and_looked_at() -> None:
    order, changed = news("orders-create")
    assert isinstance(order, StoreOrder) and changed == ORDER
    assert (order.number, order.total, order.discount, order.shipping) == ("#1042", 10000, 500, 500)
    assert [(e.title, e.quantity, e.price, e.total) for e in order.lines] == [
        ("Juniper boots, Brown / 42", 1, 9200, 8700),
        ("Laces", 2, 400, 800),
    ]
    assert (order.captured, order.account, order.lines[0].variant) == (10000, "207119551", "39072856")
    assert order.ship_to is not None and order.ship_to.city == "Leeds"
    assert order.updated_at is not None and order.updated_at < order.placed_at.replace(second=2)


@pytest.mark.parametrize(
    "name", ["orders-updated", "orders-cancelled", "orders-delete", "refunds-create", "fulfillments-update"]
)
def test_changes_make_us_look(name: str) -> None:
    assert news(name) == [ORDER]


def test_products_are_looked_at_even_when_they_are_said_to_be_gone() -> None:
    assert news("products-update") == news("products-delete") == [Changed("product", "632910392")]


def test_a_cart_and_its_checkout_are_one() -> None:
    (cart,), (checkout,) = news("carts-update"), news("checkouts-update")
    assert isinstance(cart, StoreCart) and isinstance(checkout, StoreCart)
    assert cart.external_id == checkout.external_id and cart.total == checkout.total == 1200
    assert (checkout.email, checkout.ended) == ("ada@example.com", False)


def test_the_app_was_taken_out() -> None:
    (gone,) = news("app-uninstalled")
    assert isinstance(gone, Disconnected)
    body, _headers = sample("orders-create")
    assert adapter.parse(body, {"x-shopify-topic": "app/uninstalled"}, STORE) == []
    other = json.dumps({"myshopify_domain": "other.myshopify.com"}).encode()
    assert adapter.parse(other, {"x-shopify-topic": "app/uninstalled"}, STORE) == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"7", b"{}", b'{"id": "x"}', b'{"id": null}', b"[" * 99999])
@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "refunds/create", "carts/update"])
def test_nonsense_is_unreadable_and_nothing_else(body: bytes, topic: str) -> None:
    with pytest.raises(Unreadable):
        adapter.parse(body, {"x-shopify-topic": topic}, STORE)


def test_an_unknown_topic_says_nothing() -> None:
    assert adapter.parse(b'{"id": 1}', {"x-shopify-topic": "shop/update"}, STORE) == []
