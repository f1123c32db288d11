"""An agent at a browser. Finds things as a person does: by what they are and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from presszero.team.actions import Browser as KnownBrowser
from presszero.team.actions import start_session
from presszero.team.gate import COOKIE

from .house import House

if TYPE_CHECKING:
    from presszero.team.models import Membership

PASSWORD = "juniper berries in the rain"
PATIENCE = 20_000  # milliseconds; only a failure waits for so long
# An answer about a conversation that they have left by now finds none of its places, and that is no fault.
_LISTEN = """
addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
const said = console.error.bind(console);
console.error = (...words) => {
    const of = /^htmx:oobErrorNoTarget.*-([0-9]+)$/.exec(words.join(", "));
    if (!of || document.getElementById("talk")?.dataset.conversation === of[1]) said(...words);
};
"""
# A page that is left gives up what it still asked for, and htmx says so. An answer that failed has other names.
_GAVE_UP = ("htmx:sendAbort, ", "htmx:afterRequest, ")


class Desk:
    """One browser window of one agent. Whatever the page complains of is kept, and fails the journey at its end."""

    def __init__(self, house: House, browser: Browser, *, phone: bool = False, dark: bool = False) -> None:
        self.house = house
        self.context: BrowserContext = browser.new_context(
            base_url=house.origin,
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(_LISTEN)
        self.complaints: list[str] = []
        self._forgiving = self._left = False
        self.page: Page = self.context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """From here on what this page complains of counts."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complain(f"page error: {error} {error.stack}"))
        page.on("crash", lambda page: self._complain("the page crashed"))
        page.on("dialog", self._dialog)

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """While something is meant to fail, requests that fail are no complaint."""
        self._forgiving = True
        try:
            yield
        finally:
            self.page.wait_for_timeout(100)
            self._forgiving = False

    def forgives(self) -> Desk:
        """From here on requests that fail are no complaint."""
        self._forgiving = True
        return self

    def enters(self, member: Membership) -> Desk:
        """Signed in already, as on most days."""
        opened = start_session(member.person, KnownBrowser("127.0.0.1", "A journey"), timezone.now())
        self.context.add_cookies([{"name": COOKIE, "value": opened.token, "url": self.house.origin, "httpOnly": True}])
        self.page.goto("/desk/mine")
        return self.is_live()

    def sign_in(self, member: Membership, password: str = PASSWORD) -> Desk:
        """By the real form."""
        self.page.goto("/")
        self.page.get_by_label("E-mail").fill(member.person.email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).to_have_url(re.compile("/desk/mine"))
        return self.is_live()

    def without_news(self) -> Desk:
        """From here on nothing comes by itself, as behind a proxy that cuts live streams."""
        self.page.route(re.compile("/live(/|\\?|$)"), lambda route: route.abort())
        self.page.reload()
        return self

    def go_to(self, view: str) -> Desk:
        """A view, by its name in the rail."""
        self.views.get_by_role("link", name=re.compile(f"^{view}")).click()
        expect(self.page.get_by_role("region", name=view)).to_be_visible()
        return self.is_live()

    def is_live(self) -> Desk:
        """Waits for the stream that brings news."""
        expect(self.page.locator("#desk")).to_have_attribute("data-connected", "1")
        return self

    @property
    def views(self) -> Locator:
        return self.page.get_by_role("navigation", name="Views")

    @property
    def talk(self) -> Locator:
        """The words of the open conversation."""
        return self.page.get_by_role("log", name="Conversation")

    @property
    def panel(self) -> Locator:
        """What is known of the customer."""
        return self.page.get_by_role("complementary", name="Customer")

    @property
    def answer_box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your reply")

    @property
    def send_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Send( ⌘.*)?$"))

    def row(self, words: str) -> Locator:
        """A conversation in the list, by words of its row."""
        return self.page.locator("#rows").get_by_role("link").filter(has_text=words)

    def open(self, words: str) -> Desk:
        row = self.row(words).first
        number = re.findall(r"/conversations/(\d+)", row.get_attribute("href") or "")[0]
        row.click()
        expect(self.page.locator(f'#talk[data-conversation="{number}"]')).to_be_visible()
        return self.is_live()

    def message(self, words: str) -> Locator:
        """A message or a note in the open conversation."""
        return self.talk.get_by_role("article").filter(has_text=words)

    def reads(self, words: str) -> Desk:
        """The open conversation shows these words."""
        expect(self.message(words).first).to_be_visible()
        return self

    def is_told(self, words: str) -> Desk:
        """A sentence appears at the foot of the page."""
        expect(self.page.locator("#toasts").get_by_text(words).last).to_be_visible()
        return self

    def press(self, *keys: str) -> Desk:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> Desk:
        self.page.keyboard.type(words)
        return self

    def answer(self, words: str) -> Desk:
        """With the mouse: into the box, then the button."""
        self.answer_box.fill(words)
        self.send_button.click()
        return self

    def more(self, what: str) -> Desk:
        """A choice of the menu with the three dots."""
        self.page.get_by_label("More", exact=True).click()
        self.page.get_by_role("button", name=re.compile(f"^{what}")).click()
        return self

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))

    def leave(self) -> None:
        self._left = True  # what is cut off when a window closes is nobody's complaint
        self.context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert") and not message.text.startswith(_GAVE_UP):
            self._complain(f"{message.text} ({message.location.get('url', '')})")

    def _dialog(self, dialog: object) -> None:
        self.complaints.append(f"a dialog opened: {dialog}")
        dialog.dismiss()

    def _complain(self, what: str) -> None:
        # A request that got no answer ends in a rejection without a reason.
        real_error = "page error" in what and not what.startswith("page error: undefined")
        harmless = self._forgiving and "CSP" not in what and not real_error
        if not harmless and not self._left:
            self.complaints.append(what)
