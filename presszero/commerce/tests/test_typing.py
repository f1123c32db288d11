"""Orders without a shop: typed once, paid, sent, changed and cancelled by people, with stock that adds up."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from presszero.audit.models import Record
from presszero.commerce.actions.taking import take
from presszero.commerce.actions.typing import (
    NotTyped,
    Parcel,
    Paying,
    TypedLine,
    TypedOrder,
    cancel_typed,
    change_typed,
    mark_delivered,
    mark_paid,
    mark_sent,
    type_order,
)
from presszero.commerce.models import Order, Product, Store, Variant
from presszero.commerce.models.orders import Paid, Sent
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.timeline.models import Event
from tests import cast

from .orders import ADAS


@pytest.fixture
def boots(shop: cast.Shop) -> Variant:
    return counted(shop)


def counted(shop: cast.Shop, stock: int = 3) -> Variant:
    product = Product.objects.create(merchant=shop.merchant, title="Juniper boots")
    return Variant.objects.create(
        merchant=shop.merchant, product=product, sku="JB", currency="GBP", price=18900, cost=7200, stock=stock
    )


def typed(boots: Variant, quantity: int = 1, **values: Any) -> TypedOrder:
    line = TypedLine("Juniper boots", quantity, 18900, boots.id)
    return TypedOrder(**{"key": "k-1", "currency": "GBP", "lines": (line,), "shipping": 500, **values})


def stock(boots: Variant) -> int | None:
    return Variant.objects.get(id=boots.id).stock


def test_an_order_is_typed_once_and_its_pieces_leave_the_stock(shop: cast.Shop, boots: Variant) -> None:
    ada = Customer.objects.create(merchant=shop.merchant, name="Ada")
    asked = typed(boots, 2, customer=ada, discount=300)
    order = type_order(shop.merchant, asked, shop.maya.actor)
    assert type_order(shop.merchant, asked, shop.maya.actor).id == order.id
    assert (order.number, order.total, order.paid, order.sent) == ("#1001", 38000, Paid.PENDING, Sent.NOT)
    assert order.customer_id == ada.id and order.lines.get().cost == 7200
    assert stock(boots) == 1
    assert type_order(shop.merchant, typed(boots, key="k-2"), shop.maya.actor).number == "#1002"
    assert list(Event.objects.values_list("kind", flat=True)) == ["order.placed"] * 2


def test_more_than_there_is_is_refused_and_keeps_nothing(shop: cast.Shop, boots: Variant) -> None:
    with pytest.raises(Refused, match="only 3"):
        type_order(shop.merchant, typed(boots, 4), shop.maya.actor)
    assert not Order.objects.exists() and stock(boots) == 3
    Variant.objects.update(sells_without_stock=True)
    type_order(shop.merchant, typed(boots, 4), shop.maya.actor)
    assert stock(boots) == -1


def test_it_is_paid_in_parts_and_never_beyond(shop: cast.Shop, boots: Variant) -> None:
    order = type_order(shop.merchant, typed(boots), shop.maya.actor)
    for _ in range(2):
        order = mark_paid(order, shop.maya.actor, Money(400, "GBP"), Paying(key="bank-1"))
    assert (order.captured, order.paid) == (400, Paid.PENDING)
    with pytest.raises(Refused):
        mark_paid(order, shop.maya.actor, Money(19001, "GBP"))
    order = mark_paid(order, shop.maya.actor, how=Paying("card", "Visa 4111111111111111"))
    assert (order.captured, order.paid) == (19400, Paid.PAID)
    assert order.payments.order_by("-id")[0].label == "Visa •••• 1111"
    with pytest.raises(Refused):
        mark_paid(order, shop.maya.actor)


def test_it_is_sent_in_parcels_and_arrives(shop: cast.Shop, boots: Variant) -> None:
    order = type_order(shop.merchant, typed(boots, 2), shop.maya.actor)
    line = order.lines.get()
    first = mark_sent(order, shop.maya.actor, Parcel("Parcel North", "PN1", lines=((line.id, 1),)))
    order.refresh_from_db()
    assert order.sent == Sent.PART
    with pytest.raises(Refused):
        mark_sent(order, shop.maya.actor, Parcel(lines=((line.id, 2),)))
    second = mark_sent(order, shop.maya.actor)
    for parcel in (first, second, second):
        order = mark_delivered(parcel, shop.maya.actor)
    assert order.sent == Sent.DELIVERED
    told = list(Event.objects.values_list("kind", flat=True))
    assert (told.count("shipment.sent"), told.count("shipment.delivered")) == (2, 2)


def test_it_is_changed_and_cancelled_and_the_stock_adds_up(shop: cast.Shop, boots: Variant) -> None:
    order = type_order(shop.merchant, typed(boots, 2), shop.maya.actor)
    line = order.lines.get()
    order = change_typed(order, typed(boots, 1, note="Blue laces"), shop.maya.actor)
    assert (order.lines.get().id, order.total, stock(boots)) == (line.id, 19400, 2)
    assert (order.number, order.note) == ("#1001", "Blue laces")
    for _ in range(2):
        order = cancel_typed(order, shop.maya.actor, "Changed her mind")
    assert stock(boots) == 3 and order.paid == Paid.VOIDED
    with pytest.raises(Refused):
        change_typed(order, typed(boots), shop.maya.actor)
    assert list(Record.objects.order_by("id").values_list("verb", flat=True)) == [
        "order.typed",
        "order.changed",
        "order.cancelled",
    ]


def test_what_was_paid_or_sent_cannot_be_changed_away(shop: cast.Shop, boots: Variant) -> None:
    order = type_order(shop.merchant, typed(boots, 2), shop.maya.actor)
    mark_paid(order, shop.maya.actor)
    with pytest.raises(Refused):
        change_typed(order, typed(boots, 1), shop.maya.actor)
    mark_sent(order, shop.maya.actor)
    dearer = (TypedLine("Boots", 1, 10**6, boots.id),)
    with pytest.raises(Refused):
        change_typed(order, typed(boots, lines=dearer), shop.maya.actor)
    with pytest.raises(Refused):
        cancel_typed(order, shop.maya.actor)
    assert order.lines.get().quantity == 2 and stock(boots) == 1


@pytest.mark.parametrize(
    "wrong", [{"lines": ()}, {"currency": "XXZ"}, {"shipping": -1}, {"discount": 99999}, {"key": ""}]
)
def test_what_cannot_be_is_refused(shop: cast.Shop, boots: Variant, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        type_order(shop.merchant, typed(boots, **wrong), shop.maya.actor)
    assert not Order.objects.exists() and stock(boots) == 3


def test_nothing_of_another_merchant_gets_in(shop: cast.Shop, boots: Variant) -> None:
    theirs = cast.thistle()
    stranger = Customer.objects.create(merchant=theirs.merchant, name="Eve")
    with pytest.raises(Refused):
        type_order(shop.merchant, typed(boots, customer=stranger), shop.maya.actor)
    with pytest.raises(Refused):
        type_order(theirs.merchant, typed(boots), theirs.team["mallory"].actor)
    assert not Order.objects.exists()


def test_a_shops_own_order_is_not_typed_over(shop: cast.Shop, store: Store, boots: Variant) -> None:
    order = take(shop.merchant.id, store, replace(ADAS, shipments=()))
    assert isinstance(order, Order)
    with pytest.raises(NotTyped):
        mark_paid(order, shop.maya.actor)
    with pytest.raises(NotTyped):
        cancel_typed(order, shop.maya.actor)


@pytest.mark.django_db(transaction=True)
def test_the_last_pair_is_sold_once() -> None:
    shop = cast.juniper()
    boots = counted(shop, 1)
    together = threading.Barrier(3)
    came: list[str] = []

    def sell(turn: int) -> None:
        try:
            together.wait()
            came.append(type_order(shop.merchant, typed(boots, key=f"k-{turn}"), shop.maya.actor).number)
        except Refused:
            came.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=sell, args=(turn,)) for turn in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["#1001", "refused", "refused"]
    assert stock(boots) == 0
