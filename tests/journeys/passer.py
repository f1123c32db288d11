"""A customer who stands in a shop's site with a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from .desk import PATIENCE


class Passer:
    """Somebody with a browser in the shop's site. Finds things by what they are called."""

    def __init__(self, browser: Browser, site: str, *, phone: bool = False, dark: bool = False) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()

    def goes_to(self, path: str = "/") -> Passer:
        self.page.goto(self.site + path)
        return self

    @property
    def chat(self) -> FrameLocator:
        """The chat's window."""
        return self.page.frame_locator("iframe")

    @property
    def talk(self) -> Locator:
        return self.chat.get_by_role("list", name="Your chat")

    def opens_the_chat(self) -> Passer:
        self.page.get_by_role("button", name=re.compile("^Chat with")).click()
        return self

    def writes(self, words: str) -> Passer:
        """From wherever the window is."""
        box = self.chat.get_by_role("textbox", name="Write a message")
        start = self.chat.get_by_role("button", name=re.compile("^(Start a chat|Leave a message|Go on|\\d+ new)"))
        expect(box.or_(start).first).to_be_visible()
        if not box.is_visible():
            start.click()
        box.fill(words)
        self.chat.get_by_role("button", name="Send", exact=True).click()
        return self.reads(words)

    def reads(self, words: str) -> Passer:
        """Stands in the talk, once."""
        expect(self.talk.get_by_text(words, exact=False)).to_have_count(1)
        return self

    def leaves(self) -> None:
        self.context.close()
