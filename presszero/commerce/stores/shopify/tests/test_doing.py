"""What is asked of the shop is done once, whatever breaks on the way: before, while, and after it acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.shopify import client, finding
from presszero.commerce.stores.shopify.adapter import adapter
from presszero.commerce.vocabulary import Address, Ask, Done

from .fake_shop import TOKEN, FakeShop, open_shop
from .goods import order_node

REFUND = Ask("refund", "remedy-1", order="1042", currency="GBP", amount=1840, reason="Scratched")


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    client._buckets.clear()
    with open_shop(order_node(1042)) as shop:
        yield shop


@pytest.fixture
def store(shop: FakeShop) -> StoreSettings:
    return shop.settings(token=TOKEN)


def do(store: StoreSettings, ask: Ask) -> Done:
    return adapter.do(store, ask, lambda: None)


def test_a_part_goes_back_to_the_card_it_came_from(shop: FakeShop, store: StoreSettings) -> None:
    written: list[int] = []
    done = adapter.do(store, replace(REFUND, lines=(("10422", 1),), restock=True), lambda: written.append(1))
    assert (done.state, len(written)) == ("accepted", 1)
    (refund,) = shop.refunds(1042)
    assert refund["transactions"]["nodes"][0]["amountSet"]["presentmentMoney"]["amount"] == "18.40"
    given = next(asked["input"] for name, asked in shop.asked if name == "Refund")
    assert given["refundLineItems"][0]["locationId"] == "gid://shopify/Location/1"
    assert done.news is not None
    (said,) = done.news.refunds
    assert (said.amount, said.key, said.reason, said.state) == (1840, "remedy-1", "Scratched", "done")
    assert said.lines == (("10422", 1),)


def test_the_same_key_again_gives_nothing_twice(shop: FakeShop, store: StoreSettings) -> None:
    first, second = do(store, REFUND), do(store, REFUND)
    assert first.external_id == second.external_id and len(shop.refunds(1042)) == 1
    shop.orders["1042"]["refunds"].clear()  # its note is gone: Shopify's own key still holds
    assert do(store, REFUND).external_id == first.external_id and len(shop.refund_keys) == 1


def test_never_more_than_the_payment_took(shop: FakeShop, store: StoreSettings) -> None:
    assert do(store, replace(REFUND, amount=9000)).state == "accepted"
    too_much = do(store, replace(REFUND, key="remedy-2", amount=1001))
    assert too_much.state == "refused" and "£10.00" in too_much.reason
    assert do(store, replace(REFUND, key="remedy-2", amount=1000)).state == "accepted"
    assert do(store, replace(REFUND, key="r3", order="77")).state == "refused"
    assert len(shop.refunds(1042)) == 2


def test_two_payments_the_named_one_first(shop: FakeShop, store: StoreSettings) -> None:
    card = shop.orders["1042"]["transactions"][0]
    gift = {**card, "id": "gid://shopify/OrderTransaction/6", "gateway": "gift_card", "paymentDetails": None}
    shop.orders["1042"]["transactions"].append(gift)
    assert do(store, replace(REFUND, amount=15000, payment="6")).state == "accepted"
    parts = next(asked["input"]["transactions"] for name, asked in shop.asked if name == "Refund")
    assert [(each["gateway"], each["amount"]) for each in parts] == [
        ("gift_card", "100.00"),
        ("shopify_payments", "50.00"),
    ]


@pytest.mark.parametrize(
    ("way", "state", "effects"),
    [("401", "refused", 0), ("429", "later", 0), ("throttled", "later", 0)]
    + [("500", "unknown", 0), ("cut before", "unknown", 0), ("cut after", "unknown", 1)],
)
def test_every_point_at_which_a_refund_may_fail(
    shop: FakeShop, store: StoreSettings, way: str, state: str, effects: int
) -> None:
    shop.fails_on["Refund"] = [way]
    done = do(store, REFUND)
    assert (done.state, len(shop.refunds(1042))) == (state, effects)
    evidence = adapter.look(store, REFUND)
    assert (evidence.state if evidence else None) == ("accepted" if effects else None)
    assert do(store, REFUND).state == "accepted"
    assert len(shop.refunds(1042)) == 1


@pytest.mark.parametrize("way", ["500", "cut before", "cut after"])
def test_what_breaks_before_anything_was_asked_for_is_no_riddle(shop: FakeShop, store: StoreSettings, way: str) -> None:
    shop.fails_on["OneOrder"] = [way]
    written: list[int] = []
    assert adapter.do(store, REFUND, lambda: written.append(1)).state == "later"
    assert written == [] and shop.refunds(1042) == []


def test_done_is_done_even_if_the_order_cannot_be_seen_after_it(shop: FakeShop, store: StoreSettings) -> None:
    shop.fails_on["OneOrder"] = ["", "500"]
    done = do(store, REFUND)
    assert (done.state, done.news, len(shop.refunds(1042))) == ("accepted", None, 1)


def test_nobody_there_is_later(store: StoreSettings) -> None:
    gone = replace(store, address="http://127.0.0.1:9")
    assert do(gone, REFUND).state == "later"
    looked = adapter.look(gone, REFUND)
    assert looked is not None and looked.state == "unknown"


def test_cancelled_once_with_the_money_back_or_without(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("cancel", "c1", order="1042", currency="GBP", amount=10000, restock=True)
    assert do(store, replace(ask, amount=500)).state == "refused"
    done = do(store, ask)
    assert done.state == "accepted" and done.news is not None and done.news.cancelled_at
    assert do(store, ask).state == "accepted"
    assert shop.operations().count("Cancel") == 1


def test_a_new_address(shop: FakeShop, store: StoreSettings) -> None:
    there = Address(name="Ada Maria Kowalski", line1="2 Mill Lane", postcode="LS1 4AC", city="Leeds", country="GB")
    done = do(store, Ask("address", "a1", order="1042", address=there))
    assert done.news is not None and done.news.ship_to is not None
    assert (done.news.ship_to.name, done.news.ship_to.line1) == ("Ada Maria Kowalski", "2 Mill Lane")


def test_a_replacement_is_no_sale_and_comes_once(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("order", "r1", currency="GBP", variants=(("10", 1, 0),), email="ada@example.com", account="207119551")
    done = do(store, ask)
    assert done.news is not None and (done.news.kind, done.news.key) == ("replacement", "r1")
    assert do(store, ask).external_id == done.external_id and len(shop.orders) == 2


def test_an_order_that_cannot_be_found_stays_a_riddle(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("order", "r1", currency="GBP", variants=(("10", 1, 0),))
    shop.fails_on["Place"] = ["cut after"]
    assert do(store, ask).state == "unknown"
    shop.search_sees = False  # its index lags behind
    looked = adapter.look(store, ask)
    assert looked is not None and looked.state == "unknown"
    shop.search_sees = True
    looked = adapter.look(store, ask)
    assert looked is not None and looked.state == "accepted" and len(shop.orders) == 2


@pytest.mark.parametrize("kind", ["gift_card", "code"])
def test_a_code_that_was_made_already_is_handed_over_again(shop: FakeShop, store: StoreSettings, kind: str) -> None:
    ask = Ask(kind, "g1", currency="GBP", amount=1000)
    shop.fails_on["GiftCard" if kind == "gift_card" else "Code"] = ["cut after"]
    assert do(store, ask).state == "unknown"
    assert adapter.look(store, ask) is None  # the same again is harmless
    done = do(store, ask)
    made = shop.made["gift" if kind == "gift_card" else "code"]
    assert done.state == "accepted" and [each["code"] for each in made] == [done.code]
    assert do(store, replace(ask, key="g2")).code != done.code


def test_a_code_is_taken_back(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("code", "p1", currency="GBP", percent=10)
    done = do(store, ask)
    assert shop.made["code"][0]["customerGets"]["value"] == {"percentage": 0.1}
    assert adapter.undo(store, ask, done).state == "accepted" and shop.made["code"] == []


def test_a_gift_card_is_taken_back(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("gift_card", "p2", currency="GBP", amount=1000)
    done = do(store, ask)
    assert adapter.undo(store, ask, replace(done, external_id="")).state == "refused" and shop.made["gift"]
    assert adapter.undo(store, ask, done).state == "accepted" and shop.made["gift"] == []


def test_a_draft_to_pay_and_its_end(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("draft", "d1", currency="GBP", variants=(("10", 2, 350),), email="ada@example.com")
    done = do(store, ask)
    assert done.url.endswith("/invoices/700") and do(store, ask) == done
    assert adapter.undo(store, ask, done).state == "accepted" and shop.made["draft"] == []


def test_a_return_of_what_was_sent(shop: FakeShop, store: StoreSettings) -> None:
    ask = Ask("return", "b1", order="1042", lines=(("10422", 1),), reason="Too short")
    done = do(store, ask)
    assert done.news is not None
    (back,) = done.news.returns
    assert (back.lines, back.reason, back.state) == ((("10422", 1),), "Too short", "open")
    assert do(store, ask).external_id == done.external_id
    assert do(store, replace(ask, key="b2", lines=(("10422", 9),))).state == "refused"


def test_a_right_that_the_app_lacks_is_said(shop: FakeShop, store: StoreSettings) -> None:
    shop.fails_on["GiftCard"] = ["403"]
    done = do(store, Ask("gift_card", "g9", currency="GBP", amount=500))
    assert done.state == "refused" and done.reason


def test_tags_are_short_enough() -> None:
    assert len(finding.mark("k" * 64)) <= 40
