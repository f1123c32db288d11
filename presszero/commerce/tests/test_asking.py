"""What is asked of orders: somebody's, all of one, what they come to, and finding one by what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presszero.channels.vocabulary import Proof
from presszero.commerce import queries
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Credit, Order, Store
from presszero.commerce.vocabulary import StoreCart, StoreRefund
from presszero.core.actor import SYSTEM
from presszero.core.money import Money
from presszero.customers.actions import merge, unmerge
from presszero.customers.models import Claim, Customer, Handle
from tests import cast

from .orders import ADAS, BOOTS, MARCH, store_of

NOW = MARCH + timedelta(hours=2)


@pytest.fixture
def ada(shop: cast.Shop, store: Store) -> Customer:
    """She has proven her address and has two orders; a third is in dollars."""
    who = known(shop, "ada@example.com", Proof.VERIFIED)
    take(store.merchant_id, store, BOOTS)
    placed(store, "1042", refunds=(StoreRefund(500, MARCH, "r-1"),))
    placed(store, "1043", 1, shipments=(), total=1000, payments=(replace(ADAS.payments[0], amount=1000),))
    placed(store, "1044", 2, currency="USD", payments=(replace(ADAS.payments[0], amount=900),), total=900)
    placed(store, "1045", 3, kind="replacement", total=0, payments=())
    return who


def known(shop: cast.Shop, address: str, proof: Proof) -> Customer:
    who = Customer.objects.create(merchant=shop.merchant, name=address.split("@")[0].title())
    Handle.objects.create(merchant=shop.merchant, customer=who, kind="email", address=address, proof=proof)
    return who


def placed(store: Store, number: str, days: int = 0, **values: Any) -> Order:
    news = replace(ADAS, external_id=number, number=f"#{number}", placed_at=MARCH + timedelta(days=days), **values)
    found = take(store.merchant_id, store, news)
    assert isinstance(found, Order)
    return found


def numbers(orders: list[Order]) -> list[str]:
    return [each.number for each in orders]


def test_somebodys_orders_are_those_of_everyone_they_are(shop: cast.Shop, store: Store, ada: Customer) -> None:
    other = known(shop, "ada@work.example", Proof.VERIFIED)
    placed(store, "1050", 9, email="ada@work.example")
    assert numbers(queries.orders_of(ada, 2)) == ["#1045", "#1044"]
    made = merge(ada, other, by=SYSTEM, reason="")
    for one in (ada, other):
        one.refresh_from_db()
        assert numbers(queries.orders_of(one)) == ["#1050", "#1045", "#1044", "#1043", "#1042"]
    unmerge(made, by=SYSTEM)
    other.refresh_from_db()
    assert numbers(queries.orders_of(other)) == ["#1050"]


def test_worth_is_what_was_taken_less_what_went_back_of_sales_alone(shop: cast.Shop, ada: Customer) -> None:
    found = queries.worth(ada)
    assert (found.orders, found.spent, found.other) == (3, Money(19990, "GBP"), {"USD": 900})
    assert (found.first_at, found.last_at) == (MARCH, MARCH + timedelta(days=2))
    ben = known(shop, "ben@example.org", Proof.VERIFIED)
    assert queries.worths(shop.merchant, [ada.id, ben.id]) == {ada.id: found, ben.id: queries.worth(ben)}
    assert queries.worth(ben).spent == Money(0, "GBP")
    merge(ada, ben, by=SYSTEM, reason="")
    ben.refresh_from_db()
    assert queries.worth(ben) == found == queries.worths(shop.merchant, [ada.id])[ada.id]


def test_orders_wait_under_what_was_given_and_belong_to_nobody(shop: cast.Shop, store: Store) -> None:
    mallory = known(shop, "mallory@example.net", Proof.VERIFIED)
    Claim.objects.create(
        merchant=shop.merchant, customer=mallory, kind="email", address="ada@example.com", source="form"
    )
    placed(store, "1042")
    assert numbers(queries.waiting_for(mallory)) == ["#1042"]
    assert queries.orders_of(mallory) == [] and queries.worth(mallory).orders == 0
    found = queries.panel(mallory, at=NOW)
    assert found.orders == [] and numbers(found.waiting) == ["#1042"]
    known(shop, "ada@example.com", Proof.VERIFIED)
    placed(store, "1042", email="ada@example.com")
    assert queries.waiting_for(mallory) == []


def test_the_panel_has_it_all_in_four_statements(shop: cast.Shop, store: Store, ada: Customer) -> None:
    take(store.merchant_id, store, StoreCart("c", "GBP", 500, ADAS.lines[:1], "ada@example.com", updated_at=NOW))
    given = {"merchant": shop.merchant, "customer": ada, "kind": "credit", "currency": "GBP", "by": "system"}
    Credit.objects.create(**given, key="1", amount=1500, left=700)
    Credit.objects.create(**given, key="2", amount=900, left=900, expires_at=MARCH)
    customer = Customer.objects.select_related("merchant").get(id=ada.id)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.panel(customer, limit=3, at=NOW)
    assert len(asked) == 4
    assert numbers([each.order for each in found.orders]) == ["#1045", "#1044", "#1043"] and found.more
    assert [line.title for line in found.orders[0].lines] == ["Juniper boots", "Wool laces"]
    assert [len(each.shipments) for each in found.orders] == [1, 1, 0]
    assert found.worth == queries.worth(ada)
    assert found.cart == queries.cart_of(ada, NOW) and found.cart and found.cart.total == 500
    assert found.credit == [Money(700, "GBP")]
    assert queries.panel(customer, at=NOW + timedelta(days=30)).cart is None


def test_somebody_new_has_an_empty_panel(shop: cast.Shop) -> None:
    found = queries.panel(known(shop, "ben@example.org", Proof.SEEN))
    assert (found.orders, found.more, found.waiting, found.cart, found.credit) == ([], False, [], None, [])
    assert found.worth.spent == Money(0, "GBP")


def test_an_order_whole_has_every_part(store: Store, ada: Customer) -> None:
    order = Order.objects.get(number="#1042")
    Order.objects.filter(number="#1045").update(origin=order)
    found = queries.order_whole(store.merchant_id, order.id)
    assert [line.variant and line.variant.product.title for line in found.lines] == ["Juniper boots", None]
    assert [len(part) for part in (found.payments, found.refunds, found.shipments)] == [1, 1, 1]
    assert numbers(found.followed_by) == ["#1045"]
    theirs = cast.thistle()
    with pytest.raises(Order.DoesNotExist):
        queries.order_whole(theirs.merchant.id, order.id)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("#1042", ["#1042"]),
        ("order 1042", ["#1042"]),
        ("104", ["#1045", "#1044", "#1043", "#1042"]),
        ("pn 123456789 gb", ["#1042", "#1044", "#1045"]),
        ("ADA@example.com", ["#1045", "#1044", "#1043", "#1042"]),
        ("kowal", ["#1045", "#1044", "#1043", "#1042"]),
        ("juniper boots", ["#1045", "#1044", "#1043", "#1042"]),
        ("wool laces", ["#1045", "#1044", "#1043", "#1042"]),
        ("jb-41", ["#1045", "#1044", "#1043", "#1042"]),
        ("100%", []),
        ("_", []),
        ("", []),
    ],
)
def test_an_order_is_found_by_what_is_said_of_it(
    shop: cast.Shop, store: Store, ada: Customer, words: str, found: list[str]
) -> None:
    assert sorted(numbers(queries.find_orders(shop.merchant.id, words))) == sorted(found)
    assert queries.find_orders(cast.thistle().merchant.id, words) == []


def test_a_thing_is_found_as_it_is_typed(shop: cast.Shop, store: Store, ada: Customer) -> None:
    other = replace(BOOTS, external_id="p-2", title="Boot wax", variants=(replace(BOOTS.variants[0], external_id="x"),))
    take(store.merchant_id, store, other)
    take(store.merchant_id, store, replace(BOOTS, external_id="p-3", title="Old boots", active=False, variants=()))
    assert [v.sku for v in queries.find_variants(shop.merchant.id, "boots br")] == ["JB-41", "JB-42"]
    assert [v.product.title for v in queries.find_variants(shop.merchant.id, "boot")][0] == "Boot wax"
    assert [v.title for v in queries.find_variants(shop.merchant.id, "JB-42")] == ["Brown / 42"]
    assert [v.sku for v in queries.find_variants(shop.merchant.id, "ju")] == ["JB-41", "JB-42"]
    assert queries.find_variants(store_of(cast.thistle()).merchant_id, "boots") == []
