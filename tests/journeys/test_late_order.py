"""Ada's order runs late. She hears it from the shop before she asks, takes a credit in one tap, and never writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from presszero.channels.models import Entry
from presszero.commerce.models import Credit, Order
from presszero.commerce.vocabulary import StoreShipment
from presszero.fulfilment.lessons import learn
from presszero.outreach.models import Manners, Outreach
from presszero.outreach.queries import wrote_first
from presszero.promises.models import Gap, Promise
from presszero.remedies.actions.limits import set_default_limits
from tests import parcels
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until
from .provider import Taken


def test_late_order_is_told_first_and_settled_in_one_tap(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    set_default_limits(shop.merchant)
    Manners.objects.create(merchant=shop.merchant, quiet_from="03:00", quiet_to="03:00", credit=500)
    order = on_its_way(shop, ada)
    until(lambda: Promise.objects.filter(order=order, kind="delivery").exists(), what="the promise")

    parcels.scanned(shop, order.shipments.get(), "exception", words="Held in the depot in Leeds")

    mail = ada.reads()
    assert "1042" in str(mail.mail["Subject"]) and "later than we said" in str(mail.mail["Subject"])
    gap = Gap.objects.get(order=order)
    assert gap.kind == "late" and gap.chance is not None and gap.chance < 0.5
    takes_the_credit(browser, mail)

    until(lambda: Credit.objects.filter(merchant=shop.merchant, left=500).exists(), what="the credit")
    sees_it_at_the_desk(house, sit_down(shop.maya), Outreach.objects.get(order=order))
    settled(shop, order, gap)


def on_its_way(shop: Shop, ada: Customer) -> Order:
    """Placed yesterday, packed only today, promised for tomorrow; such parcels take three days."""
    now = timezone.now()
    with transaction.atomic():  # the house learns by itself too, and is to find all of it or nothing
        parcels.history(shop, 30, days=3)
        learn(shop.merchant, now)  # as every night
    person = ada.known(shop)
    sent, placed = now - timedelta(hours=6), now - timedelta(days=1)
    parcel = StoreShipment("s1042", "sent", "Parcel North", "", "PN10420042GB", sent_at=sent)
    tomorrow = timezone.localdate(now, ZoneInfo(shop.merchant.timezone)) + timedelta(days=1)
    row = ada.order(shop, "1042", placed_at=placed, promised_by=tomorrow, shipments=(parcel,), updated_at=now)
    until(lambda: Order.objects.filter(id=row.id, customer_id=person.id).exists(), what="that it is hers")
    return Order.objects.get(id=row.id)


def takes_the_credit(browser: Browser, mail: Taken) -> None:
    """On a phone that knows nothing of her, and runs no scripts."""
    found = re.findall(r"https?://[^\s\"<>()]+(/c/[\w-]+\?pick=\d+)", mail.text)
    assert len(found) >= 3, mail.text
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, java_script_enabled=False
    )
    page = phone.new_page()
    origin = re.findall(r"(https?://[^/\s]+)/c/", mail.text)[0]
    page.goto(origin + found[1])
    expect(page.get_by_role("heading", name="It comes later than we said")).to_be_visible()
    page.get_by_role("button", name="I wait, with £5.00 credit").tap()
    expect(page.get_by_role("heading", name="£5.00 credit is yours")).to_be_visible()
    expect(page.get_by_text("Your order should be with you by")).to_be_visible()
    phone.close()


def sees_it_at_the_desk(house: House, maya: Desk, row: Outreach) -> None:
    """No list was filled by it; whoever opens her conversation reads what was told and chosen."""
    expect(maya.page.locator("#rows").get_by_text("1042")).to_have_count(0)
    maya.page.goto(f"{house.origin}/conversations/{row.conversation_id}")
    said = maya.is_live().message("later, as we had said").or_(maya.message("as we had said")).first
    expect(said.get_by_text("We wrote first")).to_be_visible()
    expect(said.get_by_role("listitem").filter(has_text="They chose:")).to_contain_text("I wait, with £5.00 credit")
    expect(maya.talk.get_by_role("article", name="Store credit")).to_be_visible()


def settled(shop: Shop, order: Order, gap: Gap) -> None:
    """Another day stands, nothing differs any more, and she never had to ask."""
    until(lambda: Gap.objects.filter(id=gap.id, closed_because="agreed").exists(), what="the gap's end")
    days = Promise.objects.filter(order=order, kind="delivery").order_by("id")
    until(lambda: [each.state for each in days.all()] == ["renegotiated", "open"], what="that the other day stands")
    assert days[1].due_at > days[0].due_at
    assert not Entry.objects.filter(merchant=shop.merchant, inbound=True).exists()
    until(lambda: wrote_first(shop.merchant, timezone.now() - timedelta(days=1)).count, what="that we wrote first")
    share = wrote_first(shop.merchant, timezone.now() - timedelta(days=1))
    assert (share.count, share.of, share.percent) == (1, 1, 100)
