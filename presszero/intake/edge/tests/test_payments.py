"""A payment provider's webhook comes in as a channel's does: signed over the exact bytes, stored once, and taken."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from presszero.commerce.actions import drafting
from presszero.commerce.models import DraftOrder, Order, PayAccount
from presszero.commerce.payments.door import line_id
from presszero.commerce.payments.stripe.tests.fake_stripe import SIGNS, stripe_signature
from presszero.commerce.payments.tests.wares import boots, customer
from presszero.intake.split import split_all
from presszero.mailroom.models import Quarantine, Received

from .conftest import Answer, EdgeProcess, Shop, wait_until


@pytest.fixture(autouse=True)
def _record(transactional_db: None) -> Iterator[None]:
    """What is on record is never deleted; only all of it at once."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_record CASCADE")


def paid(row: DraftOrder, **more: Any) -> dict[str, Any]:
    """As checkout.session.completed says it."""
    session: dict[str, Any] = {
        "id": "cs_1",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
    }
    session |= {"amount_total": row.total, "currency": "gbp", "payment_intent": "pi_1", "created": int(time.time())}
    session |= {"metadata": {"presszero_draft": row.key}, "customer_details": {"email": "payer@example.com"}}
    return {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": session | more}}


def deliver(edge: EdgeProcess, account: PayAccount, said: object, secret: str = SIGNS, at: int | None = None) -> Answer:
    body = json.dumps(said).encode()
    return edge.call("POST", f"/in/stripe/{account.token}", body, Stripe_Signature=stripe_signature(body, secret, at))


def open_account(shop: Shop, secret: str = SIGNS) -> PayAccount:
    made = PayAccount(merchant=shop.merchant, kind="stripe", name="Juniper & Co.")
    made.keep_secrets({"secret": "sk_test", "webhook": secret})
    made.save()
    return made


@pytest.fixture
def account(shop: Shop) -> PayAccount:
    return open_account(shop)


@pytest.fixture
def row(shop: Shop, account: PayAccount) -> DraftOrder:
    lines = [drafting.DraftLine(boots(shop).id)]
    return drafting.draft(customer(shop), None, lines, shop.member.actor, "one-key")


def test_s6_only_what_stripe_signed_for_this_account_is_money(
    edge: EdgeProcess, shop: Shop, other_shop: Shop, account: PayAccount, row: DraftOrder
) -> None:
    theirs = open_account(other_shop, "whsec_another")
    event = paid(row)
    for wrong in (
        deliver(edge, account, event, "guessed"),
        deliver(edge, account, event, ""),
        deliver(edge, account, event, at=int(time.time()) - 400),
        deliver(edge, theirs, event),
        edge.call("POST", f"/in/stripe/{account.token}", json.dumps(event).encode()),
    ):
        assert wrong.status == 403
    assert deliver(edge, theirs, event, "whsec_another").status == 200  # signed, and about nothing of theirs
    while split_all():
        pass
    assert not Order.objects.exists()
    assert [deliver(edge, account, event).status for _repeat in range(2)] == [200, 200]
    while split_all():
        pass
    kept = Received.objects.get(line_id=line_id(account.id))
    order = Order.objects.get()
    assert kept.split_at and (order.merchant_id, order.captured, order.email) == (shop.merchant.id, row.total, "")


def test_poison_is_held_back_under_the_accounts_name(edge: EdgeProcess, account: PayAccount, row: DraftOrder) -> None:
    assert deliver(edge, account, paid(row, currency="zzz")).status == 200
    while split_all():
        pass
    assert Quarantine.objects.get().sender == "Juniper & Co." and not Order.objects.exists()
    account.keep_secrets({})  # disconnected
    account.save()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY lines")
    wait_until(lambda: deliver(edge, account, paid(row), "").status == 403)
