"""The web form in a real browser: with scripts and without, alone and in a shop's page, on a phone and at a desk."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from presszero.channels.models import Entry, Line
from presszero.frontdoor.tests.form_filling import form_of
from presszero.mailroom.models import Received
from tests.cast import Shop

from .desk import PATIENCE, Desk
from .house import House, until
from .test_every_page import axe

PHOTO = {"name": "sole.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 4000}
_AXE = (
    "async () => (await axe.run({ resultTypes: ['violations'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)"
)
_RULES = "default-src 'none'; script-src {house}; frame-src {house}"  # as a careful shop has it


@pytest.fixture
def line(shop: Shop) -> Line:
    return form_of(shop)


class Visitor:
    """Somebody at a browser who wants something of the shop."""

    def __init__(self, browser: Browser, *, phone: bool = False, dark: bool = False, scripts: bool = True) -> None:
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="en-GB",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "422" not in text:  # a form that is drawn again with what is wrong
            self.complaints.append(text)

    def signs(self, where: Page | FrameLocator) -> None:
        where.get_by_label("Your name").fill("Ada Kowalski")
        where.get_by_label("Your e-mail").fill("ada@example.com")

    def leave(self) -> None:
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


@contextmanager
def site(page: str, rules: str = "") -> Iterator[str]:
    """A site of one page, on another origin than the product: its address. `page` may name {house} and {token}."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that the server calls
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if rules:
                self.send_header("Content-Security-Policy", rules)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def framed_by(line: Line, *sites: str) -> None:
    line.settings = {**line.settings, "sites": list(sites)}
    line.save()


def words_of(line: Line) -> str:
    found = until(lambda: Entry.objects.filter(merchant_id=line.merchant_id, thread__line=line).order_by("-id").first())
    return found.text


def nothing_for_axe(page: Page) -> None:
    page.evaluate(axe())
    assert page.evaluate(_AXE) == []


def test_on_a_phone_with_scripts_errors_keep_everything_and_the_desk_reads_it(
    house: House, shop: Shop, line: Line, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    her = Visitor(browser, phone=True)
    page = her.page
    page.goto(f"{house.origin}/form/{line.token}")
    page.get_by_label("Late delivery").check()
    page.get_by_label("Order number").fill("1042")
    page.get_by_label("Wrong size").check()
    expect(page.get_by_label("Order number")).to_have_count(0)
    page.get_by_label("Late delivery").check()
    expect(page.get_by_label("Order number")).to_have_value("1042")
    page.get_by_label("Your message").fill("Where are my boots?")
    page.get_by_label("Pictures or files").set_input_files([PHOTO])
    page.get_by_label("Matters a lot").check()
    page.get_by_label("By when do you need it?").fill("We leave on Saturday")
    page.get_by_label("Your e-mail").fill("ada@")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("alert").first).to_contain_text("Your name: Please fill this in.")
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.get_by_label("Your e-mail")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("sole.png")).to_be_visible()
    expect(page.get_by_label("Order number")).to_have_value("1042")
    nothing_for_axe(page)
    her.signs(page)
    page.wait_for_timeout(3500)  # quicker is no person
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you. Your message is with us.")).to_be_visible()
    number = page.locator(".quotable").inner_text()
    nothing_for_axe(page)
    her.leave()

    assert f"Number: {number}" in words_of(line)
    maya = sit_down(shop.maya)
    maya.go_to("Unassigned")
    maya.row("Where are my boots?").first.click()
    maya.reads("Order number: 1042")
    expect(maya.message("Where are my boots?").get_by_text("sole.png").first).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_the_form(house: House, line: Line, browser: Browser, dark: bool) -> None:
    for phone in (False, True):
        her = Visitor(browser, phone=phone, dark=dark)
        her.page.goto(f"{house.origin}/form/{line.token}?topic=Wrong+size")
        nothing_for_axe(her.page)
        assert her.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        her.leave()


