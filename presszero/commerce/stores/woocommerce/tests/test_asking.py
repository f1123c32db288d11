"""Reading a shop over a real socket: keys, rights, pages, patience, and what its decimals come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from presszero.commerce.stores.adapter import AccessLost, StoreAway, StoreSettings
from presszero.commerce.stores.woocommerce import finding
from presszero.commerce.stores.woocommerce.adapter import adapter
from presszero.commerce.vocabulary import StoreOrder
from presszero.core.refusal import Refused

from .fake_shop import KEY, SECRET, FakeShop, open_shop
from .goods import boots_node, order_node, product_node

DOOR = "https://desk.example/in/woocommerce/token"


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    with open_shop(order_node(1042), product_node(56, "Laces"), *boots_node()) as shop:
        yield shop


@pytest.fixture
def store(shop: FakeShop) -> StoreSettings:
    return shop.settings()


def test_it_says_who_it_is_and_whether_the_key_may_write(shop: FakeShop, store: StoreSettings) -> None:
    found = adapter.check(store)
    assert (found.name, found.currency, found.missing) == ("Juniper & Co.", "EUR", ())
    shop.keys[KEY] = (SECRET, "read")
    assert adapter.check(store).missing == ("Read/Write",)
    assert shop.order(1042)["date_modified_gmt"] == order_node(1042)["date_modified_gmt"]


def test_a_key_that_was_taken_back_is_access_lost(shop: FakeShop, store: StoreSettings) -> None:
    del shop.keys[KEY]
    for ask in (adapter.check, adapter.orders, lambda to: adapter.order(to, "1042")):
        with pytest.raises(AccessLost, match="Consumer key is invalid"):
            ask(store)
    with pytest.raises(AccessLost, match="missing"):
        adapter.check(replace(store, secrets={}))


def test_no_woocommerce_there(shop: FakeShop, store: StoreSettings) -> None:
    shop.has_api = False
    with pytest.raises(AccessLost, match="no WooCommerce"):
        adapter.check(store)
    with pytest.raises(StoreAway):
        adapter.check(replace(store, address="http://127.0.0.1:9"))


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_shop_that_asks_for_patience_gets_it(shop: FakeShop, store: StoreSettings, status: str) -> None:
    shop.fails = [status]
    with pytest.raises(StoreAway) as told:
        adapter.orders(store)
    assert told.value.retry_after == 7.0
    shop.fails = ["500"]
    with pytest.raises(StoreAway) as told:
        adapter.orders(store)
    assert told.value.retry_after is None


def test_what_an_order_comes_to(shop: FakeShop, store: StoreSettings) -> None:
    (order,) = adapter.orders(store).found
    assert isinstance(order, StoreOrder)
    assert (order.number, order.total, order.shipping, order.tax) == ("1042", 10890, 490, 1739)
    assert [(each.price, each.quantity, each.total, each.variant) for each in order.lines] == [
        (10000, 1, 10000, "551"),
        (200, 2, 400, "56"),
    ]
    assert sum(each.total for each in order.lines) + order.shipping == order.total
    (paid,) = order.payments
    assert (paid.amount, paid.state, paid.label) == (10890, "captured", "Credit card (Stripe)")
    assert order.placed_at == datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
    assert order.ship_to is not None and (order.ship_to.name, order.ship_to.country) == ("Ada Kowalski", "DE")
    assert (order.account, order.email, order.sent) == ("", "ada@example.com", "")


def test_parcels_are_read_from_the_tracking_plugins(shop: FakeShop, store: StoreSettings) -> None:
    shop.order(1042).update(status="completed", date_completed_gmt="2026-11-19T12:00:00")
    order = adapter.order(store, "1042")
    assert order is not None and [(each.state, each.tracking) for each in order.shipments] == [("sent", "")]
    parcel = {"tracking_provider": "DHL", "tracking_number": "JD0146", "date_shipped": "1763550000", "tracking_id": "7"}
    shop.order(1042)["meta_data"] = [{"key": "_wc_shipment_tracking_items", "value": [parcel]}]
    order = adapter.order(store, "1042")
    assert order is not None and [(each.carrier, each.tracking) for each in order.shipments] == [("DHL", "JD0146")]


def test_a_size_counts_its_own_stock_or_its_products(shop: FakeShop, store: StoreSettings) -> None:
    found = adapter.product(store, "552")  # a variation leads to its product
    assert found is not None and found.external_id == "55"
    assert [(each.external_id, each.title, each.stock) for each in found.variants] == [
        ("551", "42", 2),
        ("552", "43", 4),
    ]
    assert adapter.product(store, "404") is None and adapter.product(store, "x/../1") is None
    assert {each.external_id for each in adapter.products(store).found} == {"55", "56"}


def test_all_pages_even_while_orders_change(
    shop: FakeShop, store: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "ORDERS_A_PAGE", 10)
    for n in range(1, 40):  # the first fifteen of one second, the rest a minute apart
        at = f"2026-11-18T10:{max(0, n - 15):02d}:00"
        shop.has(order_node(n, date_modified_gmt=at))
    seen: dict[str, int] = {}
    cursor, pages, total = "", 0, None
    while pages == 0 or cursor:
        page = adapter.orders(store, cursor)
        total = total if pages else page.total
        cursor, pages = page.cursor, pages + 1
        for order in page.found:
            assert isinstance(order, StoreOrder)
            seen[order.number] = seen.get(order.number, 0) + 1
        shop.order(pages)["date_modified_gmt"] = f"2026-11-18T12:0{pages}:00"  # moves to the end
        assert pages < 12
    assert set(seen) == {"1042", *(str(n) for n in range(1, 40))} and total == 40


def test_a_page_of_which_nothing_may_be_seen_is_not_the_last(
    shop: FakeShop, store: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "ORDERS_A_PAGE", 5)
    shop.has(*(order_node(n, date_modified_gmt=f"2026-11-19T10:{n:02d}:00") for n in range(1, 13)))
    shop.hidden = {1042, 1, 2, 3, 4, 6}
    seen: set[str] = set()
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page = adapter.orders(store, cursor)
        seen |= {each.external_id for each in page.found}
        cursor, pages = page.cursor, pages + 1
        assert pages < 12
    assert seen == {"5", *(str(n) for n in range(7, 13))}


def test_only_what_changed_since(shop: FakeShop, store: StoreSettings) -> None:
    shop.has(order_node(7, date_modified_gmt="2026-11-21T08:00:01"), order_node(8, status="checkout-draft"))
    since = datetime(2026, 11, 21, 10, 0, tzinfo=UTC).replace(hour=8)
    assert [e.number for e in adapter.orders(store, "", since).found if isinstance(e, StoreOrder)] == ["7"]
    assert "8" not in {e.external_id for e in adapter.orders(store).found}


def test_one_order_that_makes_no_sense_does_not_hide_the_others(shop: FakeShop, store: StoreSettings) -> None:
    shop.has(order_node(7, total="much"), order_node(8, date_created_gmt="yesterday"), order_node(9))
    page = adapter.orders(store)
    assert {each.external_id for each in page.found} == {"1042", "9"}
    assert [sentence.partition(":")[0] for sentence in page.rejected] == ["7", "8"]


def test_it_tells_us_of_changes_once_and_no_more_when_let_go(shop: FakeShop, store: StoreSettings) -> None:
    adapter.subscribe(store, DOOR)
    adapter.subscribe(store, DOOR)
    made = list(shop.rows["webhooks"].values())
    assert len(made) == len({each["topic"] for each in made}) == 8
    assert {each["secret"] for each in made} == {SECRET}
    made[0]["status"] = "disabled"  # the shop gave up on it
    adapter.subscribe(store, DOOR)
    assert {each["status"] for each in shop.rows["webhooks"].values()} == {"active"}
    adapter.unsubscribe(store, "https://elsewhere.example")
    assert len(shop.rows["webhooks"]) == 8
    adapter.unsubscribe(store, DOOR)
    assert shop.rows["webhooks"] == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("shop.example", "https://shop.example"),
        ("https://shop.example/en/wp-admin/", "https://shop.example/en"),
        ("https://shop.example/wp-json/wc/v3", "https://shop.example"),
    ],
)
def test_an_address_as_people_type_it(typed: str, kept: str) -> None:
    assert adapter.home(typed) == kept


@pytest.mark.parametrize("typed", ["", "shop", "http://shop.example", "https://a@shop.example", "javascript://x.y/"])
def test_keys_go_to_https_alone(typed: str) -> None:
    with pytest.raises(Refused):
        adapter.home(typed)
