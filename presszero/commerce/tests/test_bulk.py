"""A history brought in is the same as if every order had come by itself, and tells only what is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from presszero.channels.vocabulary import Proof
from presszero.commerce.actions.taking import take
from presszero.commerce.bulk import Brought, bring
from presszero.commerce.models import Discount, Order, OrderLine, Payment, Refund, Return, Shipment, Store
from presszero.commerce.vocabulary import StoreDiscount, StoreOrder, StoreRefund, StoreReturn
from presszero.core.actor import SYSTEM
from presszero.customers.models import Customer, Handle
from presszero.timeline.models import Event
from tests import cast

from .orders import ADAS, BOOTS, MARCH, later, store_of

FULL = replace(
    ADAS,
    refunds=(StoreRefund(590, MARCH, "r-1", key="remedy-1", lines=(("l-2", 2),)),),
    discounts=(StoreDiscount(100, "SPRING", "Spring"),),
    returns=(StoreReturn("ret-1", "open", "Too small\tor\\not", (("l-1", 1),)),),
    note='She said "ring\ttwice"\\N',
)
MODELS: tuple[type[Any], ...] = (Order, OrderLine, Payment, Refund, Discount, Shipment, Return)


def brought(store: Store, *orders: StoreOrder) -> Brought:
    return bring(store.merchant_id, store, orders, source="store", by=SYSTEM)


def seen(store: Store) -> list[Any]:
    """Every row without the ids that differ from shop to shop."""
    own = {"id", "merchant_id", "store_id", "order_id", "created_at", "updated_at", "customer_id", "variant_id"}
    found: list[Any] = []
    for model in MODELS:
        for row in model.objects.filter(merchant_id=store.merchant_id).order_by("id").values():
            line_ids = row.get("lines") and [each["quantity"] for each in row["lines"]]
            found.append({k: v for k, v in row.items() if k not in own} | {"lines": line_ids})
    return found


def known(shop: cast.Shop) -> Customer:
    ada = Customer.objects.create(merchant=shop.merchant, name="Ada")
    given = {"kind": "email", "address": "ada@example.com", "proof": Proof.VERIFIED}
    Handle.objects.create(merchant=shop.merchant, customer=ada, **given)
    return ada


def test_it_leaves_the_same_rows_as_one_by_one(shop: cast.Shop, store: Store) -> None:
    theirs = cast.thistle()
    other = store_of(theirs)
    for each in (store, other):
        take(each.merchant_id, each, BOOTS)
    ada, eve = known(shop), known(theirs)
    second = replace(FULL, external_id="2", number="#2", shipments=(), email="", phone="+441904000111")
    assert brought(store, FULL, second) == Brought(new=2)
    for news in (FULL, second):
        take(other.merchant_id, other, news)
    assert seen(store) == seen(other)
    firsts = [Order.objects.get(merchant=each.merchant, number="#1042") for each in (store, other)]
    assert [each.customer_id for each in firsts] == [ada.id, eve.id]
    assert all(each.lines.get(position=0).variant.sku == "JB-41" for each in firsts)
    assert not Event.objects.filter(merchant_id=store.merchant_id).exists()


def test_again_it_changes_nothing_and_what_changed_is_changed(store: Store) -> None:
    assert brought(store, FULL, FULL) == Brought(new=1)
    before = seen(store)
    assert brought(store, FULL) == Brought(same=1)
    assert seen(store) == before
    assert brought(store, later(FULL, total=19000), FULL) == Brought(changed=1)
    assert Order.objects.get().total == 19000
    assert brought(store, FULL) == Brought(same=1)  # older by now
    assert not Event.objects.exists()


def test_what_makes_no_sense_is_told_and_its_neighbours_come_in(store: Store) -> None:
    said: list[str] = []
    wrong = replace(FULL, external_id="9", number="#9", currency="XXZ")
    twice = replace(FULL, external_id="10", number="#10")
    found = bring(store.merchant_id, store, [wrong, FULL, twice], source="store", by=SYSTEM, rejected=said.append)
    assert found == Brought(new=2) and len(said) == 1 and "#9" in said[0]
    assert sorted(Refund.objects.values_list("key", flat=True)) == ["", "remedy-1"]


def test_what_is_of_today_is_told(store: Store) -> None:
    today = timezone.now() - timedelta(hours=2)
    assert brought(store, replace(FULL, placed_at=today, updated_at=today)) == Brought(new=1)
    assert Event.objects.filter(kind="order.placed").count() == 1


def test_a_sheet_has_no_store(shop: cast.Shop) -> None:
    found = bring(shop.merchant.id, None, [FULL], source="sheet", by=shop.maya.actor)
    assert found == Brought(new=1)
    order = Order.objects.get()
    assert (order.store_id, order.source, order.refundable) == (None, "sheet", 18900)
    assert bring(shop.merchant.id, None, [FULL], source="sheet", by=shop.maya.actor) == Brought(same=1)
