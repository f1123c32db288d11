"""Strangers and customers at the order page: guessing, changing, paying twice, paying late, and other people's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from presszero.commerce.actions import drafting
from presszero.commerce.models import DraftOrder, Order, PayAccount, Variant
from presszero.commerce.payments import connecting, looking
from presszero.commerce.payments.stripe.tests.fake_stripe import SECRET, FakeStripe, fake_stripe
from presszero.commerce.payments.tests.wares import boots, customer, drafted
from presszero.core.sealing import new_token
from presszero.frontdoor.pay.views import MISSES, PAYS
from tests import cast


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    with fake_stripe(tells=False) as found:
        settings.STRIPE_API, settings.HTTP_MAY_REACH = found.address, ["127.0.0.0/8"]
        yield found


@pytest.fixture
def shop(db: None, stripe: FakeStripe) -> cast.Shop:
    made = cast.juniper()
    connecting.connect(made.merchant, "stripe", {"secret": SECRET}, made.team["rosa"].actor)
    return made


@pytest.fixture
def row(shop: cast.Shop) -> DraftOrder:
    return drafted(shop, customer(shop), boots(shop), 2)


def goes_to(client: Client, row: DraftOrder, **form: str) -> int:
    return client.post(f"/pay/{row.token}", form).status_code


def pay_at(stripe: FakeStripe) -> None:
    stripe.pay(list(stripe.sessions)[-1])
    DraftOrder.objects.filter(provider_id__gt="").update(not_before=timezone.now())
    looking.look_due()


def test_s6_a_guess_opens_nothing_and_is_soon_stopped(shop: cast.Shop, row: DraftOrder, client: Client) -> None:
    near = row.token[:-1] + ("A" if row.token[-1] != "A" else "B")
    for token in (near, row.token[:-1], row.token.swapcase(), "x" * 34, "%", new_token(200)):
        assert client.get(f"/pay/{token}").status_code == 404
        assert client.get(f"/pay/{token}/state").status_code == 404
        assert client.post(f"/pay/{token}").status_code == 404
    for _guess in range(MISSES.most):
        client.get(f"/pay/{new_token(200)}")
    assert client.get(f"/pay/{new_token(200)}").status_code == 429
    assert client.get(f"/pay/{row.token}").status_code == 200  # whoever has a link still gets in
    DraftOrder.objects.update(expires_at=timezone.now() - timedelta(days=90))
    assert client.get(f"/pay/{row.token}").status_code in (404, 429)


def test_s6_what_a_form_says_of_price_or_pieces_is_not_heard(
    shop: cast.Shop, row: DraftOrder, stripe: FakeStripe, client: Client
) -> None:
    Variant.objects.update(price=1)  # nor what the catalogue says by now
    wishes = {"total": "1", "amount": "1", "quantity": "1", "price": "0.01", "currency": "JPY", "key": "x", "by": "x"}
    assert goes_to(client, row, **wishes) == 302
    (session,) = stripe.sessions.values()
    assert (session["amount_total"], session["currency"]) == (37800, "gbp")
    said = client.get(f"/pay/{row.token}?total=1&go").content.decode()
    assert "£378.00" in said and session["url"] in said


def test_s6_it_is_paid_once_and_then_never_again(
    shop: cast.Shop, row: DraftOrder, stripe: FakeStripe, client: Client
) -> None:
    assert goes_to(client, row) == goes_to(Client(), row) == 302 and len(stripe.sessions) == 1
    pay_at(stripe)
    for _again in range(2):
        assert goes_to(client, row) == 422
    assert len(stripe.sessions) == 1 and Order.objects.get().captured == 37800
    said = client.get(f"/pay/{row.token}").content.decode()
    assert "Paid. Thank you!" in said and "<form" not in said


def test_s6_what_is_over_or_called_off_takes_no_money(
    shop: cast.Shop, row: DraftOrder, stripe: FakeStripe, client: Client
) -> None:
    other = drafted(shop, row.customer, Variant.objects.get())
    drafting.cancel(other, shop.maya.actor)
    DraftOrder.objects.filter(id=row.id).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert [goes_to(client, row), goes_to(client, other)] == [422, 422]
    drafting.expire_due(timezone.now())
    for each, words in ((row, "This offer has ended"), (other, "This order was called off")):
        said = client.get(f"/pay/{each.token}").content.decode()
        assert words in said and "<form" not in said
    assert not stripe.sessions


def test_s6_another_merchants_link_shows_and_charges_that_merchants_order_alone(
    shop: cast.Shop, row: DraftOrder, stripe: FakeStripe, client: Client
) -> None:
    thistle = cast.thistle()
    words = {"words": "To Thistle & Sons, and nobody else"}
    connecting.connect(thistle.merchant, "transfer", words, thistle.team["mallory"].actor)
    thistle.team["maya"] = thistle.team["mallory"]
    theirs = drafted(thistle, customer(thistle, "Eve Moss", "eve@example.net"), boots(thistle, price=5))
    said = client.get(f"/pay/{theirs.token}").content.decode()
    assert "Thistle" in said and "nobody else" in said and "Juniper &amp; Co." not in said
    assert goes_to(client, theirs) == 422 and not stripe.sessions  # our Stripe is not theirs
    mine = client.get(f"/pay/{row.token}").content.decode()
    assert "Thistle" not in mine
    assert PayAccount.objects.filter(merchant=thistle.merchant).count() == 1


def test_s6_the_page_names_nobody_and_reading_it_changes_nothing(
    shop: cast.Shop, row: DraftOrder, client: Client
) -> None:
    for _scanner in range(3):
        answer = client.get(f"/pay/{row.token}")
        client.head(f"/pay/{row.token}")
    said = answer.content.decode()
    assert "Ada" not in said and "ada@example.com" not in said and "Maya" in said and "Okafor" not in said
    assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "same-origin"
    kept = DraftOrder.objects.get()
    assert (kept.opened_at, kept.sent_at, kept.provider_id) == (None, None, "")
    assert client.post(f"/pay/{row.token}/opening").status_code == 204
    assert DraftOrder.objects.get().opened_at is None  # it was never sent: that look is our own
    drafting.sent(row, shop.maya.actor)
    client.post(f"/pay/{row.token}/opening")
    assert DraftOrder.objects.get().opened_at is not None


def test_s6_one_link_cannot_be_hammered(shop: cast.Shop, row: DraftOrder, stripe: FakeStripe, client: Client) -> None:
    stripe.fails = ["500"] * 100
    said = [goes_to(client, row) for _click in range(PAYS.most + 1)]
    assert said == [422] * PAYS.most + [429] and not stripe.sessions
