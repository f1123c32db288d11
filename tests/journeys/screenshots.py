"""Takes the pictures in docs/screenshots/ from the demo shop, for desk and phone, light and dark."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from presszero.demo import cast
from tests import chromium
from tests.ports import free_ports

from .desk import Desk
from .house import House
from .passer import Passer

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
# name → (who looks, on a phone, address, what to wait for); "" is the conversation about order 1042
PAGES = {
    "list": (cast.MAYA, False, "/desk/mine", "#rows a.row"),
    "desk": (cast.MAYA, False, "", "#side .panel"),
    "lines": (cast.TOMAS, False, "/settings/lines", "h1"),
    "quarantine": (cast.TOMAS, False, "/settings/quarantine", "table"),
    "yesterday": (cast.TOMAS, False, "/yesterday", ".tiles"),
    "service": (cast.TOMAS, False, "/insights/service", ".tiles"),
    "search": (cast.MAYA, False, "/search?q=parcel", "#rows a.row"),
    "view-builder": (cast.TOMAS, False, "/views/new", "h1"),
    "rules": (cast.TOMAS, False, "/settings/rules", "h1"),
    "privacy": (cast.TOMAS, False, "/settings/privacy", "h1"),
    "record": (cast.TOMAS, False, "/settings/record", "h1"),
    "import": (cast.TOMAS, False, "/settings/import", "h1"),
    "api": (cast.TOMAS, False, "/api/docs", "h1"),
    "authority": (cast.TOMAS, False, "/settings/authority", "h1"),
    "stores": (cast.TOMAS, False, "/settings/stores", "h1"),
    "suggestions": (cast.TOMAS, False, "/settings/suggestions", "h1"),
    "being-paid": (cast.TOMAS, False, "/settings/payments", "h1"),
    "order-typed": (cast.MAYA, False, "/orders/new", "h1"),
    "order-search": (cast.MAYA, False, "/search?q=1042", "#rows .group"),
    "promises": (cast.TOMAS, False, "/promises?show=risk", "h1"),
    "promises-kept": (cast.TOMAS, False, "/promises?show=kept", "h1"),
    "promise-settings": (cast.TOMAS, False, "/settings/promises", "h1"),
    "messages": (cast.TOMAS, False, "/settings/messages/late", "h1"),
    "to-many": (cast.TOMAS, False, "/outreach/new", "h1"),
    "writing-first": (cast.TOMAS, False, "/settings/writing-first", "h1"),
    "carriers": (cast.TOMAS, False, "/settings/carriers", "h1"),
    "forecasts": (cast.TOMAS, False, "/settings/forecasts", "h1"),
    "set-up": (cast.TOMAS, False, "/setup/look", ".first-preview"),
    "readiness": (cast.TOMAS, False, "/readiness", ".ready-part"),
    "pretend": (cast.TOMAS, False, "/pretend", "iframe"),
    "phone-list": (cast.MAYA, True, "/desk/waiting", "#rows a.row"),
    "phone-yesterday": (cast.MAYA, True, "/yesterday", ".tiles"),
    "phone-service": (cast.TOMAS, True, "/insights/service", ".tiles"),
    "phone-set-up": (cast.TOMAS, True, "/setup/hours", ".first-pick"),
    "phone-readiness": (cast.TOMAS, True, "/readiness", ".ready-part"),
    "phone-conversation": (cast.MAYA, True, "", ".stream article"),
    "phone-authority": (cast.TOMAS, True, "/settings/authority", "h1"),
    "phone-order-typed": (cast.MAYA, True, "/orders/new", "h1"),
    "phone-record": (cast.TOMAS, True, "/settings/record", "table"),
    "phone-promises": (cast.TOMAS, True, "/promises", "h1"),
    "phone-to-many": (cast.TOMAS, True, "/outreach", "h1"),
    "phone-alerts": (cast.MAYA, True, "/me/alerts", "h1"),
}
SETTLE = 1200  # milliseconds for fonts, slots and the frame beside


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="presszero-screenshots-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # PostgreSQL's own user must pass through
    house = House(home, "", "demo", PRESSZERO_PRETEND_PORT=str(free_ports(1)[0]))
    try:
        print("Opening the demo shop.")
        house.start(180)
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=chromium.program(), args=[*chromium.FLAGS, "--hide-scrollbars"]
            )
            for dark in (False, True):
                take_all(house, browser, dark)
            browser.close()
    finally:
        house.stop()
        shutil.rmtree(home, ignore_errors=True)
    return 0


def take_all(house: House, browser: Browser, dark: bool) -> None:
    shade = "dark" if dark else "light"
    guest = Desk(house, browser, dark=dark)
    guest.page.goto("/sign-in")
    keep(guest.page, f"sign-in-{shade}")
    desks = {(cast.MAYA, False): guest}
    for name, (who, phone, address, shown) in PAGES.items():
        if (who, phone) not in desks:
            desks[who, phone] = Desk(house, browser, phone=phone, dark=dark)
        desk = desks[who, phone]
        if not desk.page.url.startswith(house.origin) or "/sign-in" in desk.page.url:
            sign_in(desk, who)
        desk.page.goto(address or about_1042(desk.page))
        desk.page.wait_for_selector(shown)
        desk.page.wait_for_timeout(SETTLE)
        keep(desk.page, f"{name}-{shade}")
    take_doing(desks[cast.MAYA, False].page, shade)
    take_customers(house, browser, desks[cast.MAYA, False], dark)
    for desk in desks.values():
        desk.leave()
        for complaint in desk.complaints:
            print(f"The page complains: {complaint}", file=sys.stderr)


def take_doing(page: Page, shade: str) -> None:
    """What stands above a page while somebody works: anything by typing, and the warehouse's answer."""
    page.goto(about_1042(page))
    page.wait_for_selector(".side-line")
    page.keyboard.press("Control+k")
    page.keyboard.type("snooze")
    page.wait_for_timeout(SETTLE)
    keep(page, f"palette-{shade}")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".side-line").first.click()
    page.wait_for_timeout(SETTLE)
    keep(page, f"side-{shade}")
    page.keyboard.press("Escape")
    for key, name in (("b", "orders"), ("y", "remedy"), ("p", "order-by-link")):
        page.goto(about_1042(page))
        page.wait_for_selector("#side .panel")
        page.wait_for_timeout(SETTLE)
        page.keyboard.press(key)
        page.wait_for_timeout(SETTLE)
        keep(page, f"{name}-{shade}")


