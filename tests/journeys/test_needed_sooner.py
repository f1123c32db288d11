"""Ada is asked in one tap by when she needs it. It is sooner than the plan: a case on the board, which is settled."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from presszero.commerce.models import Order
from presszero.outreach.filling import says_day
from presszero.outreach.models import Manners
from presszero.promises.models import Expectation, Gap, Keeping
from presszero.remedies.actions.limits import set_default_limits
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until
from .provider import Taken


def test_what_she_needs_sooner_becomes_a_case_and_is_settled(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    set_default_limits(shop.merchant)
    Manners.objects.create(merchant=shop.merchant, quiet_from="03:00", quiet_to="03:00", a_day=9, a_week=9)
    Keeping.objects.create(merchant=shop.merchant, ask_after_order=True)
    ada.known(shop)
    today = timezone.localdate(timezone.now(), ZoneInfo(shop.merchant.timezone))
    shown, needed = today + timedelta(days=6), today + timedelta(days=3)
    order = ada.order(shop, "1093", shop.shop, placed_at=timezone.now(), promised_by=shown, shipments=())

    asked = ada.reads()
    assert "by when do you need it?" in str(asked.mail["Subject"])
    phone = opened(browser, asked)
    phone.get_by_role("button", name=f"By {says_day(needed, 'en')}").tap()
    expect(phone.get_by_role("heading", name="Thank you, we know now")).to_be_visible()

    case = {"order": order, "closed_at": None, "kind": "wanted_sooner", "expected": needed, "promised": shown}
    gap = until(lambda: Gap.objects.filter(**case).first(), what="the case")
    assert gap is not None
    said = Expectation.objects.get(order=order, source="asked")
    assert (said.by_day, said.firm) == (needed, True)

    maya = sit_down(shop.maya)
    stands_on_the_board(house, maya, order)
    second = ada.reads(2)
    assert "you need it by" in str(second.mail["Subject"])
    wants_a_person(browser, second)
    is_acted_on(house, maya, gap)


def opened(browser: Browser, mail: Taken) -> Page:
    """What the first link of a mail opens, on a phone."""
    page = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).new_page()
    found = re.findall(r"https?://[^\s\"<>()]+/c/[\w-]+\?pick=\d+", mail.text)
    assert found, mail.text
    page.goto(found[0])
    return page


def stands_on_the_board(house: House, maya: Desk, order: Order) -> None:
    maya.page.goto(f"{house.origin}/promises?show=gaps")
    expect(maya.page.get_by_role("listitem").filter(has_text=order.number)).to_be_visible()


def wants_a_person(browser: Browser, mail: Taken) -> None:
    phone = opened(browser, mail)
    expect(phone.get_by_role("heading", name="You need it sooner")).to_be_visible()
    phone.get_by_role("button", name="Talk to a person").tap()
    expect(phone.get_by_role("heading", name="A person writes to you")).to_be_visible()


def is_acted_on(house: House, maya: Desk, gap: Gap) -> None:
    """It waits at the front; Maya answers, and settles the case on the board."""
    maya.page.goto(f"{house.origin}/desk/unassigned")
    row = maya.is_live().row("Talk to a person").first
    row.click()
    maya.is_live().reads("Talk to a person").reads("We wrote first")
    maya.answer("It leaves by courier today and is with you in time.")
    expect(maya.message("It leaves by courier today")).to_be_visible()
    maya.page.goto(f"{house.origin}/promises?show=gaps")
    case = maya.page.locator(f"#g{gap.id}")
    case.get_by_role("button", name="Settled").click()
    until(lambda: Gap.objects.get(id=gap.id).closed_because == "person", what="the end of the case")
    expect(case).to_have_count(0)
