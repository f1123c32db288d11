"""The warehouse is asked beside the customer's thread, answers by mail, and the customer never learns of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .provider import Taken

pytestmark = pytest.mark.slow

LABEL = b"%PDF-1.4 label of parcel 1042"
ASKED, TOLD, ADDED = "Is 1042 still on shelf QUINCE?", "Yes, behind the MEDLAR crates.", "Send it by MULBERRY, please."


def test_a6_the_warehouse_is_asked_and_answers_and_the_customer_never_learns_of_it(
    shop: Shop, ada: Customer, customer: Callable[[str], Customer], sit_down: Callable[..., Desk]
) -> None:
    depot = customer("North Depot")
    ada.house.take_mail(_with_label(ada.mail(shop, "Where are my boots?", "Order 1042")), shop.line.address)
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042")
    line = desk.page.locator(".sides").get_by_role("button", name=re.compile("^North Depot"))
    for_you = desk.views.get_by_role("link", name=re.compile("^For you"))
    expect(for_you).not_to_have_text(re.compile(r"\d"))

    ask(desk.press("q"), depot.address)
    expect(line).to_contain_text("asked")
    desk.answer("I am looking into it.")
    question = depot.reads()
    assert ASKED in question.text
    assert "> Where are my boots?" in question.text
    assert ada.address not in question.mail.as_string()
    assert [part.get_content() for part in question.mail.iter_attachments()] == [LABEL]

    depot.posts_back(question, TOLD)
    expect(line).to_contain_text("answered")  # by itself: nothing was loaded anew
    expect(for_you).to_have_text(re.compile("1"))
    expect(desk.talk).not_to_contain_text("MEDLAR")
    desk.go_to("For you").open("Order 1042")
    line.click()
    sheet = desk.page.get_by_role("dialog")
    expect(sheet.get_by_role("log", name="What was said")).to_contain_text(TOLD)
    sheet.get_by_label("Your words").fill(ADDED)
    sheet.get_by_role("button", name="Send").click()
    expect(line).to_contain_text("asked")
    line.click()
    sheet.get_by_role("button", name="Nothing more to ask").click()
    expect(line).to_contain_text("closed")
    expect(for_you).not_to_have_text(re.compile(r"\d"))

    ada.posts_back(ada.reads(), "Thank you!")
    desk.reads("Thank you!").answer("They leave today.")
    assert ADDED in depot.reads(2).text
    assert "They leave today." in ada.reads(2).text
    hers = "\n".join(map(_whole, ada.provider.everything(ada.address)))
    for never in ("QUINCE", "MEDLAR", "MULBERRY", "North Depot", depot.address):
        assert never not in hers


def ask(desk: Desk, address: str) -> None:
    """Fills in the sheet for somebody new, and sends it with what the customer wrote and the file she sent."""
    sheet = desk.page.get_by_role("dialog", name="Ask somebody else")
    sheet.get_by_label("Name").fill("North Depot")
    sheet.get_by_label("E-mail").fill(address)
    sheet.get_by_label("Your question").fill(ASKED)
    sheet.get_by_label("With what the customer wrote last").check()
    sheet.get_by_label(re.compile("^label.pdf")).check()
    sheet.get_by_role("button", name="Ask", exact=True).click()
    desk.is_told("North Depot is asked.")


def _with_label(mail: EmailMessage) -> EmailMessage:
    mail.add_attachment(LABEL, maintype="application", subtype="pdf", filename="label.pdf")
    return mail


def _whole(taken: Taken) -> str:
    """Everything that came with a mail: its headers, and each part as it reads and as it was sent."""
    parts = [part.get_payload(decode=True) for part in taken.mail.walk() if not part.is_multipart()]
    said = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n".join([str(taken.mail.items()), taken.raw.decode("utf-8", "replace"), *said])
