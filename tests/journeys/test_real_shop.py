"""A real shop from end to end: bought there, seen here; given back here, seen there; given back there, seen here."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from typing import TypeVar

import pytest
from django.db.models import Model, QuerySet

from presszero.commerce.models import BackFill, Cart, Order, Product, Shipment, Store
from presszero.commerce.stores import connecting
from presszero.commerce.stores.listening import door_of
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.remedies.actions import OverAuthority, give
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import Remedy
from presszero.remedies.physics import Impossible
from presszero.remedies.vocabulary import Asked
from tests.cast import Shop, Shopper
from tests.shop.vendure import BOOTS, PASSWORD, SECRET, SOCKS, Vendure, begin, the_shop

from .house import House, until

pytestmark = pytest.mark.xdist_group("the real shop")
PATIENCE = 30
Row = TypeVar("Row", bound=Model)


@pytest.fixture(scope="session")
def _begun() -> None:
    """The shop opens while Press Zero does."""
    begin()


@pytest.fixture
def there(_begun: None, house: House) -> Vendure:
    return the_shop()


@pytest.fixture
def store(house: House, shop: Shop, there: Vendure, settings: pytest.FixtureRequest) -> Store:
    """Connected by Rosa, and read from end to end."""
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    settings.ORIGIN = house.origin
    Merchant.objects.filter(id=shop.merchant.id).update(currency="EUR")
    shop.merchant.refresh_from_db()
    set_default_limits(shop.merchant)
    there.buys("long.ago@example.com")
    rosa = shop.team["rosa"].actor
    keys = {"username": "superadmin", "password": "of another shop", "secret": SECRET}
    with pytest.raises(Refused, match="does not know this name"):
        connecting.connect(shop.merchant, "vendure", there.address, keys, rosa)
    made = connecting.connect(shop.merchant, "vendure", there.address, {**keys, "password": PASSWORD}, rosa)
    fills = BackFill.objects.filter(merchant=shop.merchant, store=made)
    until(lambda: fills.filter(finished_at__isnull=False).count() == 2, PATIENCE, "the reading of the shop")
    assert Product.objects.filter(store=made).count() == 3
    assert Order.objects.filter(store=made, email="long.ago@example.com").exists()
    return made


def test_bought_there_put_right_here_and_the_other_way_round(shop: Shop, store: Store, there: Vendure) -> None:
    ada = Shopper("Ada Kowalski", f"ada.{uuid.uuid4().hex[:8]}@example.com")
    customer = ada.known(shop)

    who = there.fills_a_cart(ada.address, (SOCKS, 3))
    carts = Cart.objects.filter(store=store, customer=customer)
    comes(carts.filter(total=4470))
    there.pays(who)
    order = comes(Order.objects.filter(store=store, customer=customer))
    assert (order.total, order.captured, order.paid, order.attached_because) == (4960, 4960, "paid", "email proven")
    comes(carts.filter(ended_at__isnull=False))

    line = order.lines.get()
    asked = Asked("refund", shop.merchant.id, customer.id, order_id=order.id, amount=Money(1490, "EUR"))
    asked = replace(asked, lines=((line.id, 1),))
    for _ in range(2):  # pressed twice
        remedy = give(asked, shop.maya.actor, "k-" + ada.address[4:12], "A torn sock")
    until(lambda: Remedy.objects.get(id=remedy.id).state == "done", PATIENCE, "the refund")
    (back,) = there.refunds(order.external_id)
    assert (back["total"], back["state"]) == (1490, "Settled") and back["reason"].startswith("A torn sock [pz:")
    until(lambda: _refunded(order) == 1490, PATIENCE, "the refund in the books")

    payment = there.order(order.external_id)["payments"][0]["id"]
    there.gives_back(payment, 1000, "By phone")
    until(lambda: _refunded(order) == 2490, PATIENCE, "what the shop gave back")
    row = Order.objects.get(id=order.id)
    assert row.paid == "part_refunded" and {each.key == "" for each in row.refunds.all()} == {True, False}
    with pytest.raises((Impossible, OverAuthority)):
        more = replace(asked, amount=Money(2471, "EUR"), lines=())
        give(more, shop.team["rosa"].actor, "too-much", "All of it", pass_rule=True)
    assert sum(each["total"] for each in there.refunds(order.external_id)) == 2490

    there.sends(order.external_id, "JD014600003")
    comes(Order.objects.filter(id=order.id, sent="sent"))
    assert Shipment.objects.get(order=order).tracking == "JD014600003"


def test_boots_again_and_let_go(shop: Shop, store: Store, there: Vendure) -> None:
    ada = Shopper("Ada Kowalski", f"ada.{uuid.uuid4().hex[:8]}@example.com")
    customer = ada.known(shop)
    number = there.buys(ada.address, (BOOTS, 1))
    order = comes(Order.objects.filter(store=store, external_id=number))
    asked = Asked("replace", shop.merchant.id, customer.id, order_id=order.id, lines=((order.lines.get().id, 1),))
    remedy = give(asked, shop.team["rosa"].actor, f"r-{number}", "A torn seam")
    until(lambda: Remedy.objects.get(id=remedy.id).state == "done", PATIENCE, "the replacement")
    again = comes(Order.objects.filter(store=store, kind="replacement", key=f"r-{number}"))
    assert (again.total, again.customer_id, there.order(again.external_id)["state"]) == (
        0,
        customer.id,
        "PaymentSettled",
    )

    door = door_of(store)
    assert door in there.doors()
    connecting.disconnect(store, shop.team["rosa"].actor)
    assert door not in there.doors()
    later = there.buys(ada.address, (SOCKS, 1))
    time.sleep(1)
    assert not Order.objects.filter(store=store, external_id=later).exists()
    assert Order.objects.filter(store=store, external_id=number).exists()


def comes(rows: QuerySet[Row]) -> Row:
    """The row, once it is there."""
    until(rows.exists, PATIENCE, str(rows.query)[-200:])
    return rows.get()


def _refunded(order: Order) -> int:
    return Order.objects.get(id=order.id).refunded
