"""Who bought it is forgotten, whoever says it again; what was paid stays for the books."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from presszero.channels.vocabulary import Handle as Address
from presszero.channels.vocabulary import Proof
from presszero.commerce.actions.taking import take
from presszero.commerce.bulk import bring
from presszero.commerce.models import Cart, Order, Store
from presszero.commerce.tests.orders import ADAS, later, store_of
from presszero.commerce.vocabulary import StoreCart, StoreOrder
from presszero.core.actor import SYSTEM
from presszero.customers.claiming import claim
from presszero.customers.models import Customer, Handle
from presszero.privacy import retention
from presszero.privacy.actions import Request, erase, erase_due, hold
from presszero.privacy.buying import bought
from presszero.privacy.erasing.person import person_of
from presszero.privacy.models import RetentionRule
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return store_of(cast.juniper())


def known(store: Store, address: str, proof: Proof = Proof.VERIFIED) -> Customer:
    who = Customer.objects.create(merchant_id=store.merchant_id, name="Ada Kowalski")
    given = {"kind": "email", "address": address, "proof": proof}
    Handle.objects.create(merchant_id=store.merchant_id, customer=who, **given)
    return who


def erased(customer: Customer) -> None:
    erase(customer, Request(), by=SYSTEM, at_once=True)
    assert erase_due(timezone.now()) == 1


def taken(store: Store, news: StoreOrder) -> Order:
    found = take(store.merchant_id, store, news)
    assert isinstance(found, Order)
    return found


def personal(order: Order) -> list[object]:
    order.refresh_from_db()
    values = [order.email, order.phone, order.name, order.note, order.ship_to.get("city"), order.ship_to.get("name")]
    parts = [order.payments.get().label, order.shipments.get().tracking]
    return [value for value in [*values, *parts] if value]


def test_an_erased_buyers_orders_keep_their_amounts_and_nothing_personal(store: Store) -> None:
    ada = known(store, "ada@example.com")
    order = taken(store, ADAS)
    take(store.merchant_id, store, StoreCart("c", "GBP", 18900, ADAS.lines, "ada@example.com"))
    erased(ada)
    assert personal(order) == [] and not Cart.objects.exists()
    assert (order.total, order.captured, order.ship_to["country"]) == (19490, 19490, "GB")
    assert order.customer_id == ada.id  # a row without a name


def test_what_the_shop_says_again_stays_forgotten_in_any_store(store: Store) -> None:
    ada = known(store, "ada@example.com")
    order = taken(store, ADAS)
    erased(ada)
    taken(store, later(ADAS, total=19000))
    assert personal(order) == [] and order.total == 19000
    anew = store_of(cast.thistle(), merchant_id=store.merchant_id, brand_id=store.brand_id, kind="vendure")
    assert personal(taken(anew, ADAS)) == []
    bring(store.merchant_id, None, [ADAS], source="sheet", by=SYSTEM)
    assert personal(Order.objects.get(store=None)) == []
    fresh = taken(store, later(ADAS, external_id="7", placed_at=timezone.now() + timedelta(minutes=1)))
    assert fresh.email == "ada@example.com"  # somebody new


def test_an_order_that_waited_under_their_address_is_forgotten_too(store: Store) -> None:
    order = taken(store, ADAS)
    erased(known(store, "ada@example.com", Proof.SEEN))
    assert personal(order) == []


def test_nobody_is_forgotten_by_anothers_word(store: Store) -> None:
    """Mallory types Ada's address into the form, and asks to be erased."""
    known(store, "ada@example.com")
    order = taken(store, ADAS)
    mallory = known(store, "mallory@example.net")
    claim(mallory, Address("email", "ada@example.com"), "form")
    erased(mallory)
    assert len(personal(order)) >= 5
    assert Handle.objects.filter(address="ada@example.com").exists()


def test_their_own_copy_tells_what_they_bought_and_not_what_only_waits(store: Store) -> None:
    ada = known(store, "ada@example.com")
    taken(store, ADAS)
    waiting = claim(known(store, "ada@work.example"), Address("email", "ben@example.org"), "form").customer
    taken(store, later(ADAS, external_id="8", number="#1099", email="ben@example.org"))
    told = bought(person_of(ada))
    assert [(each["number"], each["total"], each["ship_to"]["city"]) for each in told["orders"]] == [
        ("#1042", "194.90 GBP", "York")
    ]
    assert told["orders"][0]["lines"][0] == {"title": "Juniper boots", "pieces": 1, "total": "189.00 GBP"}
    assert bought(person_of(waiting))["orders"] == []
    names = (
        "shop",
        "made_on",
        "name",
        "addresses",
        "own_fields",
        "consents",
        "visits",
        "conversations",
        "calls",
        "may_we_write",
    )
    page = render_to_string("privacy/copy.html", {"told": dict.fromkeys(names, ()) | told})
    assert "#1042" in page and "1 × Juniper boots: 189.00 GBP" in page


def test_names_leave_old_orders_by_the_merchants_rule_and_a_hold_keeps_them(store: Store) -> None:
    ada = known(store, "ada@example.com")
    old, kept = taken(store, later(ADAS, email="", external_id="8")), taken(store, ADAS)
    take(store.merchant_id, store, StoreCart("c", "GBP", 1, ADAS.lines, "x@example.com", updated_at=ADAS.placed_at))
    hold(ada, "Court case 12", by=SYSTEM)
    RetentionRule.objects.create(merchant_id=store.merchant_id, what="buyers", days=100, by="system")
    night = ADAS.placed_at + timedelta(days=99)
    assert retention.purge_one(store.merchant, night) == 1  # the cart, by the usual 30 days
    assert retention.purge_one(store.merchant, night + timedelta(days=2)) == 1
    assert personal(old) == [] and len(personal(kept)) >= 5 and not Cart.objects.exists()
