"""The cast's shop, paid by a Stripe on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from presszero.commerce.models import PayAccount, Variant
from presszero.commerce.payments import connecting
from presszero.commerce.payments.stripe.tests.fake_stripe import SECRET, FakeStripe, fake_stripe
from presszero.customers.models import Customer
from tests import cast

from .wares import boots, customer


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    with fake_stripe() as found:
        settings.STRIPE_API = found.address
        settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
        yield found


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def account(shop: cast.Shop, stripe: FakeStripe) -> PayAccount:
    made = connecting.connect(shop.merchant, "stripe", {"secret": SECRET}, shop.team["rosa"].actor)
    stripe.tells = False
    return made


@pytest.fixture
def ada(shop: cast.Shop) -> Customer:
    return customer(shop)


@pytest.fixture
def pair(shop: cast.Shop) -> Variant:
    return boots(shop)
