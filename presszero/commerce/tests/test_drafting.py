"""A draft in a connected shop: made once whatever breaks, taken back when it ends, and theirs when it is paid there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.commerce import reactions
from presszero.commerce.actions import drafting
from presszero.commerce.actions.making import make_due
from presszero.commerce.actions.taking import take
from presszero.commerce.models import DraftOrder, Order, Product, Store, Variant
from presszero.commerce.payments.tests.wares import customer, drafted
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, TOKEN, FakeShop, open_shop
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast

from .orders import ADAS, later, store_of


@pytest.fixture
def counter(settings: Any) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    with open_shop() as found:
        yield found


@pytest.fixture
def juniper(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def here(juniper: cast.Shop, counter: FakeShop) -> Store:
    made = store_of(juniper, address=counter.address)
    made.settings = {"client_id": "app-1"}
    made.keep_secrets({"secret": SECRET, "token": TOKEN})
    made.save()
    return made


@pytest.fixture
def pair(here: Store) -> Variant:
    product = Product.objects.create(merchant=here.merchant, store=here, external_id="1", title="Juniper boots")
    given = {"external_id": "10", "currency": "GBP", "price": 18900, "stock": 2}
    return Variant.objects.create(merchant=here.merchant, store=here, product=product, **given)


@pytest.fixture
def ada(juniper: cast.Shop) -> Customer:
    return customer(juniper)


def again() -> DraftOrder:
    """The worker's next round, as if the pause were over."""
    DraftOrder.objects.filter(not_before__isnull=False).update(not_before=timezone.now())
    make_due()
    return DraftOrder.objects.get()


def test_it_is_made_in_the_shop_and_taken_back_when_it_is_called_off(
    juniper: cast.Shop, counter: FakeShop, ada: Customer, pair: Variant
) -> None:
    row = drafted(juniper, ada, pair, 2)
    assert (row.state, row.total, row.pay_url, counter.asked) == ("making", 37800, "", [])
    made = again()
    assert (made.state, made.trouble) == ("open", "") and made.pay_url.startswith("http")
    (theirs,) = counter.made["draft"]
    assert theirs["legacyResourceId"] == made.external_id
    drafting.cancel(made, juniper.maya.actor)
    assert again().state == "cancelled" and counter.made["draft"] == []


@pytest.mark.parametrize(("breaks", "until_sure"), [("cut before", True), ("cut after", True), ("429", False)])
def test_whatever_breaks_the_shop_has_one(
    juniper: cast.Shop, counter: FakeShop, ada: Customer, pair: Variant, breaks: str, until_sure: bool
) -> None:
    drafted(juniper, ada, pair)
    counter.fails_on = {"Draft": [breaks]}
    assert again().state == "making"
    if until_sure:
        again()  # looked for, and not believed gone as long as the first ask may be under way
        DraftOrder.objects.filter(writing_at__isnull=False).update(writing_at=timezone.now() - timedelta(minutes=5))
    again()
    assert again().state == "open" and len(counter.made["draft"]) == 1


def test_a_shop_that_refuses_is_believed(juniper: cast.Shop, counter: FakeShop, ada: Customer, pair: Variant) -> None:
    drafted(juniper, ada, pair)
    Store.objects.update(sealed=bytes(60))  # the keys can be opened no more
    found = again()
    assert found.state == "failed" and found.trouble
    with pytest.raises(Refused):
        drafted(juniper, ada, pair, 3)  # the shop has two


def test_what_is_paid_in_the_shop_is_theirs_who_got_the_link(
    juniper: cast.Shop, here: Store, ada: Customer, pair: Variant
) -> None:
    consume_all(["commerce.drafts"])
    assert reactions.__name__  # registers who listens
    row = drafted(juniper, ada, pair)
    unpaid = replace(ADAS, key=row.key, email="partner@example.com", payments=())
    for news in (
        unpaid,
        later(replace(unpaid, payments=ADAS.payments)),
        later(replace(unpaid, payments=ADAS.payments), 2),
    ):
        take(juniper.merchant.id, here, news)
        consume_all(["commerce.drafts"])
    order, row = Order.objects.get(), DraftOrder.objects.get()
    assert (row.state, row.order_id) == ("paid", order.id)
    assert (order.customer_id, order.attached_because) == (ada.id, "paid by the link we sent")
    assert Event.objects.filter(kind="draft.paid").count() == 1
