"""What only the real shop can say: a session that is over, a cancelled order, an address after money went back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from presszero.commerce.stores.adapter import AccessLost, StoreSettings
from presszero.commerce.stores.vendure import client
from presszero.commerce.stores.vendure.adapter import adapter
from presszero.commerce.vocabulary import Address, Ask, Done
from tests.shop.vendure import SOCKS, Vendure, the_shop

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("the real shop")]


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Vendure:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    return the_shop()


def do(store: StoreSettings, ask: Ask) -> Done:
    return adapter.do(store, ask, lambda: None)


def test_a_session_that_is_over_is_begun_anew_and_a_wrong_password_is_not(shop: Vendure) -> None:
    store = shop.settings
    assert adapter.orders(store).total is not None
    client._sessions[client._key(store)] = "of another year"
    number = shop.buys("ada@example.com", (SOCKS, 1))
    assert do(store, Ask("refund", "s1", order=number, currency="EUR", amount=490)).state == "accepted"
    with pytest.raises(AccessLost, match="does not know this name"):
        adapter.orders(replace(store, secrets={**store.secrets, "password": "another"}))


def test_a_cancelled_order_still_says_what_was_paid(shop: Vendure) -> None:
    number = shop.buys("ada@example.com", (SOCKS, 2))
    done = do(shop.settings, Ask("cancel", "c1", order=number, currency="EUR", amount=3470, reason="Too late"))
    assert done.news is not None and done.news.cancelled_at is not None
    assert (done.news.total, done.news.lines[0].quantity, done.news.lines[0].total) == (3470, 2, 2980)
    assert [(each.amount, each.key, each.reason) for each in done.news.refunds] == [(3470, "c1", "Too late")]


def test_an_order_is_never_left_open_by_us(shop: Vendure) -> None:
    """Where money went back, Vendure opens an order for changes and does not let it close again. So we do not ask."""
    number = shop.buys("ada@example.com", (SOCKS, 1))
    assert do(shop.settings, Ask("refund", "o1", order=number, currency="EUR", amount=100)).state == "accepted"
    there = Address(name="Ada Kowalski", line1="Neue Str. 1", postcode="1010", city="Wien", country="AT")
    moved = do(shop.settings, Ask("address", "o2", order=number, address=there))
    assert moved.state == "refused" and moved.reason
    assert shop.order(number)["state"] == "PaymentSettled"


def test_never_more_than_was_paid(shop: Vendure) -> None:
    number = shop.buys("ada@example.com", (SOCKS, 1))
    ask = Ask("refund", "m1", order=number, currency="EUR", amount=1981)
    assert do(shop.settings, ask).state == "refused" and shop.refunds(number) == []
    assert do(shop.settings, replace(ask, amount=1980)).state == "accepted"
    assert do(shop.settings, replace(ask, key="m2", amount=1)).state == "refused"
    assert sum(each["total"] for each in shop.refunds(number)) == 1980
