"""What is suggested: what others bought next, that she can have, did not have, and did not send back."""

from __future__ import annotations

import pytest

from presszero.commerce.models import OrderLine, Return, Variant
from presszero.customers.models import Customer
from presszero.offers import bought
from presszero.offers.suggesting import suggest
from presszero.remedies.models import Remedy

from .world import World, world


@pytest.fixture
def shop(db: None) -> World:
    """Ten bought boots: six of them laces next, four a coat. Everybody buys gum anyway."""
    made = world()
    made.thing("Boots", "Shoes")
    made.thing("Clogs", "Shoes")
    made.buyers(6, "Boots", "Laces", "Gum")
    made.buyers(4, "Boots", "Coat", "Gum")
    made.buyers(30, "Gum")
    made.buyers(5, "Clogs")
    bought.count_whole(made.merchant)
    return made


@pytest.fixture
def ada(shop: World) -> Customer:
    made = shop.person("Ada Kowalski")
    shop.order(made, ["Boots"], 200)
    return made


def titles(shop: World, ada: Customer, most: int = 3) -> list[str]:
    names = {product.id: title for title, product in shop.things.items()}
    return [names[each.product] for each in suggest(ada, most=most)]


def test_what_others_bought_next_more_often_than_by_chance(shop: World, ada: Customer) -> None:
    assert titles(shop, ada) == ["Laces", "Coat"]  # gum is bought by everybody: boots have nothing to do with it
    first = suggest(ada)[0]
    assert (first.bought, first.of) == (6, 10)
    assert first.after == shop.things["Boots"].id


def test_what_cannot_be_sold_is_not_suggested(shop: World, ada: Customer) -> None:
    Variant.objects.filter(product=shop.thing("Laces")).update(stock=0)
    assert titles(shop, ada) == ["Coat"]
    Variant.objects.filter(product=shop.thing("Laces")).update(sells_without_stock=True)
    assert titles(shop, ada) == ["Laces", "Coat"]
    shop.thing("Laces").active = False
    shop.thing("Laces").save()
    assert titles(shop, ada) == ["Coat"]


def test_what_she_has_is_not_suggested_unless_most_buy_it_again(shop: World, ada: Customer) -> None:
    shop.order(ada, ["Laces"], 210)
    assert "Laces" not in titles(shop, ada)
    for each in Customer.objects.filter(orders__lines__variant__product=shop.thing("Laces")).distinct():
        shop.order(each, ["Laces"], 150)
    bought.count_whole(shop.merchant)
    assert "Laces" in titles(shop, ada)


def test_what_she_sent_back_is_never_suggested_however_often_it_is_bought_again(shop: World, ada: Customer) -> None:
    order = shop.order(ada, ["Laces", "Coat"], 201)
    for each in Customer.objects.filter(orders__lines__title__in=["Laces", "Coat"]).distinct():
        shop.order(each, ["Laces", "Coat"], 150)
        shop.order(each, ["Laces", "Coat"], 160)
    bought.count_whole(shop.merchant)
    assert {"Laces", "Coat"} <= set(titles(shop, ada, 9))
    laces, coat = OrderLine.objects.filter(order=order).order_by("id")
    OrderLine.objects.filter(id=laces.id).update(refunded=1)
    assert "Laces" not in titles(shop, ada, 9)
    Return.objects.create(
        merchant=shop.merchant, order=order, state="open", lines=[{"line": coat.id, "quantity": 1}], external_id="r"
    )
    assert not {"Laces", "Coat"} & set(titles(shop, ada, 9))


def test_what_was_replaced_is_not_suggested(shop: World, ada: Customer) -> None:
    merged = Customer.objects.create(merchant=shop.merchant, root=ada)
    order = shop.order(merged, ["Laces"], 201)
    for each in Customer.objects.filter(orders__lines__title="Laces").exclude(id=merged.id).distinct():
        shop.order(each, ["Laces"], 150)
    bought.count_whole(shop.merchant)
    assert "Laces" in titles(shop, ada)
    line = OrderLine.objects.get(order=order)
    Remedy.objects.create(
        merchant=shop.merchant, key="k", kind="replace", state="done", customer=merged, order=order, currency="GBP",
        asked={"kind": "replace", "lines": [[line.id, 1]]}, says="Laces again", by="member:1",
    )  # fmt: skip
    assert "Laces" not in titles(shop, ada)


def test_fewer_than_three_customers_are_no_pattern(shop: World, ada: Customer) -> None:
    shop.buyers(2, "Boots", "Umbrella")
    bought.count_whole(shop.merchant)
    assert "Umbrella" not in titles(shop, ada, 9)


def test_where_nothing_was_bought_next_the_best_of_the_kind(shop: World) -> None:
    ben = shop.person("Ben Ruiz")
    shop.order(ben, ["Clogs"])
    assert titles(shop, ben) == ["Boots"]
    assert suggest(ben)[0].of == 0


def test_she_is_offered_her_size(shop: World, ada: Customer) -> None:
    Variant.objects.filter(product=shop.thing("Boots")).update(title="Brown / 42")
    coat = shop.thing("Coat")
    Variant.objects.filter(product=coat).update(title="Brown / 38", stock=90)
    hers = Variant.objects.create(
        merchant=shop.merchant, product=coat, currency="GBP", price=9000, stock=1, title="Brown / 42"
    )
    assert next(each for each in suggest(ada, most=3) if each.product == coat.id).variant == hers.id


def test_who_bought_nothing_is_suggested_nothing(shop: World) -> None:
    assert suggest(shop.person()) == []
