"""Begun in a web form, carried on by e-mail, finished in the chat: one customer, one conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from presszero.conversations.models import Conversation, Message
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until
from .passer import Passer
from .street import form_line, street


def open_now(shop: Shop) -> list[Conversation]:
    return list(Conversation.objects.filter(merchant=shop.merchant, root=None))


@pytest.mark.parametrize("phone", [False, pytest.param(True, marks=pytest.mark.long)], ids=["desk", "phone"])
def test_form_then_mail_then_chat_is_one_conversation(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk], phone: bool
) -> None:
    form = form_line(shop)
    with street(house, shop) as (site, _):
        her = Passer(browser, site, phone=phone)
        her.page.goto(f"{house.origin}/form/{form.token}")
        her.page.get_by_label("In a few words").fill("Boots still not here")
        her.page.get_by_label("Your message").fill("Order 1042 said Monday.")
        her.page.get_by_label("Matters a lot").check()
        her.page.get_by_label("By when do you need it?").fill("We leave on Saturday")
        her.page.get_by_label("Your name").fill(ada.name)
        her.page.get_by_label("Your e-mail").fill(ada.address)
        her.page.wait_for_timeout(4000)  # nobody fills it in faster
        her.page.get_by_role("button", name="Send").click()
        expect(her.page.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible()

        maya = sit_down(shop.maya, phone=phone)
        if not phone:
            maya.go_to("Unassigned")
            expect(maya.row("Boots still not here")).to_be_visible()
            maya.open("Boots still not here")
        else:
            until(lambda: open_now(shop))
            maya.page.goto(f"/conversations/{open_now(shop)[0].id}")
        maya.reads("Order 1042 said Monday.")
        maya.answer("It is on its way, Ada.")
        answer = ada.reads()
        assert "on its way" in answer.text
        ada.posts_back(answer, "Thank you, which carrier?")
        maya.reads("Thank you, which carrier?")
        maya.reads("replied to our e-mail")
        if not phone:
            expect(maya.panel.get_by_text(ada.address)).to_be_visible()
        assert len(open_now(shop)) == 1

        her.goes_to("/boots").opens_the_chat().writes("Me again, from the shop.")
        until(lambda: len(open_now(shop)) == 2)  # nobody knows yet that it is her
        her.chat.get_by_role("button", name="Back").click()
        her.chat.get_by_role("button", name=re.compile("Already a customer")).click()
        her.chat.get_by_label("E-mail").fill(ada.address)
        her.chat.get_by_role("button", name="Send me the code").click()
        code = until(lambda: _code(ada), 40)
        her.chat.get_by_label("The six digits").fill(code)
        her.chat.get_by_role("button", name="That is me").click()
        until(lambda: len(open_now(shop)) == 1, 15, "the chat's joining")
        maya.reads("Me again, from the shop.")
        maya.reads("Order 1042 said Monday.")
        her.leaves()


def _code(ada: Customer) -> str:
    found = [re.search(r"\b(\d{6})\b", mail.text) for mail in ada.provider.first_words(ada.address)]
    return next((hit[1] for hit in reversed(found) if hit), "")


@pytest.mark.parametrize("phone", [pytest.param(False, marks=pytest.mark.long), True], ids=["desk", "phone"])
def test_offline_the_chat_is_carried_on_by_mail(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk], phone: bool
) -> None:
    shop.hours.weekly = {"mon": [["03:00", "03:01"]]}  # nobody is there, whenever this runs
    shop.hours.save()
    with street(house, shop) as (site, _):
        her = Passer(browser, site, phone=phone).goes_to("/boots").opens_the_chat()
        her.writes("Do the Fells run small?")
        her.chat.get_by_role("button", name="Yes, by e-mail").click()
        her.chat.get_by_label("E-mail").fill(ada.address)
        her.chat.get_by_role("button", name="Save").click()
        expect(her.chat.get_by_label("E-mail")).to_have_count(0)
        her.leaves()

        maya = sit_down(shop.maya, phone=phone)
        until(lambda: open_now(shop))
        maya.page.goto(f"/conversations/{open_now(shop)[0].id}")
        maya.reads("Do the Fells run small?")
        maya.page.get_by_label("Answer by").select_option(label=f"E-mail to {ada.address}, not proven")
        maya.answer("Take one size up.")
        answer = ada.reads()
        assert "one size up" in answer.text
        ada.posts_back(answer, "A 40 then, thank you!")
        maya.reads("A 40 then, thank you!")
        assert len(open_now(shop)) == 1


def test_two_agents_at_one_chat_and_one_answer(
    house: House, shop: Shop, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    with street(house, shop) as (site, _):
        ben = Passer(browser, site).goes_to().opens_the_chat().writes("Is anybody there?")
        maya = sit_down(shop.maya).go_to("Unassigned").open("Is anybody there?")
        tomas = sit_down(shop.tomas).go_to("Unassigned").open("Is anybody there?")
        expect(maya.page.get_by_text("Tomas is looking")).to_be_visible()
        tomas.answer_box.press_sequentially("I am")
        expect(maya.page.get_by_text("Tomas is writing")).to_be_visible()
        expect(ben.chat.get_by_text("Tomas is typing")).to_be_visible()
        maya.answer_box.fill("Yes!")
        tomas.answer("I am here, Ben.")
        ben.reads("I am here, Ben.")
        expect(maya.page.get_by_text("A colleague answered while you were writing.")).to_be_visible()
        maya.send_button.click()
        expect(maya.page.get_by_text(re.compile("answered while you were writing|wrote again"))).to_be_visible()
        assert [m.entry.text for m in _answers(shop)] == ["I am here, Ben."]
        ben.leaves()


def test_the_server_restarts_in_the_middle_of_a_chat(
    shop: Shop, house: House, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    with street(house, shop) as (site, _):
        ben = Passer(browser, site).goes_to().opens_the_chat().writes("One")
        maya = sit_down(shop.maya).go_to("Unassigned").open("One")
        maya.answer("Two")
        ben.reads("Two")
        with maya.forgiving():
            house.stop()
            box = ben.chat.get_by_role("textbox", name="Write a message")
            box.fill("Three")
            ben.chat.get_by_role("button", name="Send", exact=True).click()
            house.start()
            maya.page.reload()
            maya.is_live()
            # The chat tries again after a while, and after a longer one each time.
            expect(maya.message("Three").first).to_be_visible(timeout=60_000)
        maya.answer("Four")
        for words in ("One", "Two", "Three", "Four"):
            ben.reads(words)
        said = Conversation.objects.get(merchant=shop.merchant).messages.order_by("at", "id")
        assert [m.entry.text for m in said if not m.entry.automatic] == ["One", "Two", "Three", "Four"]
        ben.leaves()


def _answers(shop: Shop) -> list[Message]:
    found = Message.objects.filter(merchant=shop.merchant, inbound=False).select_related("entry").order_by("at", "id")
    return [message for message in found if not message.entry.automatic]
