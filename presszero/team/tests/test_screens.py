"""The screens in a real browser: by keyboard, free of barriers, whole on a phone, under the strict policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from presszero.merchants.models import Merchant
from presszero.team.models import Membership, Role

from .conftest import PASSWORD, hire

AXE = Path(__file__).parents[3] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1200, "height": 800}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.urls("presszero.team.tests.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def olga(transactional_db: None) -> Membership:
    shop = Merchant.objects.create(name="Juniper & Co.", slug="juniper")
    hire(shop, "Maya", Role.AGENT)
    hire(shop, "Wolfeschlegelsteinhausenbergerdorff", Role.LEAD)
    return hire(shop, "Olga", Role.ADMIN)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_screen_is_whole_and_free_of_barriers(
    browser: Browser, live_server: Any, olga: Membership, settings: Settings, scheme: Any, size: Any
) -> None:
    settings.ORIGIN = live_server.url
    page, trouble = _open(browser, live_server.url, scheme, size)
    page.goto("/settings/people")
    _look(page)
    _sign_in(page, olga.person.email, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    _look(page)
    _sign_in(page, olga.person.email, PASSWORD)
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    _look(page)
    page.get_by_label("E-mail").fill("nadia@juniper.example")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Invitation link").input_value()
    _look(page)
    page.get_by_label("More about Maya").click()
    _look(page)
    page.goto("/me")
    _look(page)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img")).to_have_js_property("complete", True)
    assert page.get_by_role("img").evaluate("image => image.naturalWidth") > 40
    _look(page)
    guest, more_trouble = _open(browser, live_server.url, scheme, size)
    for path in (link, "/forgot", "/reset/nothing", "/sign-in"):
        guest.goto(path)
        _look(guest)
    assert not trouble + more_trouble


def test_the_whole_way_in_by_keyboard_alone(browser: Browser, live_server: Any, olga: Membership) -> None:
    """Password, second factor set up and asked for, a recovery code: with no mouse and no script."""
    page, _trouble = _open(browser, live_server.url, "light", DESK, javascript=False)
    page.goto("/sign-in?next=/me")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(olga.person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/me$"))
    page.get_by_role("button", name="Set it up").press("Enter")
    secret = page.locator(".letters").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()
    page.locator("#me > summary").press("Enter")
    page.get_by_role("button", name="Sign out", exact=True).press("Enter")
    page.wait_for_url("**/sign-in")
    _sign_in(page, olga.person.email, PASSWORD)
    page.wait_for_url("**/sign-in/code")
    _look_without_script(page)
    page.get_by_label("Code").fill(codes[3])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    page.goto("/me")
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()


def _open(browser: Browser, origin: str, scheme: Any, size: Any, javascript: bool = True) -> tuple[Page, list[str]]:
    context = browser.new_context(base_url=origin, color_scheme=scheme, viewport=size, java_script_enabled=javascript)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return page, trouble


def _sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def _look(page: Page) -> None:
    """No barrier that axe finds, nothing wider than the screen."""
    devtools = page.context.new_cdp_session(page)  # the page's own policy lets no script in from outside
    devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
    ask = "axe.run().then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes.map(n => n.html)])))"
    said = devtools.send("Runtime.evaluate", {"expression": ask, "awaitPromise": True})
    assert json.loads(said["result"]["value"]) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than the screen"


def _look_without_script(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
