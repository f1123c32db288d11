"""Late boots arrive, the customer is content, and whoever answers sees what others bought next: sold by one key."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from presszero.commerce.models import DraftOrder
from presszero.commerce.payments import connecting
from presszero.conversations.models import Conversation
from presszero.insights.models import Served
from presszero.offers import bought
from presszero.offers.models import Suggesting, Suggestion
from presszero.offers.tests.world import World
from presszero.ui.formats import price
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

pytestmark = pytest.mark.slow

LINK = "https://juniper.example/wool-laces"

# Something happens in the conversation while the key is on its way: what was pressed is not there any more.
_DRAWN_ANEW = """() => document.addEventListener("htmx:beforeSend", () =>
    setTimeout(() => document.querySelector("pz-offer").replaceChildren()), {once: true})"""


def test_fixed_thanked_offered_put_in_and_paid_by_link(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    _others_bought_laces(shop)
    ada.posts(shop, "Where are my boots?", "Order 1042")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    row = Conversation.objects.get(merchant=shop.merchant, subject="Order 1042")
    World(shop).order(row.customer, ["Juniper boots"], placed_at=timezone.now() - timedelta(days=9))
    offer = desk.page.get_by_role("region", name="The next order")
    desk.answer("They arrive today.").reads("They arrive today.").press("e")
    expect(desk.page.get_by_text("resolved").first).to_be_visible()
    ada.posts_back(ada.reads(), "They are here and fit perfectly. Thank you so much!")
    desk.reads("fit perfectly")

    expect(offer).to_contain_text("Wool laces")  # by itself, below her words
    expect(offer).to_contain_text("6 of 6 who bought Juniper boots bought it next")
    desk.page.evaluate(_DRAWN_ANEW)
    desk.press("+")
    expect(desk.answer_box).to_have_value(re.compile("Wool laces"))
    expect(desk.answer_box).to_have_value(re.compile(re.escape(LINK)))
    expect(offer).to_contain_text("is in your answer")

    desk.page.keyboard.press("Alt+p")
    sheet = desk.page.get_by_role("dialog")
    expect(sheet.locator(".picked")).to_contain_text("Wool laces")
    sheet.get_by_role("button", name="Put the link into the answer").click()
    expect(desk.answer_box).to_have_value(re.compile("/pay/"))
    desk.page.keyboard.press("Control+Shift+Enter")
    until(lambda: Served.objects.filter(merchant=shop.merchant, conversation=row).exists(), what="the matter's record")

    mail = ada.reads(2).text
    assert "Wool laces" in mail
    assert "/pay/" in mail
    made = Suggestion.objects.get(merchant=shop.merchant)
    assert (made.used_by, made.dismissed_at) == (shop.maya.actor.code, None)
    draft = until(lambda: DraftOrder.objects.filter(id=made.draft_id or 0, sent_at__isnull=False).first())
    assert draft is not None
    desk.page.goto(f"/conversations/{row.id}")
    desk.page.locator(".side-line").filter(has_text="Wool laces").click()
    desk.page.get_by_role("button", name="The money has come").click()
    desk.is_told("Paid. The order is theirs.")
    until(lambda: DraftOrder.objects.get(id=draft.id).state == "paid")
    taken = until(lambda: _offered(row), what="what was offered, in the matter's record")
    assert taken == {"suggestions": [made.id], "used": [made.id], "drafts": [draft.id]}
    _the_boss_sees(sit_down(shop.team["rosa"]), price(draft.total, draft.currency))


def _the_boss_sees(rosa: Desk, sum_paid: str) -> None:
    """The month: one customer served, who was not held out, what they bought, and the matter behind each number."""
    page = rosa.page
    page.goto("/insights/service")
    expect(page.get_by_role("link", name=re.compile("bought within 30 days of it"))).to_contain_text(sum_paid)
    afterwards = page.get_by_role("region", name="What they bought afterwards")
    expect(afterwards).to_contain_text("1 customer was served")
    expect(afterwards.get_by_role("link").first).to_contain_text(sum_paid)
    added = page.get_by_role("region", name="What suggestions added")
    expect(added.get_by_role("link", name=re.compile("^Held out"))).to_have_text("Held out0")
    added.get_by_role("link", name=re.compile("^Not held out")).click()
    expect(rosa.row("Order 1042")).to_be_visible()
    page.go_back()
    afterwards.get_by_role("link").last.click()
    rosa.open("Order 1042").reads("Wool laces")


def _others_bought_laces(shop: Shop) -> None:
    """Six bought laces with their boots; and nobody is held out, so that the lot does not decide the story."""
    Suggesting.objects.create(
        merchant=shop.merchant, share=0.0
    )  # before there are orders: the house makes one for those
    world = World(shop)
    world.thing("Wool laces", "Laces", url=LINK)
    world.buyers(6, "Juniper boots", "Wool laces")
    world.buyers(12, "Clogs")
    bought.count_whole(shop.merchant, timezone.now())
    connecting.connect(shop.merchant, "transfer", {"words": "To Juniper & Co."}, shop.team["rosa"].actor)


def _offered(row: Conversation) -> dict[str, list[int]]:
    found = Served.objects.filter(merchant_id=row.merchant_id, conversation=row, offered__has_key="drafts").first()
    return dict(found.offered) if found else {}
