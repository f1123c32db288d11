"""A shop is connected, read, kept up with, compared every night, and let go: against a shop on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from presszero.audit.models import Record
from presszero.commerce.actions.taking import take
from presszero.commerce.models import BackFill, Drift, Order, Product, Stale, Store
from presszero.commerce.stores import connecting, fetching, filling, pacing, queries, reconciling
from presszero.commerce.stores.asking import asking
from presszero.commerce.stores.listening import door_of
from presszero.commerce.stores.shopify import client
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, TOKEN, FakeShop, open_shop
from presszero.commerce.stores.shopify.tests.goods import bag, order_node, product_node
from presszero.commerce.vocabulary import Changed
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.timeline.models import Event
from tests import cast

KEYS = {"secret": SECRET, "token": TOKEN}


@dataclass
class Connected:
    house: cast.Shop
    shop: FakeShop
    store: Store

    def says(self, what: str, external_id: str) -> None:
        take(self.store.merchant_id, self.store, Changed(what, external_id))


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    client._buckets.clear()
    pacing._until.clear()
    pacing._stumbles.clear()
    with open_shop(product_node(1, "Juniper boots"), *(order_node(n) for n in range(1040, 1043))) as shop:
        yield shop


@pytest.fixture
def connected(db: None, shop: FakeShop) -> Connected:
    house = cast.juniper()
    store = connecting.connect(house.merchant, "shopify", shop.address, KEYS, house.team["rosa"].actor)
    while filling.fill_due():
        pass
    return Connected(house, shop, Store.objects.get(id=store.id))


def test_connecting_reads_everything_and_has_the_shop_tell_of_changes(connected: Connected) -> None:
    store, shop = connected.store, connected.shop
    assert (store.name, store.currency, store.trouble) == ("Juniper & Co.", "GBP", "")
    assert {each["uri"] for each in shop.subscriptions} == {door_of(store)}
    assert sorted(Order.objects.values_list("number", flat=True)) == ["#1040", "#1041", "#1042"]
    assert Product.objects.get().title == "Juniper boots"
    fills = {fill.what: fill for fill in BackFill.objects.all()}
    assert [(f.done, f.total, f.rejected, bool(f.finished_at)) for f in (fills["products"], fills["orders"])] == [
        (1, 1, 0, True),
        (3, 3, 0, True),
    ]
    assert store.reconciled_at == fills["orders"].started_at
    assert not Drift.objects.exists()
    written = Record.objects.get(verb="store.connect")
    assert SECRET not in str(written.after) and TOKEN not in str(store.settings)


@pytest.mark.parametrize(
    ("address", "keys", "says"),
    [
        ("nowhere.example", KEYS, "no address"),
        ("http://127.0.0.1:9", KEYS, "cannot be reached"),
        ("", {"secret": SECRET, "token": "shpat_wrong"}, "does not accept"),
        ("", {"token": TOKEN}, "Fill in"),
        ("", {"secret": "wrong", "client_id": "app-1"}, "does not know"),
    ],
)
def test_what_does_not_answer_is_not_connected(
    db: None, shop: FakeShop, address: str, keys: dict[str, str], says: str
) -> None:
    house = cast.juniper()
    with pytest.raises(Refused, match=says) as caught:
        connecting.connect(house.merchant, "shopify", address or shop.address, keys, house.team["rosa"].actor)
    assert says == "Fill in" or caught.value.next_step
    assert not Store.objects.exists() and not Record.objects.exists()


def test_rights_that_are_missing_are_named(db: None, shop: FakeShop) -> None:
    house, shop.scopes = cast.juniper(), ["read_orders"]
    with pytest.raises(Refused, match="write_orders, read_products"):
        connecting.connect(house.merchant, "shopify", shop.address, KEYS, house.team["rosa"].actor)


def test_what_is_said_to_have_changed_is_fetched_once(connected: Connected) -> None:
    connected.shop.has(order_node(1043), order_node(1042, total="8.00", updatedAt="2026-11-20T00:00:00Z"))
    for number in ("1042", "1043", "1042", "99"):
        connected.says("order", number)
    before = len(connected.shop.asked)
    assert fetching.fetch_due() == 3
    assert len(connected.shop.asked) - before == 3 and not Stale.objects.exists()
    assert Order.objects.get(external_id="1042").total == 800
    assert Order.objects.get(external_id="1043").total == 10000
    connected.shop.orders.pop("1041")
    connected.says("order", "1041")
    fetching.fetch_due()
    assert Order.objects.get(external_id="1041").cancelled_at  # gone there; what was paid stays in the books


def test_said_again_while_it_was_fetched_is_fetched_again(connected: Connected) -> None:
    store = connected.store
    connected.says("order", "1042")
    row = Stale.objects.get()
    with asking(store) as way:
        assert way is not None
        connected.says("order", "1042")  # its state may be newer than what the shop is about to say
        Stale.objects.update(at=row.at + timedelta(seconds=1))
        fetching._fetch(store, row, way)
    assert Stale.objects.count() == 1


def test_a_shop_that_asks_for_patience_is_left_alone_and_is_well(connected: Connected) -> None:
    connected.says("order", "1042")
    connected.shop.fails = ["429"]
    assert fetching.fetch_due() == 0
    asked = len(connected.shop.asked)
    assert 6 < pacing.resting(connected.store.id) <= 7
    assert fetching.fetch_due() == 0 and filling.fill_due() == 0
    assert len(connected.shop.asked) == asked
    row = Stale.objects.get()
    assert row.tries == 1 and row.not_before and Store.objects.get().trouble == ""
    pacing.awake(connected.store.id)
    Stale.objects.update(not_before=None)
    assert fetching.fetch_due() == 1


def test_one_answer_that_fails_is_no_trouble_and_three_are(connected: Connected) -> None:
    connected.says("order", "1042")
    for times in (1, 2, 3):
        connected.shop.fails = ["500"]
        fetching.fetch_due()
        assert bool(Store.objects.get().trouble) == (times == 3)
        pacing.awake(connected.store.id)
        Stale.objects.update(not_before=None)
    assert fetching.fetch_due() == 1 and Store.objects.get().trouble == ""


def test_an_expired_token_is_told_once_and_new_keys_heal_it(connected: Connected) -> None:
    connected.shop.takes_for_ever = False
    for number in ("1041", "1042"):
        connected.says("order", number)
        fetching.fetch_due()
        pacing.awake(connected.store.id)
    store = Store.objects.get()
    assert "connect the shop again" in store.trouble and store.trouble_since
    assert Event.objects.filter(kind="store.trouble").count() == 1
    rosa = connected.house.team["rosa"].actor
    with pytest.raises(Refused):
        connecting.check_again(store, rosa)
    with pytest.raises(Refused):
        connecting.change_keys(store, {"secret": SECRET, "token": "shpat_wrong"}, rosa)
    assert Store.objects.get().secrets["token"] == TOKEN  # the old ones stay until new ones open
    connecting.change_keys(store, {"secret": SECRET, "client_id": "app-1"}, rosa)
    assert Store.objects.get().trouble == ""
    Stale.objects.update(not_before=None)
    assert fetching.fetch_due() == 2


def test_a_history_goes_on_where_it_was_after_a_fall(db: None, shop: FakeShop) -> None:
    house = cast.juniper()
    shop.has(*(order_node(n, updatedAt=f"2026-11-01T00:00:{n - 2000:02}Z") for n in range(2000, 2040)))
    store = connecting.connect(house.merchant, "shopify", shop.address, KEYS, house.team["rosa"].actor)
    shop.fails_on["Orders"] = ["", "500"]
    filling.fill_due()
    fill = BackFill.objects.get(what="orders")
    assert (fill.done, fill.total, fill.finished_at) == (25, 43, None) and "trouble" in fill.trouble
    assert queries.of(store).share == 100 * 25 // 43
    pacing.awake(store.id)
    while filling.fill_due():
        pass
    fill.refresh_from_db()
    assert (fill.done, fill.trouble) == (43, "") and fill.finished_at and Order.objects.count() == 43


def test_what_cannot_be_read_is_counted_and_shown(connected: Connected) -> None:
    connected.shop.has(order_node(1050, totalPriceSet=bag("1.234")))
    connecting.read_again(connected.store, connected.house.team["rosa"].actor)
    connected.says("order", "1050")
    while filling.fill_due() or fetching.fetch_due():
        pass
    assert BackFill.objects.filter(what="orders").latest("id").rejected == 1
    (kind,) = queries.report(connected.store, timezone.now())
    assert kind.label == "Orders we could not read" and "#1050" in kind.things[0].theirs


def test_reading_is_stopped(connected: Connected) -> None:
    rosa = connected.house.team["rosa"].actor
    connecting.read_again(connected.store, rosa)
    assert queries.of(connected.store).reading
    connecting.read_again(connected.store, rosa, stop=True)
    asked = len(connected.shop.asked)
    assert filling.fill_due() == 0 and len(connected.shop.asked) == asked


def test_the_night_finds_what_no_webhook_said(connected: Connected) -> None:
    store, shop = connected.store, connected.shop
    now = timezone.now()
    Store.objects.update(heard_at=now)
    long_ago, just_now = (now - timedelta(hours=3)).isoformat(), (now + timedelta(minutes=1)).isoformat()
    refund = {"kind": "REFUND", "status": "SUCCESS", "amountSet": bag("5.00")}
    refunds = [{"legacyResourceId": "1", "createdAt": long_ago, "transactions": {"nodes": [refund]}}]
    shop.has(
        order_node(1042, refunds=refunds, updatedAt=long_ago),
        order_node(1044, updatedAt=long_ago),
        order_node(1045, updatedAt=just_now),  # its webhook may be on its way
        product_node(1, "Juniper winter boots", updatedAt=long_ago),
    )
    Store.objects.update(reconciled_at=now - timedelta(hours=31))
    assert reconciling.reconcile_due(now) == 1
    while filling.fill_due():
        pass
    assert reconciling.reconcile_due(now) == 0
    found = sorted(Drift.objects.values_list("what", "field", "external_id", "ours", "theirs"))
    assert found == [
        ("order", "missing", "1044", "", "100.00 GBP"),
        ("order", "refunded", "1042", "0.00 GBP", "5.00 GBP"),
        ("product", "title", "1", "Juniper boots", "Juniper winter boots"),
    ]
    assert Order.objects.get(external_id="1042").refunded == 500 and Order.objects.count() == 5
    assert Product.objects.get().title == "Juniper winter boots"
    assert queries.report(store, now)[0].count == 1


@pytest.mark.parametrize(
    ("hours", "hour", "due"), [(19, 3, False), (21, 3, True), (21, 12, False), (31, 12, True), (20, 6, False)]
)
def test_when_it_is_night_enough(hours: int, hour: int, due: bool) -> None:
    now = datetime(2026, 1, 10, hour, tzinfo=UTC)
    house = Merchant(name="J", slug="j", timezone="Europe/London")
    store = Store(merchant=house, reconciled_at=now - timedelta(hours=hours), settings={})
    assert reconciling.is_due(store, now) is due


def test_a_shop_that_cannot_call_us_is_asked_instead(connected: Connected) -> None:
    store, shop = connected.store, connected.shop
    shop.subscriptions.clear()  # as a platform does with whoever did not answer for a while
    shop.fails_on["Subscribe"] = ["500"]
    connecting.check_again(store, connected.house.team["rosa"].actor)
    store.refresh_from_db()
    assert queries.of(store).deaf
    while filling.fill_due():
        pass
    store.refresh_from_db()
    assert not queries.of(store).deaf and len(shop.subscriptions) > 10  # tried again before it compared
    store.settings = {**store.settings, "deaf": "no way to us"}
    assert reconciling.is_due(store, timezone.now() + timedelta(minutes=20))


def test_old_differences_are_forgotten(connected: Connected) -> None:
    Drift.objects.create(merchant=connected.house.merchant, store=connected.store, what="order", field="missing")
    reconciling.forget(timezone.now() + timedelta(days=100))
    assert Drift.objects.exists()
    reconciling.forget(timezone.now() + timedelta(days=200))
    assert not Drift.objects.exists() and BackFill.objects.count() == 2


def test_let_go_and_taken_up_again(connected: Connected) -> None:
    store, rosa = connected.store, connected.house.team["rosa"].actor
    connecting.disconnect(store, rosa)
    gone = Store.objects.get()
    assert gone.paused_at and gone.secrets == {} and connected.shop.subscriptions == []
    assert Order.objects.count() == 3
    Stale.objects.create(merchant=gone.merchant, store=gone, what="order", external_id="1")
    asked = len(connected.shop.asked)
    assert fetching.fetch_due() == 0 and reconciling.reconcile_due(timezone.now() + timedelta(days=3)) == 0
    assert len(connected.shop.asked) == asked
    again = connecting.connect(connected.house.merchant, "shopify", connected.shop.address, KEYS, rosa)
    assert again.id == store.id and Store.objects.get().paused_at is None
    with pytest.raises(Refused, match="connected already"):
        connecting.connect(connected.house.merchant, "shopify", connected.shop.address, KEYS, rosa)
