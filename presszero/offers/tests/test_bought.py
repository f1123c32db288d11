"""What is bought after what: counted by SQL as by a slow and plain reading of the same orders."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.commerce.models import Order, OrderLine
from presszero.customers.models import Customer
from presszero.offers import bought
from presszero.offers.models import BoughtNext, Buyers, Suggesting

from .world import World, world

Pairs = dict[tuple[int, int], int]


@pytest.fixture
def shop(db: None) -> World:
    return world()


def plainly(shop: World) -> tuple[Pairs, dict[int, tuple[int, int]]]:
    """Order by order, person by person."""
    sales: dict[str, list[tuple[int, Order]]] = defaultdict(list)
    for line in OrderLine.objects.filter(merchant=shop.merchant).select_related("order__customer", "variant"):
        order = line.order
        if order.kind != "sale" or order.cancelled_at or line.variant is None:
            continue
        who = f"c{order.customer.now_id}" if order.customer else f"e{order.email}" if order.email else f"o{order.id}"
        sales[who].append((line.variant.product_id, order))
    pairs: dict[tuple[int, int], set[str]] = defaultdict(set)
    buyers: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for who, mine in sales.items():
        for first, earlier in mine:
            buyers[first][who].add(earlier.id)
            for then, later in mine:
                passed = later.placed_at - earlier.placed_at
                if then != first and timedelta() <= passed <= timedelta(days=180):
                    pairs[first, then].add(who)
    enough = {pair: len(people) for pair, people in pairs.items() if len(people) >= 3}
    again = {p: (len(people), sum(len(o) > 1 for o in people.values())) for p, people in buyers.items()}
    return enough, again


def counted(shop: World) -> tuple[Pairs, dict[int, tuple[int, int]]]:
    pairs = BoughtNext.objects.filter(merchant=shop.merchant).values_list("first_id", "then_id", "customers")
    buyers = Buyers.objects.filter(merchant=shop.merchant).values_list("product_id", "customers", "again")
    return {(first, then): n for first, then, n in pairs}, {product: (n, again) for product, n, again in buyers}


def orders_at_random(shop: World, chance: random.Random, many: int) -> None:
    titles = [f"Thing {n}" for n in range(7)]
    people: list[Customer | str | None] = [shop.person(f"P{n}") for n in range(12)]
    roots = [each for each in people if isinstance(each, Customer)]
    people += [Customer.objects.create(merchant=shop.merchant, root=chance.choice(roots)) for _ in range(4)]
    people += [f"guest{n}@example.com" for n in range(5)] + [None]
    for _ in range(many):
        odd = chance.random()
        more = {"kind": "replacement"} if odd < 0.1 else {"cancelled_at": timezone.now()} if odd < 0.2 else {}
        shop.order(chance.choice(people), chance.sample(titles, chance.randint(1, 3)), chance.randint(0, 400), **more)


@pytest.mark.parametrize("seed", range(4))
def test_it_counts_as_a_plain_reading_does(shop: World, seed: int) -> None:
    orders_at_random(shop, random.Random(seed), 110)
    bought.count_whole(shop.merchant)
    pairs, buyers = counted(shop)
    assert pairs
    assert (pairs, buyers) == plainly(shop)


def test_counting_what_came_since_is_counting_everything(shop: World) -> None:
    chance = random.Random(7)
    orders_at_random(shop, chance, 80)
    bought.count_whole(shop.merchant)
    Order.objects.filter(merchant=shop.merchant).update(created_at=timezone.now() - timedelta(days=30))
    first = counted(shop)
    for n in range(4):
        shop.order(shop.person(f"New {n}"), ["Thing 0", "Thing new"])
    cancelled = Order.objects.filter(merchant=shop.merchant, cancelled_at=None, customer__isnull=False).first()
    Order.objects.filter(id=cancelled.id if cancelled else 0).update(cancelled_at=timezone.now())
    bought.count_again(shop.merchant)
    assert counted(shop) == plainly(shop) != first


def test_a_trader_says_nothing_of_taste(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bought, "TRADER", 3)
    shop.buyers(3, "Boots", "Laces")
    trader = shop.person("Trader")
    shop.order(trader, ["Boots", "Laces", "Coat", "Scarf"])
    bought.count_whole(shop.merchant)
    assert set(counted(shop)[0].values()) == {3}


def test_the_duty_begins_by_itself_and_then_rests(shop: World) -> None:
    shop.buyers(3, "Boots", "Laces")
    now = timezone.now()
    assert bought.keep_counting(now) == 1
    assert Suggesting.objects.get(merchant=shop.merchant).buyers == 3
    assert bought.keep_counting(now + timedelta(hours=1)) == 0
    assert bought.keep_counting(now + timedelta(days=1)) == 1


def test_another_merchants_orders_are_not_counted(shop: World) -> None:
    other = world("2")
    other.buyers(5, "Boots", "Laces")
    shop.buyers(3, "Boots", "Laces")
    bought.count_whole(shop.merchant)
    assert set(counted(shop)[0].values()) == {3}
    assert counted(other) == ({}, {})
