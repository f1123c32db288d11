"""The demo shop: play the customer on the Pretend page, with the desk beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from presszero.demo import cast
from tests.ports import free_ports

from .desk import PATIENCE, Desk
from .house import House, database_with_tables


@pytest.fixture
def demo(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`presszero demo`, which seeds its shop by real actions."""
    mailbox = str(free_ports(1)[0])
    house = House(tmp_path_factory.mktemp("demo"), database_with_tables(f"pretend_{worker}"), "demo")
    house.environment["PRESSZERO_PRETEND_PORT"] = mailbox
    house.start(120)
    yield house
    house.stop()


def test_a_letter_of_hers_reaches_the_desk_beside_it_and_the_answer_her_mailbox(demo: House, browser: Browser) -> None:
    desk = Desk(demo, browser)
    page = desk.page
    page.goto("/")
    page.get_by_label("E-mail").fill(cast.MAYA.address)
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    desk.is_live()
    desk.views.get_by_role("link", name="Pretend").click()

    page.get_by_role("link", name="Write a mail").click()
    page.get_by_label("Subject").fill("Do you mend soles?")
    page.get_by_label("Your words").fill("Mine have come off.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. Watch the desk.")).to_be_visible()

    beside = page.frame_locator("iframe[title='The desk']")
    beside.get_by_role("link").filter(has_text="Do you mend soles?").click()
    expect(beside.get_by_role("article").filter(has_text="Mine have come off.")).to_be_visible()
    beside.get_by_role("textbox", name="Your reply").fill("We do. Bring them in.")
    beside.get_by_role("textbox", name="Your reply").press("Control+Enter")
    expect(beside.get_by_role("article").filter(has_text="We do. Bring them in.")).to_be_visible()

    answer = page.get_by_role("link").filter(has_text="Re: Do you mend soles?")
    expect(answer).to_be_visible(timeout=PATIENCE + 15_000)
    answer.click()
    expect(page.get_by_role("region", name="Mail")).to_contain_text("Re: Do you mend soles?")

    page.get_by_role("link", name="Texts", exact=True).click()
    page.get_by_label("Your text").fill("And laces, by text?")
    page.get_by_label("Your text").press("Enter")
    expect(page.get_by_role("log", name="Texts")).to_contain_text("And laces, by text?")
    expect(beside.get_by_role("article").filter(has_text="And laces, by text?")).to_be_visible()
    beside.get_by_label("Answer by").select_option(label="Text to +44 7700 900123")
    beside.get_by_role("textbox", name="Your reply").fill("Laces too.")
    beside.get_by_role("textbox", name="Your reply").press("Control+Enter")
    expect(page.get_by_role("log", name="Texts")).to_contain_text("Laces too.", timeout=PATIENCE + 15_000)
    expect(beside.get_by_role("article").filter(has_text="Laces too.").get_by_text("delivered")).to_be_visible()
    desk.leave()
    assert not desk.complaints, "\n".join(desk.complaints)
