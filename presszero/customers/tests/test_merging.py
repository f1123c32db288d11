"""Two customers found to be one, and taken apart again: in any order, nothing is rewritten."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers import queries
from presszero.customers.actions import CannotMerge, add_handle, merge, unmerge
from presszero.customers.models import Customer, Handle, Merge
from tests import cast


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def people(shop: cast.Shop) -> list[Customer]:
    made = [Customer.objects.create(merchant=shop.merchant, name=f"Number {n}") for n in range(6)]
    for n, row in enumerate(made):
        add_handle(row, "email", f"n{n}@example.com", by=SYSTEM)
    return made


def again(row: Customer) -> Customer:
    return Customer.objects.get(id=row.id)


def test_merged_they_are_one_and_every_address_finds_the_whole(shop: cast.Shop, people: list[Customer]) -> None:
    merge(people[0], people[1], by=shop.maya.actor, reason="same phone")
    assert again(people[0]).now_id == people[1].id
    assert {h.address for h in queries.handles(again(people[1]))} == {"n0@example.com", "n1@example.com"}
    assert list(queries.find(shop.merchant, "n0@")) == [people[1]]
    assert list(queries.find(shop.merchant, "Number 0")) == [people[1]]
    assert Handle.objects.get(address="n0@example.com").customer_id == people[0].id  # it stays with whom it came


def test_one_cannot_be_merged_with_themselves_or_with_another_merchants(
    shop: cast.Shop, people: list[Customer]
) -> None:
    foreign = Customer.objects.create(merchant=cast.thistle().merchant, name="Foreign")
    merge(people[0], people[1], by=SYSTEM)
    for loser, winner in ((people[0], people[1]), (people[2], people[2]), (people[2], foreign), (foreign, people[2])):
        with pytest.raises(CannotMerge):
            merge(again(loser), again(winner), by=SYSTEM)
    assert Merge.objects.count() == 1


def test_an_undone_merge_is_not_undone_twice(people: list[Customer]) -> None:
    made = merge(people[0], people[1], by=SYSTEM)
    unmerge(made, by=SYSTEM)
    with pytest.raises(Refused, match="already"):
        unmerge(made, by=SYSTEM)
    assert merge(again(people[0]), again(people[1]), by=SYSTEM).id != made.id


def test_an_address_of_somebody_else_is_not_taken_over(people: list[Customer]) -> None:
    with pytest.raises(Refused, match="another customer"):
        add_handle(people[0], "email", "n1@example.com", by=SYSTEM)
    assert Handle.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_merges_at_once_leave_everyone_part_of_one_root(people: list[Customer]) -> None:
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 0), (4, 1)]
    start, trouble = threading.Barrier(len(pairs)), []

    def join(one: int, other: int) -> None:
        start.wait()
        try:
            with contextlib.suppress(CannotMerge):
                merge(people[one], people[other], by=SYSTEM)  # as they were before any of it
        except BaseException as why:
            trouble.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=pair) for pair in pairs]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert trouble == []
    assert {again(row).now_id for row in people[:5]} == {again(people[0]).now_id}
    _holds(people, list(Merge.objects.filter(undone_at=None)))


steps = st.lists(st.tuples(st.sampled_from(["merge", "merge", "unmerge"]), st.integers(0, 20), st.integers(0, 20)))


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, order=st.randoms(use_true_random=False))
def test_who_is_one_is_what_the_standing_merges_say_whatever_the_order(
    people: list[Customer], steps: list[tuple[str, int, int]], order: Any
) -> None:
    with transaction.atomic():
        standing: list[Merge] = []
        for verb, one, other in steps:
            if verb == "unmerge" and standing:
                unmerge(standing.pop(one % len(standing)), by=SYSTEM)
            elif verb == "merge":
                with contextlib.suppress(CannotMerge):
                    standing.append(merge(again(people[one % 6]), again(people[other % 6]), by=SYSTEM))
            _holds(people, standing)
        order.shuffle(standing)
        while standing:
            unmerge(standing.pop(), by=SYSTEM)
            _holds(people, standing)
        assert not Customer.objects.exclude(root=None).exists()
        transaction.set_rollback(True)


def _holds(people: list[Customer], standing: list[Merge]) -> None:
    group = {row.id: row.id for row in people}
    for made in standing:
        one, other = group[made.loser_id], group[made.winner_id]
        group = {n: other if g == one else g for n, g in group.items()}
    roots = dict(Customer.objects.values_list("id", "root_id"))
    now = {n: roots[n] or n for n in group}
    assert all(roots[root] is None for root in now.values())
    assert len(set(now.values())) == len(set(group.values())) == len({(group[n], now[n]) for n in group})
