"""The chat on a shop's own site, with the whole product behind it."""

from __future__ import annotations

import re
from collections.abc import Callable

import jwt
from django.utils import timezone
from playwright.sync_api import Browser, expect

from presszero.channels.models import Delivery, Entry
from presszero.conversations.models import Conversation
from presszero.visitors.models import Visitor
from tests.cast import Shop

from .desk import Desk
from .house import House, until
from .passer import Passer
from .street import street


def test_words_go_there_and_back_and_each_side_sees_the_other_type(
    house: House, shop: Shop, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    with street(house, shop) as (site, _):
        her = Passer(browser, site)
        her.goes_to("/boots").opens_the_chat()
        assert not Visitor.objects.filter(merchant_id=shop.merchant.id).exists()
        her.writes("Do the Fells run small?")
        maya = sit_down(shop.maya).go_to("Unassigned")
        maya.page.get_by_text("Do the Fells run small?").first.click()
        maya.reads("Do the Fells run small?")
        visitor = Visitor.objects.get(merchant_id=shop.merchant.id)
        assert [each["url"] for each in visitor.pages] == [f"{site}/boots"]

        maya.answer("They do. Take **one size** up.")
        expect(her.chat.locator(".theirs strong")).to_have_text("one size")
        read = Delivery.objects.filter(merchant_id=shop.merchant.id, state="read")
        until(read.exists)
        her.page.reload()
        expect(her.chat.locator(".theirs strong")).to_have_count(1)
        her.leaves()


def test_a_shopper_the_shop_signed_in_is_known_and_gone_when_signed_out(
    house: House, shop: Shop, browser: Browser
) -> None:
    with street(house, shop) as (site, line):
        her = Passer(browser, site)
        her.goes_to("/")
        claims = {"sub": "17", "aud": line.token, "exp": timezone.now().timestamp() + 600, "name": "Ada Kowalski"}
        signed = jwt.encode(claims, line.secrets["identity"], "HS256")
        her.page.evaluate("(token) => PressZero('identify', token)", signed)
        her.opens_the_chat().writes("It is me.")
        arrived = Entry.objects.filter(merchant_id=shop.merchant.id, sender_address="s-17", proof="verified")
        until(arrived.exists)
        until(lambda: Conversation.objects.filter(merchant_id=shop.merchant.id).exists())

        her.page.evaluate("PressZero('signOut')")
        expect(her.chat.get_by_role("heading", name=re.compile("^Hello!$"))).to_be_visible()
        her.goes_to("/boots").opens_the_chat()
        expect(her.chat.get_by_text("It is me.")).to_have_count(0)
        her.leaves()
