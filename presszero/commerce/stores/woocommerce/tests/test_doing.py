"""What is asked of the shop: money back by its gateway, orders, codes and drafts; each once, whatever the shop says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.woocommerce import finding
from presszero.commerce.stores.woocommerce.adapter import adapter
from presszero.commerce.vocabulary import Address, Ask, Done

from .fake_shop import FakeShop, open_shop
from .goods import boots_node, order_node, product_node

REFUND = Ask("refund", "remedy-1", order="1042", currency="EUR", amount=1840, reason="Scratched")
ORDER = Ask("order", "r1", order="1042", currency="EUR", variants=(("551", 1, 0),), email="ada@example.com")
DRAFT = Ask("draft", "d1", currency="EUR", variants=(("551", 1, 10000), ("56", 2, 200)), email="ada@example.com")


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    with open_shop(order_node(1042), product_node(56, "Laces"), *boots_node()) as shop:
        yield shop


@pytest.fixture
def store(shop: FakeShop) -> StoreSettings:
    return shop.settings()


def do(store: StoreSettings, ask: Ask) -> Done:
    return adapter.do(store, ask, lambda: None)


def test_a_line_goes_back_with_its_tax(shop: FakeShop, store: StoreSettings) -> None:
    whole = replace(REFUND, amount=10490, shipping=490, lines=(("10421", 1),), restock=True)
    done = do(store, whole)
    assert done.state == "accepted" and done.news is not None
    (said,) = done.news.refunds
    assert (said.amount, said.key, said.reason, said.state) == (10490, "remedy-1", "Scratched", "done")
    assert said.lines == (("10421", 1),) and done.news.lines[0].refunded == 1
    assert said.shipping == 490
    (row,) = shop.refunds[1042]
    assert (row["line_items"][0]["total"], row["line_items"][0]["quantity"]) == ("-84.03", -1)


def test_never_more_than_was_paid(shop: FakeShop, store: StoreSettings) -> None:
    assert do(store, replace(REFUND, amount=10000)).state == "accepted"
    too_much = do(store, replace(REFUND, key="remedy-2", amount=891))
    assert too_much.state == "refused" and "€8.90" in too_much.reason
    assert do(store, replace(REFUND, key="remedy-2", amount=890)).state == "accepted"
    assert do(store, replace(REFUND, key="remedy-3", currency="USD", amount=1)).state == "refused"
    assert do(store, replace(REFUND, key="r3", order="77")).state == "refused"
    assert shop.went_back == [(1042, "100.00"), (1042, "8.90")]


def test_the_gateways_no_is_a_no(shop: FakeShop, store: StoreSettings) -> None:
    shop.gateway = "This payment takes no automatic refunds."
    done = do(store, REFUND)
    assert (done.state, done.reason) == ("refused", "This payment takes no automatic refunds.")
    assert adapter.look(store, REFUND) is None and shop.went_back == []


def test_a_shop_that_dies_while_its_gateway_acts_is_left_to_a_person(shop: FakeShop, store: StoreSettings) -> None:
    """Its row is there and does not say that the money moved. Nobody asks again."""
    shop.dies_in_gateway = True
    assert do(store, REFUND).state == "unknown"
    shop.dies_in_gateway = False
    looked = adapter.look(store, REFUND)
    assert looked is not None and looked.state == "unknown" and looked.reason
    assert do(store, REFUND).state == "unknown"
    assert shop.went_back == [(1042, "18.40")]
    shop.refunds[1042][0]["refunded_payment"] = True  # the shop has caught up
    looked = adapter.look(store, REFUND)
    assert looked is not None and looked.state == "accepted"


@pytest.mark.parametrize(("way", "state"), [("429", "later"), ("503", "later"), ("500", "unknown")])
def test_what_a_shop_in_trouble_means(shop: FakeShop, store: StoreSettings, way: str, state: str) -> None:
    shop.fails = ["", way]  # the order is seen, and the refund fails
    done = do(store, REFUND)
    assert (done.state, done.retry_after) == (state, 7.0 if state == "later" else None)
    assert adapter.look(store, REFUND) is None
    shop.fails = [way]
    assert do(store, REFUND).state == "later"  # nothing was asked for yet
    shop.fails = [way]
    looked = adapter.look(store, REFUND)
    assert looked is not None and looked.state == "unknown"
    assert do(store, REFUND).state == "accepted" and len(shop.went_back) == 1


def test_a_key_that_may_only_read_is_said(shop: FakeShop, store: StoreSettings) -> None:
    shop.keys = {key: (secret, "read") for key, (secret, _may) in shop.keys.items()}
    done = do(store, REFUND)
    assert done.state == "refused" and "write permissions" in done.reason


def test_cancelled_once_the_money_is_back(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("cancel", "c1", order="1042", currency="EUR", amount=10890)
    shop.gateway = "No."
    assert do(store, ask).state == "refused" and shop.order(1042)["status"] == "processing"
    shop.gateway = ""
    done = do(store, ask)
    assert done.news is not None and done.news.cancelled_at and shop.order(1042)["status"] == "cancelled"
    assert do(store, ask).state == "accepted" and len(shop.went_back) == 1


def test_a_new_address_before_it_leaves(shop: FakeShop, store: StoreSettings) -> None:
    there = Address(name="Ada Maria Kowalski", line1="Neue Str. 1", postcode="1010", city="Wien", country="AT")
    done = do(store, Ask("address", "a1", order="1042", address=there))
    assert done.news is not None and done.news.ship_to == there
    shop.order(1042)["status"] = "completed"
    assert do(store, Ask("address", "a2", order="1042", address=there)).state == "refused"


def test_a_replacement_is_no_sale_and_comes_once(shop: FakeShop, store: StoreSettings) -> None:
    done = do(store, ORDER)
    assert done.news is not None
    assert (done.news.kind, done.news.key, done.news.total, done.news.payments) == ("replacement", "r1", 0, ())
    assert done.news.lines[0].variant == "551"
    assert do(store, ORDER).external_id == done.external_id and len(shop.rows["orders"]) == 2
    assert do(store, replace(ORDER, key="r2", variants=(("404", 1, 0),))).state == "refused"


def test_a_shop_with_too_many_new_orders_makes_none_blindly(
    shop: FakeShop, store: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert do(store, ORDER).state == "accepted"
    monkeypatch.setattr(finding, "PAGES_LOOKED_AT", 1)
    monkeypatch.setattr(finding, "MOST_A_PAGE", 1)
    assert do(store, replace(ORDER, key="r2")).state == "refused" and len(shop.rows["orders"]) == 2
    looked = adapter.look(store, replace(ORDER, key="r2"))
    assert looked is not None and looked.state == "unknown"


def test_a_draft_to_pay_and_its_end(shop: FakeShop, store: StoreSettings) -> None:
    done = do(store, DRAFT)
    assert "order-pay" in done.url and do(store, DRAFT) == done
    assert done.news is not None and done.news.total == 10400
    assert adapter.undo(store, DRAFT, done).state == adapter.undo(store, DRAFT, done).state == "accepted"
    assert len(shop.rows["orders"]) == 1
    paid = do(store, DRAFT)
    shop.order(int(paid.external_id)).update(date_paid_gmt="2026-11-21T08:00:00", status="processing")
    assert adapter.undo(store, DRAFT, paid).state == "refused"


def test_a_promised_price_is_kept_or_no_link_is_sent(shop: FakeShop, store: StoreSettings) -> None:
    done = do(store, replace(DRAFT, variants=(("551", 1, 9000),)))
    assert done.state == "refused" and "€100.00" in done.reason
    assert len(shop.rows["orders"]) == 1


def test_a_code_is_made_once_and_taken_back(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("code", "p1", currency="EUR", amount=500)
    done = do(store, ask)
    assert do(store, ask) == done and len(shop.rows["coupons"]) == 1
    assert do(store, replace(ask, key="p2", percent=10)).code != done.code
    made = list(shop.rows["coupons"].values())
    assert [(each["discount_type"], each["amount"]) for each in made] == [("fixed_cart", "5.00"), ("percent", "10")]
    assert do(store, replace(ask, key="p3", currency="USD")).state == "refused"
    assert adapter.undo(store, ask, done).state == adapter.undo(store, ask, done).state == "accepted"
    assert len(shop.rows["coupons"]) == 1
