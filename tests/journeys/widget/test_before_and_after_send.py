"""What leaves the browser, when, and how it is shown."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.journeys.house import until

from .shop_front import TOKEN, House, talk_of
from .shopper import Visits

_STRICT = (
    "default-src 'none'; script-src {house}; frame-src {house}; style-src 'none'; require-trusted-types-for 'script'"
)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["of-the-same-site", "of-another-site"])
def test_nothing_is_sent_and_nobody_is_a_visitor_before_the_first_message(
    played: House, shopper: Visits, host: str
) -> None:
    played.host = host
    ada = shopper().visits("/boots?coupon=SECRET#also")
    ada.starts()
    ada.box.press_sequentially("My card is 4111", delay=5)
    ada.page.wait_for_timeout(400)
    asked = [each for each in played.asked if not each.path.startswith("/assets")]
    assert [each.path for each in asked] == ["/widget.js", f"/chat/{TOKEN}?lang=en"]
    assert ada.context.cookies() == []
    expect(ada.chat.locator(".notice")).to_contain_text("we keep it and the page you are on")

    ada.box.press("Enter")
    expect(ada.chat.get_by_text("Sent", exact=False).first).to_be_visible()
    visit = played.of("visit")[0].body
    assert visit["page"] == {"url": f"{ada.origin}/boots", "title": "Fell boots"}
    everything = json.dumps([[each.path, each.body, each.headers] for each in played.asked])
    assert "SECRET" not in everything
    assert not played.of("typing")
    cookie = next(each for each in ada.context.cookies() if each["name"] == "visitor")
    assert cookie["httpOnly"] and cookie["secure"]


def test_that_somebody_types_says_nothing_of_what(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.entries)
    expect(ada.chat.get_by_text("Sent ·")).to_be_visible()
    ada.box.press_sequentially("my secret plan", delay=20)
    until(lambda: played.of("typing"))
    assert [each.body for each in played.of("typing")] == [{}]
    assert "secret plan" not in json.dumps([each.body for each in played.asked])


def test_a_strict_policy_of_the_shop_refuses_nothing(played: House, shopper: Visits) -> None:
    ada = shopper(_STRICT).visits().starts().says("Hello")
    expect(ada.chat.locator(".bubble")).to_have_text("Hello")
    until(lambda: played.entries)


def test_an_answer_comes_by_itself_and_is_marked_as_read(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.streams)
    said = played.says("Good morning! **Which** size?")
    expect(ada.chat.locator(".theirs strong")).to_have_text("Which")
    until(lambda: any(each.body == {"seen_to": said["id"], "read": True} for each in played.of("marks")))


def test_markup_in_words_stays_words(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("<img src=x onerror=alert(1)> https://a.example/<b>")
    until(lambda: played.streams)
    played.says("<script>alert(1)</script> [click](javascript:alert(1)) **<i>x</i>**", who="<b>Maya</b>")
    expect(ada.chat.locator(".theirs .bubble")).to_contain_text("<script>alert(1)</script>")
    assert ada.chat.locator(".log img, .log script, .log i, .log a[href^='javascript']").count() == 0


def test_history_is_there_on_return_and_older_by_scrolling(played: House, shopper: Visits) -> None:
    talk_of(played, 90)
    ada = shopper().visits().starts().says("Hello")
    until(lambda: len(played.entries) == 91)
    ada.page.reload()
    expect(ada.chat.get_by_text("word 90", exact=True)).to_be_visible()
    bubbles, box = ada.chat.locator(".bubble"), ada.chat.locator(".scroll")
    expect(bubbles).to_have_count(40)
    until(lambda: box.evaluate("box => { box.scrollTop = 0; }") or bubbles.count() == 91, what="all that was said")
    assert ada.bubbles() == [*(f"word {number}" for number in range(1, 91)), "Hello"]


def test_an_unread_answer_shows_on_the_launcher(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.streams)
    ada.chat.get_by_role("button", name="Close").click()
    expect(ada.chat.locator("#chat")).not_to_be_visible()
    played.says("There you are.")
    expect(ada.page.get_by_role("button", name="Chat with Juniper & Co., 1 new")).to_be_visible()
    assert not any(each.body["read"] for each in played.of("marks"))


def test_files_are_shown_before_they_go_and_too_large_ones_stay(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts()
    chooser = ada.chat.locator("input[type=file]")
    chooser.set_input_files({"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"0" * (11 * 1024 * 1024)})
    expect(ada.chat.get_by_role("alert").filter(has_text="Together at most")).to_be_visible()
    chooser.set_input_files({"name": "sole.txt", "mimeType": "text/plain", "buffer": b"worn"})
    expect(ada.chat.get_by_text("sole.txt")).to_be_visible()
    ada.chat.get_by_role("button", name="Send").click()
    until(lambda: played.entries)
    sent = played.of("messages")[0].body
    assert sent["attachments"] == [{"filename": "sole.txt", "content_type": "text/plain", "base64": "d29ybg=="}]
    assert sent["text"] == ""


def test_a_page_of_one_script_tells_where_it_went(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.entries)
    ada.page.evaluate("() => { history.pushState({}, '', '/boots?size=39'); document.title = 'Fell boots'; }")
    told = until(lambda: played.of("page"))
    assert told[0].body == {"url": f"{ada.origin}/boots", "title": "Fell boots", "cart": None}
