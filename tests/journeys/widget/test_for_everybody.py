"""By keyboard, by ear, zoomed, in every colour and direction."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.house import until

from .looking import broken, frame_of
from .shop_front import House
from .shopper import Visits


def test_the_keyboard_alone_opens_writes_and_comes_back(played: House, shopper: Visits) -> None:
    ada = shopper().visits()
    ada.page.get_by_role("button", name="The last thing").focus()
    ada.page.keyboard.press("Tab")
    while not ada.page.evaluate("document.activeElement.shadowRoot?.activeElement?.className === 'launcher'"):
        ada.page.keyboard.press("Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("dialog", name="Juniper & Co.")).to_be_visible()
    expect(ada.chat.get_by_role("heading", level=1)).to_be_focused()
    for _ in range(8):
        ada.page.keyboard.press("Tab")
        if ada.chat.get_by_role("button", name="Start a chat").evaluate("e => e === document.activeElement"):
            break
    ada.page.keyboard.press("Enter")
    ada.page.keyboard.type("By keyboard")
    ada.page.keyboard.press("Shift+Enter")
    ada.page.keyboard.type("two lines")
    ada.page.keyboard.press("Enter")
    until(lambda: played.entries)
    assert played.entries[0]["text"] == "By keyboard\ntwo lines"
    ada.page.keyboard.press("Escape")
    expect(ada.chat.locator("#chat")).not_to_be_visible()
    focused = "document.activeElement.shadowRoot?.activeElement?.className === 'launcher'"
    until(lambda: ada.page.evaluate(focused), what="the focus back on the launcher")


def test_new_words_are_announced_once_and_typing_is_not(played: House, shopper: Visits) -> None:
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.streams)
    expect(ada.chat.get_by_text("Sent ·")).to_be_visible()
    played.nudge(typing="Maya")
    expect(ada.chat.get_by_text("Maya is typing")).to_be_attached()
    played.says("Good morning")
    spoken = ada.chat.get_by_role("log")
    expect(spoken).to_have_text("Maya: Good morning")
    played.nudge()
    ada.page.wait_for_timeout(200)
    expect(spoken).to_have_text("Maya: Good morning")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_state(played: House, shopper: Visits, dark: bool) -> None:
    played.visited = {"matter": {"subject": "Boots"}}
    found: list[str] = []

    def look(state: str) -> None:
        found.extend(f"{state}: {each}" for each in broken(frame_of(ada)))

    ada = shopper(phone=True, color_scheme="dark" if dark else "light").visits()
    found += [f"launcher: {each}" for each in broken(ada.page.main_frame)]
    ada.opens()
    look("home")
    ada.chat.get_by_role("button", name="Start a chat").click()
    look("empty")
    ada.says("Hello https://a.example")
    until(lambda: played.streams)
    played.says("**Hi**", files=[{"name": "a.pdf", "type": "application/pdf", "size": 40_000, "url": "/a.pdf"}])
    expect(ada.chat.get_by_text("a.pdf")).to_be_visible()
    look("talk")
    ada.chat.get_by_role("button", name="Emoji").click()
    look("emoji")
    ada.page.keyboard.press("Escape")
    ada.chat.get_by_role("button", name="0: talk").click()
    look("zero")
    ada.page.keyboard.press("Escape")
    ada.chat.get_by_role("button", name="More").click()
    look("menu")
    ada.chat.get_by_role("button", name="How much this matters").click()
    look("wish")
    ada.page.keyboard.press("Escape")
    played.refuses = [413]
    ada.says("Broken")
    expect(ada.chat.get_by_role("alert").filter(has_text="too large")).to_be_visible()
    look("refused")
    assert found == [], "\n".join(found)


_LONG = [pytest.param(colour, marks=pytest.mark.long) for colour in ("#ffffff", "#808080")]


@pytest.mark.parametrize("colour", ["#ffff00", "#000000", *_LONG])
def test_every_colour_of_a_merchant_is_legible(played: House, shopper: Visits, colour: str) -> None:
    played.config = {"colour": colour}
    for scheme in ("light", "dark"):
        ada = shopper(color_scheme=scheme).visits().starts().says("Hello")
        expect(ada.chat.get_by_role("button", name="As usual")).to_be_visible()
        assert broken(frame_of(ada)) == [], scheme


def test_right_to_left_stands_the_other_way_round(played: House, shopper: Visits) -> None:
    played.config = {"language": "ar", "position": "left"}
    ada = shopper(phone=True).visits().starts().says("مرحبا")
    expect(ada.chat.locator(".mine .bubble")).to_be_visible()
    mine = ada.chat.locator(".mine .bubble")
    until(lambda: (where := mine.bounding_box()) and where["x"] < 100, what="the bubble on the left")


def test_zoomed_to_four_hundred_percent_nothing_is_cut_off(played: House, shopper: Visits) -> None:
    ada = shopper()
    ada.page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    ada.visits().starts().says("Hello")
    frame = frame_of(ada)
    until(lambda: frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), what="nothing cut off")
    ada.box.scroll_into_view_if_needed()
    expect(ada.box).to_be_in_viewport()


def test_targets_are_large_enough(played: House, shopper: Visits) -> None:
    ada = shopper(phone=True).visits().starts().says("Hello")
    expect(ada.chat.get_by_role("button", name="As usual")).to_be_visible()
    frame = frame_of(ada)
    small = frame.evaluate(
        "() => [...document.querySelectorAll('button, input, textarea')].filter((e) => e.checkVisibility())"
        ".filter((e) => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24; })"
        ".map((e) => e.outerHTML)"
    )
    assert small == []


def test_on_a_phone_it_fills_the_screen(played: House, shopper: Visits) -> None:
    ada = shopper(phone=True).visits().opens()
    whole = {"x": 0, "y": 0, "width": 390, "height": 844}
    until(lambda: ada.page.locator("iframe").bounding_box() == whole, what="a chat as large as the screen")
