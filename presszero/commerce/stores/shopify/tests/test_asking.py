"""A shop is asked over a real socket: its token, its bucket, its pages, and every way in which it may fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from presszero.commerce.stores.adapter import AccessLost, StoreAway
from presszero.commerce.stores.shopify import client, finding
from presszero.commerce.stores.shopify.adapter import adapter
from presszero.commerce.stores.web import Unsure
from presszero.core.refusal import Refused

from .fake_shop import TOKEN, FakeShop, open_shop
from .goods import bag, order_node, product_node


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    client._buckets.clear()
    with open_shop(order_node(1042), product_node(1, "Juniper boots")) as shop:
        yield shop


def test_an_order_as_it_stands(shop: FakeShop) -> None:
    found = adapter.order(shop.settings(token=TOKEN), "1042")
    assert found is not None
    assert (found.number, found.total, found.currency, found.email) == ("#1042", 10000, "GBP", "ada@example.com")
    assert [(each.title, each.quantity, each.price) for each in found.lines] == [
        ("Juniper boots, Brown / 42", 1, 9200),
        ("Laces", 2, 400),
    ]
    (paid,) = found.payments
    assert (paid.label, paid.state, paid.amount, paid.external_id) == ("Visa •••• 4242", "captured", 10000, "10425")
    assert found.ship_to is not None and found.ship_to.city == "Leeds"
    assert adapter.order(shop.settings(token=TOKEN), "77") is None
    assert adapter.order(shop.settings(token=TOKEN), "7/../8") is None


def test_a_product_with_cost_and_stock(shop: FakeShop) -> None:
    found = adapter.product(shop.settings(token=TOKEN), "1")
    assert found is not None
    (only,) = found.variants
    assert (only.price, only.cost, only.stock, only.title) == (9200, 4000, 3, "")


def test_who_answers_and_what_it_lets_us_do(shop: FakeShop) -> None:
    checked = adapter.check(shop.settings(token=TOKEN))
    assert (checked.name, checked.currency, checked.missing) == ("Juniper & Co.", "GBP", ())
    shop.scopes = ["read_orders"]
    assert adapter.check(shop.settings(token=TOKEN)).missing == ("write_orders", "read_products", "read_customers")


def test_id_and_secret_are_changed_into_a_token_for_a_day(shop: FakeShop) -> None:
    shop.takes_for_ever = False
    store = shop.settings()
    adapter.check(store)
    adapter.check(store)
    assert len(shop.day_tokens) == 1
    shop.day_tokens.append("a newer one")  # ours has ended before its time
    assert adapter.order(store, "1042") is not None
    assert len(shop.day_tokens) == 3


def test_an_expired_token_of_an_older_app_is_a_persons_matter(shop: FakeShop) -> None:
    shop.takes_for_ever = False
    with pytest.raises(AccessLost, match="connect the shop again"):
        adapter.order(shop.settings(token=TOKEN), "1042")
    with pytest.raises(AccessLost, match="client ID"):
        adapter.check(shop.settings(secret="another"))


@pytest.mark.parametrize(("way", "seconds"), [("429", 7.0), ("throttled", 2.0)])
def test_when_to_come_back(shop: FakeShop, way: str, seconds: float) -> None:
    shop.fails = [way]
    with pytest.raises(StoreAway) as caught:
        adapter.order(shop.settings(token=TOKEN), "1042")
    assert caught.value.retry_after == pytest.approx(seconds, abs=0.3)


@pytest.mark.parametrize("way", ["500", "cut before", "cut after"])
def test_trouble_of_its_own(shop: FakeShop, way: str) -> None:
    shop.fails = [way]
    with pytest.raises(Unsure):
        adapter.order(shop.settings(token=TOKEN), "1042")


def test_the_leaky_bucket_is_waited_for_before_the_shop_says_no(shop: FakeShop) -> None:
    shop.price, shop.most, shop.points, shop.rate = 40.0, 100.0, 100.0, 400.0
    store = shop.settings(token=TOKEN)
    begun = time.monotonic()
    for _ in range(8):
        adapter.order(store, "1042")
    assert len(shop.asked) == 8  # none was refused
    assert time.monotonic() - begun > 0.4  # eight times 40 points, of which 100 were there


def test_a_long_wait_is_handed_on(shop: FakeShop) -> None:
    shop.price, shop.most, shop.points, shop.rate = 90.0, 100.0, 100.0, 10.0
    store = shop.settings(token=TOKEN)
    adapter.order(store, "1042")
    with pytest.raises(StoreAway) as caught:
        adapter.order(store, "1042")
    assert caught.value.retry_after == pytest.approx(8.0, abs=0.5)
    assert len(shop.asked) == 1


def test_all_pages_in_the_order_of_their_changes(shop: FakeShop) -> None:
    shop.has(*(order_node(n, updatedAt=f"2026-11-{n - 2000 + 1:02}T00:00:00Z") for n in range(2000, 2024)))
    shop.too_dear_from = 20  # the first size is too large
    store, found, cursor = shop.settings(token=TOKEN), [], ""
    page = adapter.orders(store)
    assert page.total == 25
    while True:
        found += [each.external_id for each in page.found]
        cursor = page.cursor
        if not cursor:
            break
        page = adapter.orders(store, cursor)
    assert found == ["1042", *map(str, range(2000, 2024))]
    assert finding._size[shop.address] == 1
    since = adapter.orders(store, "", datetime(2026, 11, 20, tzinfo=UTC))
    assert [each.external_id for each in since.found] == ["2019", "2020", "2021", "2022", "2023"]


def test_what_makes_no_sense_is_said_and_the_rest_comes(shop: FakeShop) -> None:
    shop.has(order_node(2001, totalPriceSet=bag("12.345")), order_node(2002))
    page = adapter.orders(shop.settings(token=TOKEN))
    assert [each.external_id for each in page.found] == ["1042", "2002"]
    assert len(page.rejected) == 1 and page.rejected[0].startswith("#2001: ")


def test_lines_beyond_the_first_page(shop: FakeShop) -> None:
    shop.orders["1042"]["lineItems"]["pageInfo"] = {"hasNextPage": True, "endCursor": "x"}
    found = adapter.order(shop.settings(token=TOKEN), "1042")
    assert found is not None and [each.title for each in found.lines][2:] == ["Thing 901", "Thing 902"]


def test_subscribing_again_makes_no_second_one(shop: FakeShop) -> None:
    store, url = shop.settings(token=TOKEN), "https://desk.juniper.example/in/shopify/t"
    adapter.subscribe(store, url)
    adapter.subscribe(store, url)
    topics = [each["topic"] for each in shop.subscriptions]
    assert len(topics) == len(set(topics)) and {"ORDERS_CREATE", "REFUNDS_CREATE", "APP_UNINSTALLED"} <= set(topics)
    adapter.unsubscribe(store, url)
    adapter.unsubscribe(store, url)
    assert shop.subscriptions == []


def test_addresses_as_people_type_them() -> None:
    for typed in ("juniper", "Juniper.myshopify.com", "https://juniper.myshopify.com/"):
        assert adapter.home(typed) == "juniper.myshopify.com"
    assert adapter.home("https://admin.shopify.com/store/juniper/orders?x=1") == "juniper.myshopify.com"
    for wrong in ("", "juniper.example", "juniper.myshopify.com.evil.example", "http://127.0.0.1:80", "a b", "@x"):
        with pytest.raises(Refused):
            adapter.home(wrong)
