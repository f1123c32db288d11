"""A store's webhook comes in as a channel's does: signed, stored, spooled while the database is away, and taken."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from presszero.commerce.models import Order, Stale, Store
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, signed
from presszero.intake import quarantine
from presszero.intake.split import split_all
from presszero.mailroom.models import Quarantine, Received
from presszero.team.gate import COOKIE
from presszero.team.models import Membership, Role

from .conftest import Answer, EdgeProcess, Shop, Tap, wait_until


def order(number: int = 1042, **more: object) -> dict[str, object]:
    """As orders/create says it."""
    price = {"presentment_money": {"amount": "92.00", "currency_code": "GBP"}}
    line = {"id": number * 10, "title": "Juniper boots", "quantity": 1, "price_set": price}
    at = "2026-11-20T10:15:00+00:00"
    return {
        "id": number,
        "name": f"#{number}",
        "created_at": at,
        "updated_at": at,
        "presentment_currency": "GBP",
        "total_price_set": price,
        "line_items": [line],
        **more,
    }


def deliver(
    edge: EdgeProcess, store: Store, said: object, topic: str = "orders/create", secret: str = SECRET
) -> Answer:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {name.replace("-", "_"): value for name, value in signed(body, "orders/create", secret=secret).items()}
    return edge.call("POST", f"/in/{store.kind}/{store.token}", body, **headers)


@pytest.fixture
def store(shop: Shop) -> Store:
    return open_store(shop)


def open_store(shop: Shop) -> Store:
    made = Store(
        merchant=shop.merchant,
        kind="shopify",
        address="juniper.myshopify.com",
        name="Juniper online",
        brand=shop.kiosk.brand,
        currency="GBP",
    )
    made.keep_secrets({"secret": SECRET})
    made.save()
    return made


def test_a_signed_webhook_becomes_an_order_once(edge: EdgeProcess, store: Store) -> None:
    for _again in range(2):
        assert deliver(edge, store, order()).status == 200
        while split_all():
            pass
    row = Received.objects.get(merchant=store.merchant)
    assert (row.line_id, row.split_at is not None) == (-store.id, True)
    found = Order.objects.get(merchant=store.merchant)
    assert (found.number, found.total, found.store_id) == ("#1042", 9200, store.id)
    assert list(Stale.objects.values_list("what", "external_id")) == [("order", "1042")]


def test_h1_what_the_store_did_not_sign_changes_nothing(edge: EdgeProcess, store: Store, other_shop: Shop) -> None:
    theirs = open_store(other_shop)
    theirs.keep_secrets({"secret": "another shop's"})
    theirs.save()
    assert deliver(edge, store, order(), secret="guessed").status == 403
    assert deliver(edge, theirs, order()).status == 403  # signed by one shop, sent to another's address
    assert edge.call("POST", f"/in/kiosk/{store.token}", b"{}").status == 404
    assert edge.call("POST", f"/in/shopify/{other_shop.kiosk.token}", b"{}").status == 404
    store.keep_secrets({})  # disconnected
    store.save()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY lines")
    wait_until(lambda: deliver(edge, store, order(), secret="").status == 403)
    assert not Received.objects.exists() and not Order.objects.exists()


def test_poison_is_held_back_under_the_shops_name_and_the_rest_flows(
    edge: EdgeProcess, shop: Shop, store: Store
) -> None:
    card = "4111 1111 1111 1111"
    poison = {"id": 4111111111111111, "name": "#9", "note": f"my card {card}", "line_items": "none"}
    assert deliver(edge, store, poison).status == 200
    assert deliver(edge, store, order(1043, note=f"card {card}")).status == 200
    while split_all():
        pass
    assert [found.number for found in Order.objects.all()] == ["#1043"]
    assert "1111 1111" not in Order.objects.get().note
    held = Quarantine.objects.get(merchant=shop.merchant)
    assert held.sender == "Juniper online"
    kept = quarantine.raw(held)
    assert b"4111111111111111" in kept and card.encode() not in kept  # its id stays, or it could not be tried again
    Membership.objects.filter(id=shop.member.id).update(role=Role.LEAD)
    client = Client()
    client.cookies[COOKIE] = shop.token
    page = client.get("/settings/quarantine").content.decode()
    assert "Juniper online" in page and "juniper.myshopify.com" in page


@pytest.mark.slow
def test_what_a_store_said_while_the_database_was_away_is_taken(
    start_edge: Callable[..., EdgeProcess], store: Store, tap: Tap
) -> None:
    edge = start_edge()
    assert deliver(edge, store, order(1)).status == 200
    tap.cut()
    assert [deliver(edge, store, order(n)).status for n in (2, 3)] == [200, 200]
    tap.mend()
    wait_until(lambda: Received.objects.filter(merchant=store.merchant).count() == 3)
    while split_all():
        pass
    assert sorted(Order.objects.values_list("number", flat=True)) == ["#1", "#2", "#3"]
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY lines")
    wait_until(lambda: Store.objects.get(id=store.id).heard_at)
