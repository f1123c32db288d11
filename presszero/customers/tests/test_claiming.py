"""An address finds who has it; one that somebody only says is theirs finds nobody."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from presszero.channels.vocabulary import Handle, Proof
from presszero.customers import actions
from presszero.customers.claiming import claim, customer_of
from presszero.customers.models import Claim, Customer
from presszero.customers.models import Handle as HandleRow
from presszero.timeline.models import Event
from tests import cast

BROWSER = Handle("visitor", "v-" + "0" * 32)


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def test_a_new_address_is_somebody_new_and_the_same_one_afterwards(shop: cast.Shop) -> None:
    first = customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED)
    assert customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED) == first
    assert Event.objects.filter(kind="customer.created", customer_id=first.id).count() == 1


def test_what_they_write_afterwards_comes_from_the_same_person(shop: cast.Shop) -> None:
    browser = cast.Browser()
    before = customer_of(shop.merchant.id, Handle("visitor", browser.address), Proof.CLAIMED)
    assert cast.the(browser.chats(shop, "Hello")).conversation.customer_id == before.id
    assert HandleRow.objects.filter(address=browser.address).count() == 1


def test_an_address_is_only_ever_proven_more(shop: cast.Shop) -> None:
    customer_of(shop.merchant.id, BROWSER, Proof.VERIFIED, "Signed in at the shop.")
    customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED)
    row = HandleRow.objects.get(address=BROWSER.address)
    assert (row.proof, row.proof_reason) == ("verified", "Signed in at the shop.")


def test_whoever_was_merged_is_found_as_who_they_are_now(shop: cast.Shop) -> None:
    first = customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED)
    ada = cast.the(cast.ada().writes(shop, "Hello")).conversation.customer
    actions.merge(first, ada, by=shop.maya.actor)
    assert customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED) == ada


def test_a_claim_joins_nothing_and_teaches_nothing(shop: cast.Shop) -> None:
    ada = cast.the(cast.ada().writes(shop, "Hello")).conversation.customer
    person = customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED)
    for _ in range(2):
        claim(person, Handle("email", "ada@example.com", "Ada"), "chat")
    assert Claim.objects.get().customer == person != ada
    assert not HandleRow.objects.filter(customer=person, kind="email").exists()


def test_the_name_said_last_stands(shop: cast.Shop) -> None:
    person = customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED)
    for name in ("Ada", "", "Ada\nK."):
        claim(person, Handle("email", "ada@example.com", name), "chat")
    assert Claim.objects.get().name == "Ada K."


def test_another_merchants_visitor_is_another_person(shop: cast.Shop) -> None:
    thistle = cast.thistle()
    ours, theirs = (customer_of(each.merchant.id, BROWSER, Proof.CLAIMED) for each in (shop, thistle))
    assert ours.id != theirs.id and ours.merchant_id != theirs.merchant_id


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_person() -> None:
    shop = cast.juniper()
    gate, found = threading.Barrier(6), []

    def ask() -> None:
        try:
            gate.wait(10)
            found.append(customer_of(shop.merchant.id, BROWSER, Proof.CLAIMED).id)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert Customer.objects.count() == 1
