"""Whose an order is: by proof, or because a member says so. Nothing else gives anybody somebody's orders."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from presszero.audit.models import Record
from presszero.channels.vocabulary import Proof
from presszero.commerce import queries, reactions
from presszero.commerce.actions.attaching import attach, attach_proven, detach
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Cart, Order, Store
from presszero.commerce.vocabulary import StoreCart
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.actions import merge, prove, unmerge
from presszero.customers.models import Customer, Handle
from presszero.timeline.models import Event
from tests import cast

from .orders import ADAS, later

GUEST = replace(ADAS, account="", phone="+44 1904 000 111")


def known(shop: cast.Shop, proof: Proof, address: str = "ada@example.com", kind: str = "email") -> Customer:
    who = Customer.objects.create(merchant=shop.merchant, name="Somebody")
    Handle.objects.create(merchant=shop.merchant, customer=who, kind=kind, address=address, proof=proof)
    return who


def placed(store: Store, **values: Any) -> Order:
    found = take(store.merchant_id, store, replace(GUEST, **values))
    assert isinstance(found, Order)
    return found


def hear() -> None:
    reactions.attach(list(Event.objects.order_by("id")))


def test_an_order_belongs_to_whoever_has_proven_its_address(shop: cast.Shop, store: Store) -> None:
    ada = known(shop, Proof.VERIFIED)
    order = placed(store)
    assert (order.customer_id, order.attached_because) == (ada.id, "email proven")
    assert Event.objects.get(kind="order.placed").customer_id == ada.id


@pytest.mark.parametrize("proof", [Proof.CLAIMED, Proof.SEEN, Proof.REFUTED])
def test_a_guests_order_waits_and_nobody_gets_it_by_a_claim(shop: cast.Shop, store: Store, proof: Proof) -> None:
    somebody = known(shop, proof)
    order = placed(store)
    assert order.customer is None
    assert attach_proven(shop.merchant.id, somebody.id) == 0


def test_an_order_waits_until_its_address_is_proven(shop: cast.Shop, store: Store) -> None:
    ada = known(shop, Proof.SEEN)
    order = placed(store)
    take(store.merchant_id, store, StoreCart("c", "GBP", 100, ADAS.lines, "ada@example.com"))
    prove(ada.handles.get(), Proof.VERIFIED, by=SYSTEM, reason="DMARC")
    hear()
    hear()
    order.refresh_from_db()
    assert order.customer_id == ada.id
    assert Cart.objects.get().customer_id == ada.id
    assert Event.objects.filter(kind="order.attached").count() == 1


def test_her_first_mail_proves_whose_the_order_is(shop: cast.Shop, store: Store) -> None:
    """Our own receiving server vouches for her; nobody had to do anything."""
    order = placed(store)
    shop.line.settings = {"authserv_id": "mx.juniper.example", "relays": ["127.0.0.1"]}
    shop.line.save()
    mail = cast.ada().mail(shop, "Where is it?").as_bytes()
    vouched = b"Authentication-Results: mx.juniper.example; dmarc=pass header.from=example.com\r\n" + mail
    cast.deliver(shop.line, vouched, peer="127.0.0.1")
    cast.work()
    hear()
    order.refresh_from_db()
    assert order.customer_id == Handle.objects.get(address="ada@example.com", proof=Proof.VERIFIED).customer_id
    assert Event.objects.get(kind="order.attached").order_id == order.id


def test_ai1_mallory_orders_in_adas_name_and_sees_nothing_of_it(shop: cast.Shop, store: Store) -> None:
    """Her own number on an order under Ada's address gives her no order of Ada's, and no later one."""
    mallory = known(shop, Proof.VERIFIED, "+441904000111", "phone")
    ada = known(shop, Proof.SEEN)
    order = placed(store)
    hear()
    attach_proven(shop.merchant.id, mallory.id)
    order.refresh_from_db()
    assert order.customer is None
    prove(ada.handles.get(), Proof.VERIFIED, by=SYSTEM, reason="code")
    hear()
    order.refresh_from_db()
    assert order.customer_id == ada.id


def test_an_address_that_the_shop_changes_moves_the_order_and_one_it_blanks_out_does_not(
    shop: cast.Shop, store: Store
) -> None:
    ada, ben = known(shop, Proof.VERIFIED), known(shop, Proof.VERIFIED, "ben@example.org")
    assert placed(store).customer_id == ada.id
    nameless = later(GUEST, email="", phone="", name="")
    for news, owner in ((nameless, ada), (later(GUEST, 2, email="ben@example.org"), ben)):
        take(store.merchant_id, store, news)
        assert Order.objects.get().customer_id == owner.id


def test_a_proven_phone_number_finds_the_order_of_an_unknown_address(shop: cast.Shop, store: Store) -> None:
    caller = known(shop, Proof.VERIFIED, "+441904000111", "phone")
    assert placed(store).customer_id == caller.id


def test_a_merge_brings_orders_along_and_taking_it_back_leaves_them(shop: cast.Shop, store: Store) -> None:
    ada = known(shop, Proof.VERIFIED)
    caller = known(shop, Proof.VERIFIED, "+441904000222", "phone")
    order = placed(store)
    made = merge(ada, caller, by=shop.maya.actor, reason="same voice")
    assert attach_proven(shop.merchant.id, caller.id) == 0
    unmerge(made, by=shop.maya.actor)
    order.refresh_from_db()
    assert order.customer_id == ada.id


def test_a_member_decides_and_neither_store_nor_proof_overrules(shop: cast.Shop, store: Store) -> None:
    ada, ben = known(shop, Proof.VERIFIED), known(shop, Proof.VERIFIED, "ben@example.org")
    order = placed(store)
    with pytest.raises(Refused):
        attach(order, ben, shop.maya.actor, "  ")
    attach(order, ben, shop.maya.actor, "He paid it")
    take(store.merchant_id, store, later(GUEST, name="Ada K."))
    order.refresh_from_db()
    assert order.customer_id == ben.id
    detach(order, shop.maya.actor, "Neither of them")
    assert attach_proven(shop.merchant.id, ada.id) == 0
    take(store.merchant_id, store, later(GUEST, 2, name="Ada"))
    order.refresh_from_db()
    assert order.customer is None
    said = list(Record.objects.order_by("id").values_list("verb", "why"))
    assert said == [("order.attached", "He paid it"), ("order.detached", "Neither of them")]


def test_another_merchants_customer_gets_nothing(shop: cast.Shop, store: Store) -> None:
    theirs = cast.thistle()
    stranger = known(theirs, Proof.VERIFIED)
    order = placed(store)
    assert order.customer is None and attach_proven(theirs.merchant.id, stranger.id) == 0
    with pytest.raises(Refused):
        attach(order, stranger, shop.maya.actor, "Looks like hers")


@pytest.mark.django_db(transaction=True)
def test_proof_and_order_at_the_same_moment_find_each_other() -> None:
    shop = cast.juniper()
    store = Store.objects.create(
        merchant=shop.merchant, brand=shop.brand, kind="shopify", address="a", name="A", currency="GBP"
    )
    ada = known(shop, Proof.SEEN)
    together = threading.Barrier(2)

    def side(work: Any) -> None:
        try:
            together.wait()
            work()
        finally:
            connection.close()

    sides = [lambda: placed(store), lambda: prove(ada.handles.get(), Proof.VERIFIED, by=SYSTEM, reason="code")]
    threads = [threading.Thread(target=side, args=(work,)) for work in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hear()
    assert Order.objects.get().customer_id == ada.id


def test_the_cast_has_its_orders(shop: cast.Shop) -> None:
    """Ada's three; 1042 is on its way and late."""
    ada = cast.ada()
    found = [ada.order(shop, number, shop.shop) for number in ("1042", "1008", "0931")]
    assert [each.sent for each in found] == ["sent", "delivered", "delivered"]
    assert found[0].promised_by and found[0].promised_by < timezone.localdate()
    assert [each.number for each in queries.orders_of(ada.known(shop))] == []
    hear()
    assert [each.number for each in queries.orders_of(ada.known(shop))] == ["#1042", "#1008", "#0931"]
    assert sorted(shop.stocks()) == ["HC-M", "JB-41", "JB-42", "WL-120"]
