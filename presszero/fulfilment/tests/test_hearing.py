"""Scans are kept once, in any order, and the order follows; what nobody knows yet waits for its parcel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order, Shipment
from presszero.commerce.vocabulary import StoreShipment
from presszero.fulfilment.hearing import heard, match_strays
from presszero.fulfilment.models import Scan, StrayScan
from presszero.fulfilment.vocabulary import Scanned, Stage, Tracked
from presszero.timeline.models import Event
from tests import cast, goods, parcels

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def order(shop: cast.Shop) -> Order:
    cast.ada().known(shop)
    return cast.ada().order(shop, store=shop.shop)


def scan(stage: Stage, ago: float, words: str = "") -> Scanned:
    at = NOW - timedelta(hours=ago)
    return Scanned(f"{stage}-{ago}", stage, at, words, "Leeds, GB")


def tell(shop: cast.Shop, tracking: str, *scans: Scanned, expected: datetime | None = None) -> int:
    said = Tracked(tracking, "Parcel North", "Express", expected, scans)
    return heard(shop.merchant.id, parcels.carrier(shop), said)


def parcel(order: Order) -> Shipment:
    return order.shipments.get(merchant_id=order.merchant_id)


def kinds(order: Order) -> list[str]:
    rows = Event.objects.filter(merchant_id=order.merchant_id, order_id=order.id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_a_parcel_goes_its_way_and_the_order_follows(shop: cast.Shop, order: Order) -> None:
    tracking = parcel(order).tracking
    before = len(kinds(order))
    later = NOW + timedelta(days=1)
    assert tell(shop, tracking, scan(Stage.IN_TRANSIT, 30), scan(Stage.OUT_FOR_DELIVERY, 5), expected=later) == 2
    row = parcel(order)
    assert (row.state, row.service, row.expected_at) == ("out_for_delivery", "Express", later)
    assert tell(shop, tracking, scan(Stage.DELIVERED, 1, "Signed by K.")) == 1
    assert tell(shop, tracking, scan(Stage.DELIVERED, 1, "Signed by K."), scan(Stage.IN_TRANSIT, 30)) == 0
    order.refresh_from_db()
    row = parcel(order)
    assert (row.state, row.delivered_at, order.sent) == ("delivered", NOW - timedelta(hours=1), "delivered")
    assert kinds(order)[before:] == ["shipment.scanned", "order.changed", "shipment.delivered", "shipment.scanned"]


def test_any_order_leaves_the_same(shop: cast.Shop, order: Order) -> None:
    scans = [scan(Stage.ACCEPTED, 60), scan(Stage.IN_TRANSIT, 20), scan(Stage.DELIVERED, 4), scan(Stage.IN_TRANSIT, 2)]
    tracking = parcel(order).tracking
    for each in (2, 0, 3, 1, 2):
        tell(shop, tracking, scans[each], expected=NOW + timedelta(days=each))
    row = parcel(order)
    assert (row.state, row.delivered_at) == ("delivered", NOW - timedelta(hours=4))
    assert row.expected_at == NOW + timedelta(days=3)  # of the newest word, not of the last to come
    assert Scan.objects.filter(merchant=shop.merchant).count() == 4


def test_what_went_back_has_not_arrived(shop: cast.Shop, order: Order) -> None:
    tell(shop, parcel(order).tracking, scan(Stage.RETURNING, 50), scan(Stage.DELIVERED, 3))
    order.refresh_from_db()
    assert (parcel(order).state, order.sent) == ("returned", "returned")


def test_the_shops_late_word_takes_nothing_back(shop: cast.Shop, order: Order) -> None:
    tell(shop, parcel(order).tracking, scan(Stage.DELIVERED, 3))
    again = goods.order("1042", email=order.email, note="Ring twice", updated_at=NOW + timedelta(minutes=1))
    take(shop.merchant.id, shop.shop, again)
    order.refresh_from_db()
    assert (parcel(order).state, order.sent, order.note) == ("delivered", "delivered", "Ring twice")
    assert parcel(order).delivered_at == NOW - timedelta(hours=3)


def test_a_scan_may_come_before_its_parcel(shop: cast.Shop, order: Order) -> None:
    assert tell(shop, "PN 7700 GB", scan(Stage.IN_TRANSIT, 9)) == 0
    assert tell(shop, "PN7700GB", scan(Stage.OUT_FOR_DELIVERY, 2)) == 0
    assert StrayScan.objects.filter(merchant=shop.merchant).count() == 1
    sent = StoreShipment("s-new", "sent", "Parcel North", "", "PN 7700 GB", sent_at=NOW - timedelta(days=1))
    late = goods.order("1077", email=order.email, shipments=(sent,))
    made = take(shop.merchant.id, shop.shop, late)
    assert isinstance(made, Order)
    assert match_strays(shop.merchant.id, [made.id]) == 1
    assert parcel(made).state == "out_for_delivery"
    assert not StrayScan.objects.exists() and made.shipments.get().scans.count() == 2


def test_a_number_belongs_to_one_merchant(shop: cast.Shop, order: Order) -> None:
    other = cast.thistle()
    assert tell(other, parcel(order).tracking, scan(Stage.DELIVERED, 1)) == 0
    assert parcel(order).state == "in_transit" and not Scan.objects.exists()