def take_customers(house: House, browser: Browser, maya: Desk, dark: bool) -> None:
    """A customer on a phone: the form, and the chat in the shop; and the chat as Maya sees it."""
    shade = "dark" if dark else "light"
    her = Passer(browser, f"{house.origin}/demo/shop", phone=True, dark=dark)
    her.goes_to("/contact")
    form = her.page.locator("script[data-form]").get_attribute("data-form")
    her.page.goto(f"{house.origin}/form/{form}")
    her.page.wait_for_timeout(SETTLE)
    keep(her.page, f"phone-form-{shade}")
    her.goes_to("/boots").opens_the_chat().writes("I take a 39. Which Fell is that in the half sizes?")
    maya.page.goto("/desk/unassigned")
    maya.open("I take a 39").reads("I take a 39")
    maya.answer("The Fell has no half sizes: take the 40, and wear thick socks to try it.")
    her.reads("take the 40")
    her.page.wait_for_timeout(SETTLE)
    keep(her.page, f"phone-chat-{shade}")
    maya.page.wait_for_timeout(SETTLE)
    keep(maya.page, f"chat-{shade}")
    her.leaves()


def sign_in(desk: Desk, who: cast.Person) -> None:
    desk.page.goto("/sign-in")
    desk.page.get_by_label("E-mail").fill(who.address)
    desk.page.get_by_label("Password").fill(cast.PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    desk.is_live()


def about_1042(page: Page) -> str:
    """Ada's conversation about her late boots, as it is opened from Maya's list."""
    page.goto("/desk/mine")
    return page.locator("#rows a.row", has_text="Ada Kowalski").first.get_attribute("href") or "/"


def keep(page: Page, name: str) -> None:
    """As a PNG of 256 colours, which a desk of flat colours hardly notices and which is a third as large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shot = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    path = FOLDER / f"{name}.png"
    shot.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(FOLDER.parents[1])}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    raise SystemExit(main())
