"""One conversation across the web form, our e-mail and the chat, as the agent sees it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from presszero.channels.vocabulary import Handle
from presszero.conversations import actions
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers.models import Claim
from presszero.customers.models import Handle as HandleRow
from presszero.visitors.models import Visitor
from tests import cast
from tests.cast import Shop

from .customer import Customer, came
from .desk import Desk


def here(shop: Shop, browser: cast.Browser, ago: timedelta = timedelta(0)) -> Visitor:
    """Their chat is open on the page of a boot."""
    now = timezone.now()
    pages = [
        {"url": "https://juniper.example/boots", "title": "All boots", "at": (now - timedelta(minutes=6)).isoformat()},
        {"url": "https://juniper.example/fell", "title": "Boots, Fell", "at": (now - timedelta(minutes=2)).isoformat()},
    ]
    cart = {"items": 2, "total": "148.00", "currency": "GBP"}
    given = {"pages": pages, "cart": cart, "seen_at": now - ago, "secret_hash": browser.address, "name": browser.name}
    return Visitor.objects.update_or_create(
        merchant=shop.merchant, line=shop.chat, address=browser.address, defaults=given
    )[0]


def test_form_mail_and_chat_are_one_conversation_and_the_agent_reads_why(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    cast.Browser("Ada Kowalski").fills(shop, "Where is order 1042?", subject="Order 1042", email=ada.address)
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    composer = desk.page.get_by_role("form", name="Reply")
    expect(composer).to_contain_text(f"Nobody has proven that {ada.address}")
    desk.answer("It left us this morning.").is_told("Sending.")
    ada.posts_back(ada.reads(), "Thank you! And the laces?")
    desk.reads("And the laces?")
    expect(desk.message("And the laces?")).to_contain_text("replied to our e-mail")
    expect(desk.talk).to_contain_text("answered our e-mail from the address given in the form")
    row = Conversation.objects.get(merchant=shop.merchant, root=None)

    browser = cast.Browser("Ada")
    here(shop, browser)
    browser.chats(shop, "Hello, is it faster here?")
    talk = came_as(shop, browser)
    actions.recognise(talk.customer, Handle("email", ada.address), reason="proven by a code", by=SYSTEM)
    desk.reads("Hello, is it faster here?")
    expect(desk.talk).to_contain_text("proven by a code: same customer, open matter from e-mail")
    assert Conversation.objects.get(id=talk.id).root_id == row.id
    here(shop, browser)
    desk.page.reload()
    desk.is_live()
    expect(desk.page.get_by_role("main")).to_contain_text("Ada Kowalski is on “Boots, Fell”")
    picker = desk.page.get_by_label("Answer by")
    expect(picker.locator("option:checked")).to_have_text("Chat · here now")
    picture(desk, "three-channels")
    if os.environ.get("PRESSZERO_PICTURES"):
        for look in ({"dark": True}, {"phone": True}, {"phone": True, "dark": True}):
            other = sit_down(shop.maya, **look)
            here(shop, browser)
            other.page.goto(f"/conversations/{row.id}")
            picture(other, "three-channels-" + "-".join(look))
    picker.select_option(label=f"E-mail, {shop.line.address}")
    desk.page.get_by_role("button", name="What they will see").click()
    expect(desk.page.locator("#preview")).to_contain_text("Re: Order 1042")


def test_whoever_left_the_chat_is_answered_by_mail_with_one_click(
    shop: Shop, ben: Customer, sit_down: Callable[..., Desk]
) -> None:
    browser = cast.Browser("Ben")
    here(shop, browser, timedelta(minutes=10))
    browser.chats(shop, "Is the Fell boot waterproof?")
    talk = came_as(shop, browser)
    Claim.objects.create(
        merchant=shop.merchant, customer_id=talk.customer_id, kind="email", address=ben.address, source="chat"
    )
    desk = sit_down(shop.maya).go_to("Unassigned").open("waterproof")
    composer = desk.page.get_by_role("form", name="Reply")
    expect(composer).to_contain_text("Ben left the chat (10 min")
    expect(desk.panel).to_contain_text("Not proven yet")
    expect(desk.panel).to_contain_text("In the cart: 2 things for £ 148.00")
    picture(desk, "gone")
    composer.get_by_role("button", name="Answer by e-mail instead").click()
    expect(composer).to_contain_text("Nobody has proven")
    desk.answer("Yes, up to the ankle.").is_told("Sending.")
    ben.posts_back(ben.reads(), "Wonderful, thank you.")
    desk.reads("Wonderful, thank you.")
    expect(desk.talk).to_contain_text("answered by mail from the address that was named here")
    came(lambda: Claim.objects.get(merchant=shop.merchant).answered_at)
    desk.page.reload()
    desk.panel.get_by_role("button", name="It is theirs").click()
    desk.is_told("One customer now.")
    expect(desk.talk).to_contain_text("Maya knows them")


def came_as(shop: Shop, browser: cast.Browser) -> Conversation:
    """The conversation that this browser's words stand in, once they do."""
    came(lambda: HandleRow.objects.filter(merchant=shop.merchant, address=browser.address).exists())
    handle = HandleRow.objects.get(merchant=shop.merchant, address=browser.address)
    came(lambda: Conversation.objects.filter(customer_id=handle.customer_id).exists())
    return Conversation.objects.select_related("customer").get(customer_id=handle.customer_id)


def picture(desk: Desk, name: str) -> None:
    """Where somebody wants to look at it."""
    folder = os.environ.get("PRESSZERO_PICTURES")
    if folder:
        desk.page.wait_for_timeout(600)
        desk.picture(Path(folder) / f"{name}.png")