def test_without_scripts_and_framed_in_the_shops_page_it_works_too(
    house: House, shop: Shop, line: Line, browser: Browser
) -> None:
    frame = f'<h1>Shop</h1><iframe width="500" height="2000" src="{house.origin}/form/{line.token}?embed=1"></iframe>'
    with site(frame) as address:
        framed_by(line, address)
        him = Visitor(browser, scripts=False)
        him.page.goto(address)
        form = him.page.frame_locator("iframe")
        expect(form.get_by_label("Wrong size")).to_be_visible()
        if not form.get_by_role("button", name="Next").count():
            him.page.reload()  # now and then the browser hears too late that this frame shall run no scripts
        form.get_by_label("Wrong size").check()
        form.get_by_label("Your message").fill("They pinch.")
        him.signs(form)
        form.get_by_role("button", name="Next").click()
        form.get_by_label("Your size").fill("41")
        expect(form.get_by_label("Your message")).to_have_value("They pinch.")
        form.get_by_role("button", name="Send", exact=True).click()
        expect(form.get_by_role("alert").first).to_contain_text("Have you worn them?: Please choose one.")
        form.get_by_label("No", exact=True).check()
        him.page.wait_for_timeout(6500)  # without scripts a person is given longer
        form.get_by_role("button", name="Send", exact=True).click()
        expect(form.get_by_role("heading", name="Thank you. Your message is with us.")).to_be_visible()
        him.leave()
    assert words_of(line).startswith("They pinch.\n\nYour size: 41\nHave you worn them?: No")


def test_one_tag_shows_it_in_the_page_of_a_careful_shop(house: House, line: Line, browser: Browser) -> None:
    tag = f'<!doctype html><h1>Shop</h1><script async src="{house.origin}/form.js" data-form="{line.token}"></script>'
    with site(tag, _RULES.format(house=house.origin)) as address:
        framed_by(line, address)
        her = Visitor(browser, phone=True)
        her.page.goto(address)
        form = her.page.frame_locator("iframe")
        expect(form.get_by_label("Your message")).to_be_visible()
        fits = "() => { const f = document.querySelector('iframe'); return f.clientHeight > 1000 }"
        her.page.wait_for_function(fits)
        tall = her.page.locator("iframe").evaluate("(frame) => frame.clientHeight")
        form.get_by_label("Wrong size").check()
        her.page.wait_for_function(f"document.querySelector('iframe').clientHeight > {tall}")
        form.get_by_label("Your size").fill("41")
        form.get_by_label("No", exact=True).check()
        form.get_by_label("Your message").fill("From the shop's page")
        her.signs(form)
        her.page.wait_for_timeout(3500)
        form.get_by_role("button", name="Send", exact=True).click()
        expect(form.get_by_role("heading", name="Thank you. Your message is with us.")).to_be_visible()
        her.page.wait_for_function(f"document.querySelector('iframe').clientHeight < {tall}")
        her.leave()
    assert words_of(line).startswith("From the shop's page")


def test_i11_another_site_cannot_show_it(house: House, line: Line, browser: Browser) -> None:
    tag = f'<!doctype html><h1>Shop</h1><script async src="{house.origin}/form.js" data-form="{line.token}"></script>'
    with site(tag) as address:
        him = Visitor(browser)
        him.page.goto(address)
        expect(him.page.locator("iframe")).to_be_attached()
        tall = "document.querySelector('iframe').style.blockSize"
        him.page.wait_for_timeout(2500)
        assert him.page.evaluate(tall) == "60rem"  # a form that is shown says how high it is
        assert any("frame-ancestors" in said for said in him.complaints)
        him.complaints.clear()
        him.leave()
        framed_by(line, address)
        her = Visitor(browser)
        her.page.goto(address)
        her.page.wait_for_function(f"() => {tall} !== '60rem'")
        her.leave()


def test_a_lost_connection_loses_no_word_and_sends_once(house: House, line: Line, browser: Browser) -> None:
    her = Visitor(browser)
    page = her.page
    page.goto(f"{house.origin}/form/{line.token}?topic=Something+else")
    page.get_by_label("Your message").fill("On the train")
    her.signs(page)
    page.wait_for_timeout(3500)
    page.route(re.compile("/form/"), lambda route: route.abort())
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("It was not sent: there is no connection.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("On the train")
    page.unroute_all()
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Thank you. Your message is with us.")).to_be_visible()
    her.complaints.clear()
    her.leave()
    assert Received.objects.filter(merchant_id=line.merchant_id, line_id=line.id).count() == 1
