"""A customer at a browser on a page of the shop. Finds things as a person does."""

from __future__ import annotations

import re
from typing import Protocol

from playwright.sync_api import BrowserContext, ConsoleMessage, FrameLocator, Locator, Page, expect

from .shop_front import House


class Shopper:
    """A customer at a browser, on a page of the shop."""

    def __init__(self, context: BrowserContext, house: House, origin: str) -> None:
        self.house, self.origin, self.context = house, origin, context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective))"
        )
        self.page.on("console", self._heard)

    def visits(self, path: str = "/") -> Shopper:
        self.page.goto(self.origin + path)
        expect(self.launcher).to_be_visible()
        return self

    def opens(self) -> Shopper:
        self.launcher.click()
        expect(self.chat.locator("#chat > header")).to_be_visible()
        return self

    def starts(self) -> Shopper:
        self.opens()
        self.chat.get_by_role("button", name=re.compile("Start a chat|Leave a message|Go on|new$")).first.click()
        expect(self.box).to_be_focused()
        return self

    def says(self, words: str) -> Shopper:
        self.box.fill(words)
        self.box.press("Enter")
        return self

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("Chat with Juniper|Close"))

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def box(self) -> Locator:
        return self.chat.get_by_role("textbox", name="Write a message")

    def bubbles(self) -> list[str]:
        return self.chat.locator(".bubble").all_inner_texts()

    def _heard(self, said: ConsoleMessage) -> None:
        if "CSP" in said.text:
            self.complaints.append(said.text)


class Visits(Protocol):
    """Opens a browser for a customer: visits(policy of the shop's page, phone=True, color_scheme="dark")."""

    def __call__(self, policy: str = "", phone: bool = False, color_scheme: str = "light") -> Shopper: ...
