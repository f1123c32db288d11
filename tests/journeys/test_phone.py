"""The desk's phone: it rings, one key takes it, both are heard, and the call goes on whatever the page does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from presszero.calls.models import Ask, Call, Leg
from presszero.conversations.models import Conversation, Note
from tests.cast import Shop
from tests.waiting import until

from .customer import Customer
from .desk import Desk
from .exchange import PITCH, Exchange
from .house import House

_NEAR = 15  # hertz: what a window of the analyser tells apart


@pytest.fixture
def exchange(house: House, shop: Shop, browser: Browser) -> Iterator[Exchange]:
    made = Exchange(shop, browser, house.origin)
    yield made
    made.leave()


@pytest.fixture
def talk(shop: Shop, ada: Customer) -> Conversation:
    """What Ada wrote this morning."""
    ada.posts(shop, "Order 1042 said it would be here on Monday.", "Boots still not here")
    mine = Conversation.objects.filter(merchant=shop.merchant)
    until(mine.exists, 15, "her conversation")
    return mine.select_related("customer").get()


def heard(exchange: Exchange, desk: Desk) -> None:
    """Sound goes both ways."""
    assert exchange.pitch_at(desk.page) == pytest.approx(PITCH, abs=_NEAR), "the agent hears nothing of the caller"
    assert exchange.hears() > 0, "the caller hears nothing of the agent"


def test_a_call_is_taken_by_a_key_and_outlives_the_page(
    exchange: Exchange, talk: Conversation, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(shop.maya)
    page = desk.page
    page.evaluate("window.began = 1")
    leg = exchange.offers(exchange.rings(shop.maya, talk))
    card = page.get_by_role("article", name="Ada Kowalski calls")
    expect(card).to_contain_text("by the number alone")
    expect(card).to_contain_text("You spoke with them last")
    expect(card).to_contain_text("Boots still not here")
    page.locator("#q").focus()  # a key of the phone is heard wherever one types
    page.keyboard.press("Alt+a")
    exchange.joins(leg)
    expect(page.locator(f'#talk[data-conversation="{talk.id}"]')).to_be_visible()
    bar = page.locator(".phone-bar")
    expect(bar).to_have_attribute("data-mood", "talks")
    heard(exchange, desk)

    desk.go_to("Waiting longest")
    assert page.evaluate("window.began") == 1, "the call's document was left"
    assert exchange.pitch_at(page) == pytest.approx(PITCH, abs=_NEAR)

    before = leg.tag
    page.reload()
    exchange.asked(leg, "again")
    exchange.offers(leg)
    assert leg.tag != before
    exchange.joins(leg, "resdp")
    expect(bar).to_have_attribute("data-mood", "talks")
    heard(exchange, desk)

    page.keyboard.press("Alt+h")
    exchange.asked(leg, "hold")
    exchange.stands(leg, state=Leg.State.HELD)
    expect(bar).to_contain_text("On hold")
    assert exchange.pitch_at(page) == 0, "the caller is heard while they are held"


def test_a_call_is_passed_on_and_written_up(
    exchange: Exchange, talk: Conversation, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(shop.maya)
    page, bar = desk.page, desk.page.locator(".phone-bar")
    passed = exchange.rings(shop.maya, talk, "idle")
    page.get_by_role("button", name="Not now").click()
    exchange.asked(passed, "decline")
    exchange.ends(passed)
    expect(page.get_by_role("article", name="Ada Kowalski calls")).to_have_count(0)

    leg = exchange.rings(shop.maya, talk, "only")
    page.get_by_role("button", name="Answer").click()
    assert exchange.asked(leg, "answer") == {"sdp": ""}, "they were quicker than the relay"
    exchange.joins(exchange.offers(leg), "resdp")
    expect(bar).to_have_attribute("data-mood", "talks")
    page.keyboard.press("Alt+0")
    for digit in "42#":
        page.keyboard.press(digit) if digit == "#" else page.locator(f'[data-act="k{digit}"]').click()
    sent = ""
    while len(sent) < 3:  # together, or one by one where they were pressed slowly
        sent += exchange.asked(leg, "keys")["digits"]
    assert sent == "42#"
    page.keyboard.press("Alt+t")
    page.get_by_role("searchbox", name="Who, which queue").fill("tom")
    page.get_by_role("listitem").filter(has_text="Tomas").get_by_role("button", name="Pass on").click()
    assert exchange.asked(leg, "transfer") == {"to": f"member:{shop.tomas.id}", "says": "Tomas", "warm": False}
    exchange.records(leg, "running")
    page.get_by_role("button", name="Recorded").hover()
    page.mouse.down()
    with page.expect_response(lambda answer: answer.url.endswith("/phone")):
        exchange.stands(leg, muted=True)  # what the line shows changes under the finger
    expect(page.locator(".phone-bar [data-act=mute]")).to_have_attribute("aria-pressed", "false")
    page.mouse.up()
    assert exchange.asked(leg, "record") == {"on": False}
    expect(page.locator(".phone-bar [data-act=mute]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(2500)  # the line is measured every two seconds
    exchange.ends(leg)

    words = page.get_by_role("textbox", name="What was said and agreed")
    words.fill("She gets them on Friday.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".phone-bar")).to_be_hidden()
    note = Note.objects.get(merchant=shop.merchant, conversation=talk)
    assert (note.text, note.call, note.by_id) == ("She gets them on Friday.", "in", shop.maya.id)
    until(Call.objects.filter(id=leg.call_id).exclude(quality={}).exists, 10, "how it sounded")
    call = Call.objects.get(id=leg.call_id)
    assert call.wrapped_at
    assert call.quality[str(leg.id)]["mos"] > 3
    assert not Ask.objects.filter(call=call, done_at=None).exists()
