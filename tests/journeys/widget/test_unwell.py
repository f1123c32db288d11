"""Nothing is lost and nothing stands twice, whatever goes wrong behind the chat."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.house import until

from .shop_front import House
from .shopper import Visits


def test_an_answer_that_was_lost_makes_no_second_message(played: House, shopper: Visits) -> None:
    played.loses_answers = 2
    ada = shopper().visits().starts().says("Only once")
    until(lambda: len(played.of("messages")) >= 2, 20)
    expect(ada.chat.get_by_text("Sent ·")).to_be_visible()
    ids = {each.body["client_id"] for each in played.of("messages")}
    assert len(ids) == 1
    assert [each["text"] for each in played.entries] == ["Only once"]
    assert ada.bubbles() == ["Only once"]


def test_messages_keep_their_order_and_ids_over_refusals(played: House, shopper: Visits) -> None:
    played.refuses = [503, 429, 0]
    ada = shopper().visits().starts()
    for words in ("one", "two", "three"):
        ada.says(words)
    until(lambda: len(played.entries) == 3, 25)
    assert [each["text"] for each in played.entries] == ["one", "two", "three"]
    expect(ada.chat.locator(".bubble")).to_have_text(["one", "two", "three"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["of-the-same-site", "of-another-site"])
def test_what_could_not_be_sent_is_sent_after_a_reload(played: House, shopper: Visits, host: str) -> None:
    """Also where the browser gives frames of another site no storage at all."""
    played.host = host
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.entries)
    played.refuses = [503] * 50
    ada.says("Kept")
    expect(ada.chat.get_by_text("It goes by itself")).to_be_visible()
    played.refuses = []
    ada.page.reload()
    until(lambda: len(played.entries) == 2, 20)
    assert [each["text"] for each in played.entries] == ["Hello", "Kept"]
    assert len({each.body["client_id"] for each in played.of("messages")}) == 2
    if not ada.chat.locator("#chat").is_visible():
        ada.starts()
    expect(ada.chat.locator(".bubble")).to_have_text(["Hello", "Kept"])


def test_a_file_that_could_not_be_sent_outlives_a_reload(played: House, shopper: Visits) -> None:
    played.refuses = [503] * 50
    ada = shopper().visits().starts()
    sole = FilePayload(name="sole.png", mimeType="image/png", buffer=b"\x89PNG1")
    ada.chat.locator("input[type=file]").set_input_files(sole)
    ada.says("With a file")
    expect(ada.chat.get_by_text("It goes by itself")).to_be_visible()
    played.refuses = []
    ada.page.reload()
    until(lambda: played.entries, 20)
    assert [each["name"] for each in played.entries[0]["files"]] == ["sole.png"]


def test_nothing_is_missed_and_nothing_doubled_while_the_house_is_down(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.streams)
    played.says("Good morning")
    expect(ada.chat.locator(".theirs")).to_have_count(1)
    played.stop()
    ada.says("Are you there?")
    for number in range(45):  # more than one fetch brings
        played._entry(mine=False, who="Maya", text=f"answer {number}")
    time.sleep(0.5)
    played.start()
    until(lambda: any(each["text"] == "Are you there?" for each in played.entries), 40)
    played.nudge()
    played.nudge()
    expect(ada.chat.locator(".bubble")).to_have_count(48)
    assert ada.bubbles() == ["Hello", "Good morning", *(f"answer {number}" for number in range(45)), "Are you there?"]


def test_a_page_that_slept_catches_up(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.streams)
    ada.context.set_offline(True)
    for cut in list(played.streams):
        cut("")
    played._entry(mine=False, who="Maya", text="While you were away")
    ada.page.wait_for_timeout(300)
    ada.context.set_offline(False)
    expect(ada.chat.get_by_text("While you were away", exact=True)).to_be_visible()
    assert ada.bubbles() == ["Hello", "While you were away"]


def test_what_is_refused_says_why_and_what_to_do(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts()
    played.refuses = [413]
    ada.says("Too much")
    expect(ada.chat.get_by_role("alert").filter(has_text="too large")).to_be_visible()
    ada.chat.get_by_role("button", name="Try again").click()
    until(lambda: played.entries)
    expect(ada.chat.get_by_text("Sent ·")).to_be_visible()
