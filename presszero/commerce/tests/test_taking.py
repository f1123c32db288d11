"""What a store says becomes our rows: once, the newest word, whole, whoever is first."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection

from presszero.commerce.actions.taking import take
from presszero.commerce.models import Cart, Order, OrderLine, Product, Refund, Shipment, Stale, Store, Variant
from presszero.commerce.models.orders import Paid, Sent
from presszero.commerce.reading import BadNews
from presszero.commerce.vocabulary import (
    Changed,
    Disconnected,
    Gone,
    News,
    StoreCart,
    StoreLine,
    StoreRefund,
    StoreShipment,
)
from presszero.timeline.models import Event
from tests import cast

from .orders import ADAS, BOOTS, MARCH, later, store_of


def taken(store: Store, news: News) -> Order:
    found = take(store.merchant_id, store, news)
    assert isinstance(found, Order)
    return found


def told(order: Order) -> list[str]:
    return list(Event.objects.filter(order_id=order.id).order_by("id").values_list("kind", flat=True))


def test_an_order_is_kept_whole(store: Store) -> None:
    take(store.merchant_id, store, BOOTS)
    order = taken(store, ADAS)
    assert (order.number, order.number_key, order.email) == ("#1042", "1042", "ada@example.com")
    assert (order.paid, order.sent, order.captured, order.refundable) == (Paid.PAID, Sent.SENT, 19490, 19490)
    boots, laces = order.lines.order_by("position")
    assert boots.variant and boots.variant.sku == "JB-41" and boots.sent == 1
    assert laces.variant is None and laces.total == 590
    assert order.ship_to["city"] == "York" and order.customer is None
    assert told(order) == ["order.placed", "payment.made", "shipment.sent"]


def test_the_same_news_again_changes_and_tells_nothing(store: Store) -> None:
    news = replace(ADAS, refunds=(StoreRefund(500, MARCH, "r-1", lines=(("l-2", 1),)),))
    order = taken(store, news)
    before = rows(), told(order)
    assert taken(store, news).id == order.id
    assert (rows(), told(order)) == before


def test_older_news_never_overwrites_newer(store: Store) -> None:
    arrived = StoreShipment("s-1", "delivered", "Parcel North", "", "PN123456789GB", sent_at=MARCH)
    order = taken(store, later(ADAS, 9, shipments=(arrived,)))
    assert taken(store, ADAS).sent == Sent.DELIVERED
    assert told(order) == ["order.placed", "payment.made", "shipment.delivered"]


def test_in_whatever_order_news_comes_the_newest_stands_and_each_thing_is_told_once(store: Store) -> None:
    unpaid = replace(ADAS, payments=(), shipments=())
    paid = later(ADAS, 1, shipments=())
    arrived = StoreShipment("s-1", "delivered", "Parcel North", "", "PN123456789GB", sent_at=MARCH)
    refunded = later(ADAS, 3, shipments=(arrived,), refunds=(StoreRefund(500, MARCH, "r-1"),))
    ends = set()
    for turn, order_of_news in enumerate(permutations((unpaid, paid, later(ADAS, 2), refunded))):
        number = f"{turn}"
        for news in (*order_of_news, order_of_news[0]):
            order = taken(store, replace(news, external_id=number))
        kinds = told(order)
        assert all(kinds.count(kind) == 1 for kind in ("order.placed", "payment.made", "refund.made"))
        assert kinds.count("shipment.delivered") == 1 and kinds.count("shipment.sent") <= 1
        ends.add((order.captured, order.refunded, order.paid, order.sent, order.lines.count(), order.shipments.count()))
    assert ends == {(19490, 500, "part_refunded", "delivered", 2, 1)}


def test_what_is_not_in_it_any_more_is_gone_and_what_stays_keeps_its_id(store: Store) -> None:
    order = taken(store, ADAS)
    boots = order.lines.get(external_id="l-1")
    taken(store, later(ADAS, lines=ADAS.lines[:1], shipments=(), total=18900))
    assert list(order.lines.values_list("id", flat=True)) == [boots.id]
    assert not Shipment.objects.filter(order=order).exists()
    order.refresh_from_db()
    assert (order.total, order.sent) == (18900, Sent.NOT)
    assert told(order)[-1] == "order.changed"


def test_a_refund_of_ours_is_one_row_however_the_store_names_it(store: Store) -> None:
    order = taken(store, ADAS)
    owned: dict[str, Any] = {"merchant": store.merchant, "order": order, "currency": "GBP", "at": MARCH}
    ours = Refund.objects.create(**owned, amount=590, key="remedy-7")
    back = StoreRefund(590, MARCH + timedelta(hours=1), "r-9")
    taken(store, later(ADAS, 2, refunds=(back,)))
    taken(store, later(ADAS, 3, refunds=(replace(back, key="remedy-7"),)))
    assert list(Refund.objects.values_list("id", "external_id", "key")) == [(ours.id, "r-9", "remedy-7")]
    order.refresh_from_db()
    assert (order.refunded, order.paid) == (590, Paid.PART_REFUNDED)


def test_a_refund_of_ours_that_the_store_does_not_list_yet_still_counts(store: Store) -> None:
    order = taken(store, ADAS)
    Refund.objects.create(
        merchant=store.merchant, order=order, currency="GBP", at=MARCH, amount=590, key="remedy-7", external_id="r-9"
    )
    taken(store, later(ADAS, refunds=(StoreRefund(100, MARCH, "r-1"),)))
    order.refresh_from_db()
    assert order.refunded == 690


def test_a_key_of_another_order_is_not_believed(store: Store) -> None:
    first = taken(store, replace(ADAS, refunds=(StoreRefund(500, MARCH, "r-1", key="k"),)))
    other = replace(ADAS, external_id="5001043", number="#1043", refunds=(StoreRefund(900, MARCH, "r-2", key="k"),))
    second = taken(store, other)
    assert (first.refunded, second.refunded) == (500, 900)
    assert Refund.objects.get(order=second).key == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "XXZ"},
        {"total": -1},
        {"captured": -5},
        {"refunds": (StoreRefund(-5, MARCH, "r"),)},
        {"lines": (StoreLine("Boots", -1, 100, 100),)},
        {"lines": (StoreLine("Boots", 10**9, 100, 100),)},
        {"total": 10**18},
        {"total": 18.4},
        {"external_id": "x" * 200},
        {"shipments": (StoreShipment("s", "lost in space"),)},
        {"placed_at": MARCH.replace(tzinfo=None)},
    ],
)
def test_nonsense_is_refused_with_the_orders_number_and_leaves_nothing(store: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadNews, match="1042"):
        take(store.merchant_id, store, replace(ADAS, **wrong))
    assert not Order.objects.exists() and not OrderLine.objects.exists() and not Event.objects.exists()


def test_words_of_a_shop_are_kept_as_words(store: Store) -> None:
    hostile = "Boots\u202e<script>alert(1)</script>\x00\nIgnore all rules"
    line = StoreLine(hostile, 1, 100, 100)
    parcel = StoreShipment("s", tracking="PN\x001", tracking_url="javascript:alert(1)")
    news = replace(ADAS, lines=(line,), url="javascript:alert(1)", name="Ada\r\nBcc: x@y.example", shipments=(parcel,))
    order = taken(store, news)
    assert list(order.shipments.values_list("tracking", "tracking_url")) == [("PN1", "")]
    assert order.url == "" and order.name == "Ada Bcc: x@y.example"
    assert order.lines.get().title == "Boots<script>alert(1)</script> Ignore all rules"


def test_a_card_number_never_stays(store: Store) -> None:
    paid = replace(ADAS.payments[0], label="Visa 4242 4242 4242 4242")
    assert taken(store, replace(ADAS, payments=(paid,))).payments.get().label == "Visa •••• 4242"


@pytest.mark.parametrize(("currency", "says"), [("JPY", "19490 JPY"), ("KWD", "19.490 KWD"), ("GBP", "194.90 GBP")])
def test_sums_are_of_their_currencys_own_digits(store: Store, currency: str, says: str) -> None:
    order = taken(store, replace(ADAS, currency=currency))
    assert str(order.money(order.total)) == says


def test_a_product_follows_its_store(store: Store) -> None:
    take(store.merchant_id, store, BOOTS)
    small, large = Variant.objects.order_by("external_id")
    one = replace(BOOTS, variants=(replace(BOOTS.variants[0], stock=3),), updated_at=MARCH + timedelta(minutes=1))
    take(store.merchant_id, store, one)
    take(store.merchant_id, store, BOOTS)  # late
    small.refresh_from_db()
    large.refresh_from_db()
    assert (small.stock, small.can_be_sold, large.gone_at is None) == (3, True, False)
    take(store.merchant_id, store, Gone("product", "p-boots"))
    product = Product.objects.get()
    assert product.gone_at and not product.active
    assert Variant.objects.filter(gone_at=None).count() == 0


def test_an_order_deleted_in_the_store_stays_in_the_books(store: Store) -> None:
    order = taken(store, ADAS)
    take(store.merchant_id, store, Gone("order", ADAS.external_id))
    take(store.merchant_id, store, Gone("order", ADAS.external_id))
    order.refresh_from_db()
    assert order.cancelled_at and order.captured == 19490
    assert told(order).count("order.cancelled") == 1


def test_something_changed_is_noted_once_and_a_lost_store_said_once(store: Store) -> None:
    for _ in range(2):
        take(store.merchant_id, store, Changed("order", "5001042"))
        take(store.merchant_id, store, Disconnected("The app was uninstalled."))
    assert Stale.objects.count() == 1
    store.refresh_from_db()
    assert store.trouble == "The app was uninstalled." and store.trouble_since
    assert Event.objects.filter(kind="store.trouble").count() == 1


def test_a_cart_is_a_customers_only_by_proof(shop: cast.Shop, store: Store) -> None:
    news = StoreCart("c-1", "GBP", 18900, ADAS.lines[:1], "ada@example.com", updated_at=MARCH)
    found = take(store.merchant_id, store, news)
    assert isinstance(found, Cart) and found.customer is None
    take(store.merchant_id, store, replace(news, ended=True, updated_at=MARCH + timedelta(minutes=1)))
    found.refresh_from_db()
    assert found.ended_at == MARCH + timedelta(minutes=1)


def test_a_store_of_another_merchant_is_refused(store: Store, shop: cast.Shop) -> None:
    theirs = store_of(cast.thistle())
    with pytest.raises(BadNews):
        take(shop.merchant.id, theirs, ADAS)
    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_news_keep_it_once() -> None:
    store = store_of(cast.juniper())
    refunded = later(ADAS, refunds=(StoreRefund(500, MARCH, "r-1"),))
    together = threading.Barrier(4)
    failed: list[BaseException] = []

    def work(news: tuple[News, ...]) -> None:
        try:
            together.wait()
            for _ in range(5):
                for each in news:
                    take(store.merchant_id, store, each)
        except BaseException as why:
            failed.append(why)
        finally:
            connection.close()

    news: tuple[News, ...] = (ADAS, BOOTS, refunded)
    threads = [threading.Thread(target=work, args=(news[turn % 3 :] + news[: turn % 3],)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    order = Order.objects.get()
    assert (order.lines.count(), order.refunded, Variant.objects.count()) == (2, 500, 2)
    assert [told(order).count(kind) for kind in ("order.placed", "payment.made", "refund.made")] == [1, 1, 1]


def rows() -> list[Any]:
    return [list(model.objects.order_by("id").values()) for model in (Order, OrderLine, Refund, Shipment)]
