"""Mail comes in, is answered, comes again, and is settled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.cast import Shop

from .customer import Customer
from .desk import Desk


def test_a_mail_is_answered_with_the_keyboard_alone_and_settled(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down().sign_in(shop.maya).press("g", "u").is_live()
    expect(desk.page.get_by_text("All taken")).to_be_visible()

    ada.posts(shop, "Where is my order 1042?", "Order 1042")
    expect(desk.row("Order 1042")).to_be_visible()  # without a reload
    desk.press("j", "Enter").reads("Where is my order 1042?")

    desk.press("r").type("It left us this morning. Sorry for the wait!")
    desk.press("Control+Enter").is_told("Sending.").reads("It left us this morning.")
    expect(desk.answer_box).to_have_value("")

    answer = ada.reads()
    assert answer.recipients == (ada.address,)
    assert answer.mail["In-Reply-To"] == f"<{ada.sent[0]}>"
    assert f"<{ada.sent[0]}>" in answer.mail["References"]
    assert answer.mail["Subject"] == "Re: Order 1042"
    assert shop.line.address.partition("@")[2] in answer.mail["From"]
    assert "It left us this morning." in answer.text
    assert "Maya at Juniper & Co." in answer.text
    expect(desk.message("It left us this morning.")).to_contain_text("sent")

    ada.posts_back(answer, "Thank you, that was quick.")
    desk.reads("Thank you, that was quick.")
    expect(desk.message("Thank you, that was quick.")).to_contain_text("replied to our e-mail")
    expect(desk.message("Where is my order 1042?")).to_have_count(1)

    desk.press("Escape", "e").is_told("Resolved.")
    desk.press("g", "e")
    expect(desk.row("Order 1042")).to_be_visible()


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)], ids=["light", "dark"])
def test_the_same_on_a_phone(shop: Shop, ada: Customer, sit_down: Callable[..., Desk], dark: bool) -> None:
    phone = sit_down(shop.maya, phone=True, dark=dark).go_to("Unassigned")
    ada.posts(shop, "Where is my order 1042?", "Order 1042")
    phone.row("Order 1042").tap()
    phone.reads("Where is my order 1042?")
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} wide on a phone of 390"

    phone.answer_box.tap()
    phone.answer_box.fill("It left us this morning.")
    phone.send_button.tap()
    phone.is_told("Sending.").reads("It left us this morning.")
    answer = ada.reads()
    ada.posts_back(answer, "Thank you!")
    phone.reads("Thank you!")
    phone.page.get_by_role("button", name="Resolve", exact=True).tap()
    phone.is_told("Resolved.")
