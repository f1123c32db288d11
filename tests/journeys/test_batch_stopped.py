"""A batch of outreach is tried on paper, started, and stopped midway: nothing goes out after the stop."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta

from django.db.models import Max
from django.utils import timezone
from playwright.sync_api import expect

from presszero.channels.models import Delivery
from presszero.commerce.models import Order
from presszero.core.actor import SYSTEM
from presszero.customers.actions import consent
from presszero.customers.models import Customer, Handle
from presszero.outreach.models import Batch, Manners, Outreach
from tests.cast import Shop

from .desk import Desk
from .house import until
from .provider import BUSY, Provider

MANY = 24  # so few do not wait five minutes


def test_a_batch_is_stopped_midway_and_nothing_goes_after_it(
    shop: Shop, provider: Provider, sit_down: Callable[..., Desk]
) -> None:
    people = _who_wait_for_their_order(shop)
    consent(people[0], "email", "service", False, by=SYSTEM)
    page = sit_down(shop.tomas).page

    page.goto("/outreach/new")
    page.get_by_label("What it is called among us").fill("Storm in the north")
    page.get_by_label("Their promised day is at risk or has passed").uncheck()
    page.get_by_label("Their order is").select_option("Not sent yet")
    page.get_by_label("Subject").fill("Your order {{ order.number }}")
    page.get_by_label("Words").fill("A storm keeps the vans in. {{ next }}")
    page.get_by_label("Let them choose").uncheck()
    page.get_by_role("button", name="Try it on paper").click()

    now = page.locator("#now")
    expect(now).to_contain_text(f"{MANY - 1}would go now")
    expect(now).to_contain_text("They asked not to be written to.")
    expect(now).to_contain_text("A storm keeps the vans in.")
    expect(now).to_contain_text("#3001")
    assert not Outreach.objects.filter(merchant=shop.merchant).exists()

    provider.takes = 3
    try:
        page.get_by_role("button", name=f"Write to {MANY - 1} people").click()
        until(lambda: _sent(shop) >= 3, what="the first of the batch")
        page.get_by_role("button", name="Stop").click()
        expect(now).to_have_attribute("data-stage", "stopped")
    finally:
        provider.takes = None
    expect(now).to_contain_text("Nothing more goes.")
    expect(now.locator("#stopped")).to_have_text(re.compile(r"[1-9]"))
    batch = Batch.objects.get(merchant=shop.merchant)
    theirs = Delivery.objects.filter(merchant=shop.merchant, purpose="service")
    until(lambda: not theirs.filter(state__in=("queued", "sending")).exists(), what="the end of what was leaving")
    last = theirs.aggregate(last=Max("started_at"))["last"]
    assert batch.stopped_at and last < batch.stopped_at
    went = [row for row in theirs if row.state == "accepted"]
    assert sum(len(provider.everything(person.name)) for person in people) == len(went) < MANY - 1
    stopped = Outreach.objects.filter(batch=batch, state="stopped")
    until(lambda: stopped.count() == MANY - 1 - len(went), what="that each says it was stopped")


def _sent(shop: Shop) -> int:
    return Delivery.objects.filter(merchant=shop.merchant, purpose="service", state="accepted").count()


def _who_wait_for_their_order(shop: Shop) -> list[Customer]:
    """Their names are their addresses."""
    Manners.objects.create(merchant=shop.merchant, quiet_from=time(0), quiet_to=time(0))
    names = [f"n{number}.{shop.merchant.slug}{BUSY}" for number in range(MANY)]
    people = Customer.objects.bulk_create(Customer(merchant=shop.merchant, name=name) for name in names)
    Handle.objects.bulk_create(
        Handle(merchant=shop.merchant, customer=each, kind="email", address=each.name, proof="verified")
        for each in people
    )
    placed = timezone.now() - timedelta(days=2)
    Order.objects.bulk_create(
        Order(
            merchant=shop.merchant, customer=each, email=each.name, number=f"#{3000 + at}", number_key=str(3000 + at),
            currency="GBP", total=14800, placed_at=placed,
        )
        for at, each in enumerate(people)
    )  # fmt: skip
    return people
