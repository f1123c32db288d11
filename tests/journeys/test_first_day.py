"""From an empty database to a shop that is answered: few inputs, each found by the words on it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.launch.models import Trial
from presszero.mailroom.models import Received
from presszero.merchants.models import Hours, Merchant
from presszero.team.models import Membership

from .desk import Desk
from .first_day import PASSWORD, Hands, PostOffice, post_office
from .house import House, database_of_its_own, database_with_tables, looking_into
from .test_every_page import look

ADDRESS = "hello@juniper.example"
MOST = 25


@pytest.fixture
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, worker: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[House]:
    """An installation that nobody has used. At the desk it begins without a table, as a merchant's does."""
    name = f"first_day_{os.getpid()}_{worker}"
    begun = database_of_its_own if "desk" in request.node.name else database_with_tables
    house = House(tmp_path / "home", begun(name)).start(120)
    with django_db_blocker.unblock(), looking_into(NAME=name):
        yield house
    house.stop()


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office(ADDRESS) as running:
        yield running


@pytest.mark.parametrize("phone", [False, pytest.param(True, marks=pytest.mark.long)], ids=["desk", "phone"])
def test_a_shop_of_one_is_set_up_with_few_inputs(empty: House, mail: PostOffice, browser: Browser, phone: bool) -> None:
    window = Desk(empty, browser, phone=phone)
    page, hands = window.page, Hands(window.page)
    with window.forgiving():
        page.goto("/")
        expect(page.get_by_text("presszero manage setup_link")).to_be_visible()
    if not phone:
        _another_key_opens_nothing(Desk(empty, browser))
    page.goto(_printed(empty))
    _open_the_shop(page, hands)
    _connect_the_mailbox(page, hands, mail)
    _say_the_rest(page, hands)
    _look_at_readiness(page, hands)
    window.leave()
    assert len(hands.done) <= MOST, "\n".join(hands.done)
    assert not window.complaints, window.complaints
    _is_as_the_pages_said()
    assert not (empty.folder / "setup-key").exists()


def _another_key_opens_nothing(window: Desk) -> None:
    found = look(window.page, _printed(window.house))
    with window.forgiving():
        found += look(window.page, "/start?key=guessed")
        expect(window.page.get_by_role("heading", name="This link does not open it")).to_be_visible()
    window.leave()
    assert not found, "\n".join(found)
    assert not Merchant.objects.exists() and not Membership.objects.exists()


def _printed(house: House) -> str:
    found = re.search(r"(/start\?key=\S+)", house.said())
    assert found, "the link was not printed"
    return found[1]


def _open_the_shop(page: Page, hands: Hands) -> None:
    hands.fill("Your shop's name", "Juniper & Co.")
    hands.fill("Your name", "Rosa Juniper")
    hands.fill("Your e-mail", "rosa@juniper.example")
    hands.fill("Password", "boots in the rain")
    hands.press("Open my shop")
    expect(page.get_by_role("heading", name="Your mailbox")).to_be_visible()


def _connect_the_mailbox(page: Page, hands: Hands, mail: PostOffice) -> None:
    hands.fill("Address", ADDRESS)
    hands.fill("Its password", "wrong")
    hands.unfold("I know the servers")
    hands.fill("Incoming server", f"127.0.0.1:{mail.imap_port}")
    hands.choose("Its encryption", "None")
    hands.fill("Outgoing server", f"127.0.0.1:{mail.smtp_port}")
    hands.choose("Encryption of outgoing mail", "None")
    hands.press("Save and test it")
    expect(page.get_by_text("Needs reconnecting: sign-in")).to_be_visible(timeout=60_000)  # a slip of the finger
    hands.unfold("Change something")
    expect(page.get_by_label("Address", exact=True)).to_have_value(ADDRESS)
    hands.fill("Its password", PASSWORD)
    hands.press("Save and test it")
    expect(page.get_by_text("It left, and it came in.")).to_be_visible(timeout=90_000)
    hands.go_on("Continue")


def _say_the_rest(page: Page, hands: Hands) -> None:
    expect(page.get_by_role("heading", name="Your hours")).to_be_visible()
    hands.pick("With Saturday")
    hands.press("Save and continue")
    expect(page.get_by_role("heading", name="What customers see")).to_be_visible()
    hands.press("Save and continue")
    expect(page.get_by_role("heading", name="Form and chat")).to_be_visible()
    hands.press("Switch on and test")
    expect(page.get_by_text("It left, and it came in.")).to_have_count(2, timeout=60_000)
    hands.go_on("Continue")
    expect(page.get_by_role("heading", name="Ready answers")).to_be_visible()
    hands.press("Keep the ticked ones")


def _look_at_readiness(page: Page, hands: Hands) -> None:
    expect(page.get_by_role("heading", name="Ready to open?")).to_be_visible()
    for name in (ADDRESS, "Web form", "Chat"):
        part = page.get_by_role("region", name=name)
        expect(part.get_by_text("It left, and it came in.")).to_be_visible()
        expect(part.get_by_text("Customers are told")).to_be_visible()
    hands.press("Open for customers")
    expect(page.get_by_text("Open since")).to_be_visible()


def _is_as_the_pages_said() -> None:
    shop = Merchant.objects.get()
    assert shop.alone and shop.launched_at and (shop.timezone, shop.currency) == ("Europe/London", "GBP")
    assert Hours.objects.get().weekly["sat"] == [["10:00", "18:00"]]
    assert {line.kind for line in Line.objects.all()} == {"email", "form", "chat"}
    assert Trial.objects.filter(outcome="passed").count() == 3
    assert Received.objects.count() >= 3
    left_over = Conversation.objects.exclude(state="resolved")
    assert not left_over.exists(), "what we sent ourselves is nobody's work"
