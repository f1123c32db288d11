"""Drafts paid on our own page, by a Stripe on a real socket: once, whatever breaks and whatever is repeated."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.channels.adapter import Unreadable
from presszero.commerce.actions import drafting
from presszero.commerce.models import DraftOrder, Order, PayAccount, Payment, Refund, Variant
from presszero.commerce.payments import connecting, looking, paying, refunding
from presszero.commerce.payments.hearing import hear
from presszero.commerce.payments.registry import adapter
from presszero.commerce.payments.stripe.tests.fake_stripe import SECRET, SIGNS, FakeStripe
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.timeline.models import Event
from tests import cast

from .wares import boots, customer, drafted


def webhook(account: PayAccount, event: dict[str, Any], times: int = 1) -> None:
    """As a worker takes what the door kept."""
    for _again in range(times):
        for news in adapter("stripe").parse(json.dumps(event).encode(), {}, account.for_adapter()):
            hear(account, news)


def now_of(row: DraftOrder) -> DraftOrder:
    return DraftOrder.objects.select_related("order").get(id=row.id)


def look_again(stripe: FakeStripe) -> None:
    DraftOrder.objects.filter(provider_id__gt="").update(not_before=timezone.now())
    looking.look_due()


def test_connecting_asks_stripe_and_keeps_nothing_that_fails(shop: cast.Shop, stripe: FakeStripe) -> None:
    rosa = shop.team["rosa"].actor
    for wrong in ("pk_test_1", "", "sk_guessed"):
        with pytest.raises(Refused):
            connecting.connect(shop.merchant, "stripe", {"secret": wrong}, rosa)
    stripe.charges = False
    with pytest.raises(Refused, match="take payments"):
        connecting.connect(shop.merchant, "stripe", {"secret": SECRET}, rosa)
    assert not PayAccount.objects.exists()
    stripe.charges = True
    made = connecting.connect(shop.merchant, "stripe", {"secret": SECRET, "countries": "GB"}, rosa)
    assert (made.name, made.secrets) == ("Juniper & Co.", {"secret": SECRET, "webhook": SIGNS})
    assert stripe.hooks == [connecting.door_of(made)] and SECRET.encode() not in bytes(made.sealed)
    again = connecting.connect(shop.merchant, "stripe", {"secret": "", "countries": "GB IE"}, rosa)
    assert (again.id, again.settings, again.secrets) == (made.id, {"countries": "GB IE"}, made.secrets)
    connecting.disconnect(made, rosa)
    made.refresh_from_db()
    assert made.paused_at and made.secrets == {}


def test_it_is_paid_once_whatever_is_repeated(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair, 2, shipping=495)
    url = paying.begin(row, "Juniper & Co.")
    assert paying.begin(row, "Juniper & Co.") == url and len(stripe.sessions) == 1
    (page,) = stripe.sessions
    assert stripe.sessions[page]["amount_total"] == 2 * 18900 + 495
    event = stripe.pay(page)
    webhook(account, event, times=3)
    look_again(stripe)
    look_again(stripe)
    order = Order.objects.get()
    assert (order.total, order.captured, order.paid, order.source, order.kind) == (38295, 38295, "paid", "page", "sale")
    assert (order.customer_id, order.key, order.attached_because) == (ada.id, row.key, "paid by the link we sent")
    payment = Payment.objects.get()
    assert (payment.amount, payment.label, payment.instrument) == (38295, "Visa •••• 4242", "fp1")
    pair.refresh_from_db()
    assert pair.stock == 1
    assert now_of(row).state == "paid" and now_of(row).not_before is None and not now_of(row).trouble
    kinds = list(Event.objects.filter(kind__in=("draft.paid", "payment.made", "order.placed")).values_list("kind"))
    assert sorted(kind for (kind,) in kinds) == ["draft.paid", "order.placed", "payment.made"]


def test_without_any_webhook_it_is_found_by_looking(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    looking.look_due()
    assert now_of(row).state == "open"
    stripe.pay(next(iter(stripe.sessions)))
    stripe.fails = ["500"]
    look_again(stripe)
    assert now_of(row).state == "open"  # Stripe was ill
    look_again(stripe)
    assert now_of(row).state == "paid" and Payment.objects.get().label == "Visa •••• 4242"


@pytest.mark.parametrize("breaks", ["cut before", "cut after", "500", "429"])
def test_whatever_breaks_while_the_page_is_opened_there_is_one_page(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant, breaks: str
) -> None:
    row = drafted(shop, ada, pair)
    stripe.fails = [breaks]
    with pytest.raises(paying.CannotBePaid):
        paying.begin(row, "Juniper & Co.")
    assert paying.begin(now_of(row), "Juniper & Co.") == next(iter(stripe.sessions.values()))["url"]
    assert len(stripe.sessions) == 1


def test_a_page_that_closed_unpaid_makes_room_for_another_and_never_for_two(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    (first,) = stripe.sessions
    stripe.sessions[first]["status"] = "expired"
    webhook(account, stripe.event("checkout.session.expired", stripe.sessions[first]))
    looking.look_due()
    assert now_of(row).provider_id == ""
    paying.begin(row, "Juniper & Co.")
    second = next(page for page in stripe.sessions if page != first)
    DraftOrder.objects.update(pay_until=timezone.now())  # our clock says it is over; it was paid in its last minute
    stripe.pay(second)
    with pytest.raises(paying.CannotBePaid):
        paying.begin(row, "Juniper & Co.")
    assert len(stripe.sessions) == 2 and Order.objects.get().paid == "paid"


def test_a_bank_that_takes_days_is_waited_for(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    (page,) = stripe.sessions
    webhook(account, stripe.pay(page, bank_takes_days=True))
    looking.look_due()
    assert now_of(row).state == "pending" and not Order.objects.exists()
    drafting.expire_due(timezone.now() + timedelta(days=30))
    with pytest.raises(Refused):
        drafting.cancel(row, shop.maya.actor)
    webhook(account, stripe.bank_says(page, paid=False))
    looking.look_due()
    assert now_of(row).state == "open" and "did not pay" in now_of(row).trouble
    paying.begin(row, "Juniper & Co.")
    webhook(account, stripe.pay(list(stripe.sessions)[1]))
    assert now_of(row).state == "paid"


def test_money_that_comes_late_or_twice_is_kept_and_shown(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    (page,) = stripe.sessions
    event = stripe.pay(page)
    drafting.cancel(row, shop.maya.actor)  # in the very moment
    webhook(account, event)
    assert now_of(row).state == "paid" and "after it had ended" in now_of(row).trouble
    second = json.loads(json.dumps(event))
    second["id"], second["data"]["object"]["payment_intent"] = "evt_x", "pi_second"
    webhook(account, second, times=2)
    order = Order.objects.get()
    assert (order.captured, Payment.objects.count(), order.refundable) == (37800, 2, 37800)
    assert "twice" in now_of(row).trouble


def test_what_nobody_may_pay_any_more_is_closed_at_stripe(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    drafting.cancel(row, shop.maya.actor, "changed her mind")
    looking.look_due()
    assert next(iter(stripe.sessions.values()))["status"] == "expired" and now_of(row).provider_id == ""
    with pytest.raises(paying.CannotBePaid):
        paying.begin(row, "Juniper & Co.")
    other = drafted(shop, ada, pair)
    assert drafting.expire_due(timezone.now() + drafting.LASTS) == 1 and now_of(other).state == "expired"


def test_what_was_sold_meanwhile_is_not_sold_again_but_what_is_paid_is_an_order(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row, other = drafted(shop, ada, pair, 3), drafted(shop, ada, pair, 1)
    paying.begin(row, "Juniper & Co.")
    Variant.objects.update(stock=0)
    with pytest.raises(paying.CannotBePaid, match="sold out"):
        paying.begin(other, "Juniper & Co.")
    webhook(account, stripe.pay(next(iter(stripe.sessions))))
    assert Order.objects.get().lines.get().quantity == 3 and "only 0" in now_of(row).trouble
    for pieces in (0, -1, 4):
        with pytest.raises(Refused):
            drafted(shop, ada, pair, pieces)


def test_a_draft_is_made_once_a_key_and_refused_with_what_to_do(
    shop: cast.Shop, account: PayAccount, ada: Customer, pair: Variant
) -> None:
    lines = [drafting.DraftLine(pair.id)]
    made = [drafting.draft(ada, 7, lines, shop.maya.actor, "same") for _ in range(2)]
    assert made[0].id == made[1].id and len(made[0].token) == 34
    ben = customer(shop, "Ben Ruiz", "ben@example.org")
    dollars = boots(shop, currency="USD")
    for who, wanted, more in (
        (ben, lines, {"key": "same"}),
        (ada, [], {}),
        (ada, [*lines, drafting.DraftLine(dollars.id)], {}),
        (ada, lines, {"discount": 18901}),
        (ada, lines, {"shipping": -1}),
        (ada, [drafting.DraftLine(boots(cast.thistle()).id)], {}),
    ):
        with pytest.raises(Refused):
            drafting.draft(who, None, wanted, shop.maya.actor, **{"key": "another", **more})
    connecting.disconnect(account, shop.team["rosa"].actor)
    with pytest.raises(Refused, match="no way yet"):
        drafted(shop, ada, pair)
    assert DraftOrder.objects.count() == 1


def test_refunds_go_back_the_way_it_came_once(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    webhook(account, stripe.pay(next(iter(stripe.sessions))))
    order, wrote = Order.objects.get(), []
    assert refunding.can_refund(order) and refunding.look(order, "r-1") is None
    for breaks, state in (("cut before", "unknown"), ("429", "later"), ("", "accepted"), ("", "accepted")):
        stripe.fails = [breaks]
        done = refunding.refund(order, Money(1840, "GBP"), "r-1", lambda: wrote.append(1))
        assert done.state == state
    assert len(stripe.refunds) == 1 and len(wrote) == 4
    stripe.fails = ["cut after"]
    assert refunding.refund(order, Money(500, "GBP"), "r-2", lambda: None).state == "unknown"
    found = refunding.look(order, "r-2")
    assert found and found.state == "accepted" and len(stripe.refunds) == 2
    too_much = refunding.refund(order, Money(18900, "GBP"), "r-3", lambda: None)
    assert too_much.state == "refused" and "greater" in too_much.reason
    payment = Payment.objects.get().external_id
    webhook(account, stripe.give_back(payment, 100), times=2)
    look_again(stripe)
    order.refresh_from_db()
    assert (order.refunded, order.paid) == (2440, "part_refunded")
    assert sorted(Refund.objects.values_list("key", "amount")) == [("", 100), ("r-1", 1840), ("r-2", 500)]


def test_s1_another_merchants_account_pays_nothing_here(
    shop: cast.Shop, account: PayAccount, stripe: FakeStripe, ada: Customer, pair: Variant
) -> None:
    row = drafted(shop, ada, pair)
    paying.begin(row, "Juniper & Co.")
    event = stripe.pay(next(iter(stripe.sessions)))
    thistle = cast.thistle()
    theirs = connecting.connect(thistle.merchant, "stripe", {"secret": SECRET}, thistle.team["mallory"].actor)
    webhook(theirs, event)
    assert now_of(row).state == "open" and not Order.objects.exists()
    broken = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": {**event["data"]["object"]}}}
    broken["data"]["object"]["currency"] = "zzz"
    with pytest.raises(Unreadable):
        webhook(account, broken)
    assert now_of(row).state == "open"
