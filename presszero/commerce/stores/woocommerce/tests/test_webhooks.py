"""Webhooks: signed over the exact bytes, and read as documented. What the headers say is believed of nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from presszero.channels.adapter import BadSignature, Request, Unreadable
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.woocommerce.adapter import adapter
from presszero.commerce.vocabulary import Changed, News, StoreOrder

from .fake_shop import SECRET, signed

SAMPLES = Path(__file__).parents[1] / "samples"
STORE = StoreSettings(7, "woocommerce", "https://shop.example", "EUR", {"key": "ck_1"}, {"secret": SECRET})


def body_of(name: str) -> tuple[bytes, str]:
    said = json.loads((SAMPLES / f"{name}.json").read_text())
    body = said["body"]
    return (body if isinstance(body, str) else json.dumps(body)).encode(), said["headers"].get("x-wc-webhook-topic", "")


def news(name: str) -> list[News]:
    body, topic = body_of(name)
    return adapter.parse(body, signed(body, topic), STORE)


def test_a_new_order_is_shown_at_once_and_looked_at() -> None:
    order, then = news("order-created")
    assert isinstance(order, StoreOrder) and then == Changed("order", "727")
    assert (order.number, order.total, order.account, order.note) == (
        "727",
        10890,
        "26",
        "Please leave it with the neighbours.",
    )


def test_refunds_are_not_in_it_so_the_shop_is_looked_at() -> None:
    assert news("order-updated") == [Changed("order", "727")]
    assert news("order-deleted") == [Changed("order", "727")]
    assert news("order-draft") == [Changed("order", "728")]


def test_a_size_is_news_of_its_product() -> None:
    assert news("product-updated") == [Changed("product", "56")]
    assert news("product-deleted") == [Changed("product", "56")]
    assert news("variation-updated") == [Changed("product", "55")]


def test_another_topic_over_signed_bytes_changes_nothing() -> None:
    body, _topic = body_of("product-updated")
    assert adapter.parse(body, signed(body, "order.deleted"), STORE) == [Changed("product", "56")]


def test_a_ping_is_let_in_once_and_says_nothing() -> None:
    ping = Request("POST", "https://desk.example/in/woocommerce/t", {}, b"webhook_id=5")
    adapter.verify(ping, STORE)
    assert adapter.event_id(ping) == adapter.event_id(replace(ping, body=b"webhook_id=6")) == "ping"
    assert (adapter.lane_key(ping.body), adapter.parse(ping.body, {}, STORE)) == ("", [])
    for wrong in (b"webhook_id=5&x=1", b"webhook_id=5\n", b"webhook_id=", b"webhook_id=" + b"9" * 40):
        with pytest.raises(BadSignature):
            adapter.verify(replace(ping, body=wrong), STORE)
    with pytest.raises(BadSignature):
        adapter.verify(ping, replace(STORE, secrets={}))


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 5000, b'{"id": "x"}', b'{"id": 1, "line_items": 7}', b"nonsense"])
def test_what_makes_no_sense_is_said_to_be_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        adapter.parse(body, signed(body, "order.updated"), STORE)
