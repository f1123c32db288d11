"""Every page, in light and in dark, on a desk and on a phone: nothing for axe to find, and all of it by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from presszero.conversations.models import Conversation, Macro
from presszero.launch.steps import ALL
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

_AXE = Path(settings.BASE_DIR) / "clients" / "node_modules" / "axe-core" / "axe.min.js"
_FOLLOW = """
() => [...document.querySelectorAll("a[href]")].filter((a) => !a.hasAttribute("download") && a.target !== "_blank")
    .map((a) => a.getAttribute("href"))
"""
_REACHABLE = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.getClientRects().length
        && !(e.type === "radio" && !e.checked)).map((e, n) => { e.dataset.seen = n; return n; })
"""
_RUN = """async (rules) => {
    const only = rules ? { runOnly: rules } : {};
    return (await axe.run({ resultTypes: ["violations"], ...only })).violations;
}"""
_WHICH = "(number) => document.querySelector(`[data-seen='${number}']`)?.outerHTML.slice(0, 120)"


@cache
def axe() -> str:
    assert _AXE.exists(), "axe-core is not there; bin/setup --dev installs it"
    return _AXE.read_text()


@pytest.fixture
def busy(shop: Shop, ada: Customer, ben: Customer) -> Shop:
    """A shop with something on every page."""
    mail = ada.mail(shop, "Where is my order 1042?\n\nOn Monday you wrote:\n> Soon.\n", "Order 1042")
    mail.add_alternative("<p>Where is my order <b>1042</b>?</p>", subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="order.pdf")
    ada.house.take_mail(mail, shop.line.address)
    ben.posts(shop, "When do you open?", "Opening hours")
    Macro.objects.create(merchant=shop.merchant, name="Hello", text="Hello {{ customer.first_name }}")
    until(lambda: Conversation.objects.filter(merchant=shop.merchant).count() == 2)
    return shop


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(busy: Shop, sit_down: Callable[..., Desk], dark: bool) -> None:
    guest = sit_down(dark=dark)
    found = [each for address in ("/sign-in", "/forgot") for each in _look(guest.page, address, dark)]
    desk = sit_down(busy.team["rosa"], dark=dark)
    seen, waiting = set[str](), ["/desk/mine", "/search?q=1042", "/ui", "/nothing-here"]
    waiting += [f"/conversations/{each.id}" for each in Conversation.objects.filter(merchant=busy.merchant)[:1]]
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "N", address.partition("?")[0])
        if kind in seen or not address.startswith("/") or address.startswith(("//", "/assets")):
            continue
        seen.add(kind)
        with desk.forgiving():
            found += _look(desk.page, address, dark)
        waiting += desk.page.evaluate(_FOLLOW)
    assert len(seen) > 15, f"only {sorted(seen)} were reached"
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_a_phone(busy: Shop, sit_down: Callable[..., Desk], dark: bool) -> None:
    phone = sit_down(busy.team["rosa"], phone=True, dark=dark)
    number = Conversation.objects.filter(merchant=busy.merchant).first().id  # type: ignore[union-attr]
    pages = ("/desk/unassigned", f"/conversations/{number}", "/settings/shop", "/settings/lines", "/me", "/readiness")
    pages += tuple(f"/setup/{step}" for step in ALL)
    found = [each for address in pages for each in _look(phone.page, address, dark)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("where", ["list", "conversation", "settings"])
def test_everything_on_a_page_is_reached_with_the_tab_key(
    busy: Shop, sit_down: Callable[..., Desk], where: str
) -> None:
    desk = sit_down(busy.team["rosa"])
    number = Conversation.objects.filter(merchant=busy.merchant).first().id  # type: ignore[union-attr]
    pages = {"list": "/desk/unassigned", "conversation": f"/conversations/{number}", "settings": "/settings/shop"}
    desk.page.goto(pages[where])
    desk.page.wait_for_load_state("load")
    desk.page.wait_for_timeout(700)  # the customer's panel comes on its own
    wanted = set(desk.page.evaluate(_REACHABLE))
    reached: set[int] = set()
    for _ in range(len(wanted) + 40):
        desk.press("Tab")
        at = desk.page.evaluate("document.activeElement?.dataset?.seen ?? null")
        if at is not None:
            reached.add(int(at))
    lost = wanted - reached
    assert not lost, [desk.page.evaluate(_WHICH, number) for number in lost]


def _look(page: Page, address: str, dark: bool) -> list[str]:
    """What axe has to say of a page. In the dark only colours can be worse."""
    page.goto(address)
    page.wait_for_load_state("load")
    page.evaluate(axe())
    broken = page.evaluate(_RUN, ["color-contrast"] if dark else None)
    said = []
    for rule in broken:
        where = "; ".join(f"{node['html'][:140]} {node['failureSummary'][:160]}" for node in rule["nodes"][:3])
        said.append(f"{address}: {rule['id']}: {rule['help']}: {where}")
    return said
