"""Every page, in light and in dark, on a desk and on a phone: nothing for axe to find, and all of it by keyboard."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from presszero.conversations.models import Conversation, Macro, SavedView
from presszero.desk.views.settings.frame import PARTS
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
        && !(e.type === "radio" && !e.checked)).map((e, n) => { e.seen = n; return n; })
"""
_RUN = """async (more) => (await axe.run({ resultTypes: ["violations"], ...more })).violations"""
# The views are the same beside every page, and looked at where colours are.
_BESIDE_THE_RAIL = _RUN.replace("axe.run(", "axe.run({ exclude: [['#rail']] }, ")
_COLOURS = {"runOnly": ["color-contrast"]}
_ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
_SETTLED = """() => Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""
_WITH_AXE: WeakSet[BrowserContext] = WeakSet()
_WHICH = "(number) => [...document.querySelectorAll('*')].find((e) => e.seen === number)?.outerHTML.slice(0, 120)"


# Where colours are looked at, in light and in the dark: they are tokens, and the kit shows every component.
Dark = tuple[str, ...] | None  # None: everywhere
_SAMPLE = ("/ui", "/sign-in", "/desk/", "/conversations/", "/settings/rules", "/settings/authority", "/yesterday")
# Where one template draws many pages that differ in words alone: two of each.
_ONE_TEMPLATE = ("/desk/", "/settings/messages/", "/settings/import/new/", "/settings/carriers/new/")
_MOST = 12  # pages whose links are followed too; all are with bin/test --long
DARK = pytest.mark.parametrize("dark", [_SAMPLE, pytest.param(None, marks=pytest.mark.long)], ids=["some", "all"])


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


@DARK
def test_axe_finds_nothing_on_any_page(busy: Shop, sit_down: Callable[..., Desk], dark: Dark) -> None:
    guest = sit_down()
    found = [each for address in ("/sign-in", "/forgot") for each in look(guest.page, address, dark)]
    desk = sit_down(busy.team["rosa"])
    seen, drawn = set[str](), Counter[str]()
    waiting = ["/desk/unassigned", "/desk/mine", "/search?q=1042", "/ui", "/nothing-here", f"/views/{_view(busy)}"]
    waiting += [f"/settings/{part}" for part in PARTS]
    waiting += [f"/conversations/{each.id}" for each in Conversation.objects.filter(merchant=busy.merchant)[:1]]
    desk.forgives()  # some of these pages say that there is nothing, and the console tells
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "N", re.split("[?#]", address)[0])
        if kind in seen or not address.startswith("/") or address.startswith(("//", "/assets", "/api/openapi.json")):
            continue
        of = next((each for each in _ONE_TEMPLATE if kind.startswith(each)), "")
        drawn[of] += 1
        if of and dark is not None and drawn[of] > 2:
            continue
        seen.add(kind)
        found += look(desk.page, address, dark)
        if dark is None or len(seen) < _MOST:
            waiting += desk.page.evaluate(_FOLLOW)
    assert {f"/settings/{part}" for part in PARTS} <= seen, f"only {sorted(seen)} were reached"
    assert not found, "\n".join(found)


@DARK
def test_axe_finds_nothing_on_a_phone(busy: Shop, sit_down: Callable[..., Desk], dark: Dark) -> None:
    phone = sit_down(busy.team["rosa"], phone=True)
    number = Conversation.objects.filter(merchant=busy.merchant).first().id
    pages = ("/desk/unassigned", f"/conversations/{number}", "/settings/lines", "/me", "/me/alerts", "/readiness")
    pages += (
        "/views",
        "/views/new",
        f"/views/{_view(busy)}",
        "/yesterday",
        "/insights/service",
        "/settings/rules/new",
        "/settings/macros/new",
    )
    pages += tuple(f"/settings/{part}" for part in PARTS) if dark is None else ()
    pages += tuple(f"/setup/{step}" for step in ALL)
    found = [each for address in pages for each in look(phone.page, address, dark)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("where", ["list", "conversation", "settings"])
def test_everything_on_a_page_is_reached_with_the_tab_key(
    busy: Shop, sit_down: Callable[..., Desk], where: str
) -> None:
    desk = sit_down(busy.team["rosa"])
    number = Conversation.objects.filter(merchant=busy.merchant).first().id
    pages = {"list": "/desk/unassigned", "conversation": f"/conversations/{number}", "settings": "/settings/shop"}
    desk.page.goto(pages[where])
    desk.is_live()
    if where == "conversation":
        expect(desk.panel).to_contain_text("Good to know")  # it comes on its own
    wanted = set(desk.page.evaluate(_REACHABLE))
    reached: set[int] = set()
    for _ in range(len(wanted) + 40):
        desk.press("Tab")
        at = desk.page.evaluate("document.activeElement?.seen ?? null")
        if at is not None:
            reached.add(int(at))
    lost = wanted - reached
    assert not lost, [desk.page.evaluate(_WHICH, number) for number in lost]


def _view(busy: Shop) -> int:
    """A saved view with something in it."""
    asks = {"field": "subject", "op": "contains", "value": "1042"}
    known = {"merchant": busy.merchant, "name": "Orders"}
    return SavedView.objects.get_or_create(**known, defaults={"by": busy.team["rosa"], "filter": asks})[0].id


def look(page: Page, address: str, dark: Dark = None) -> list[str]:
    """What axe has to say of a page; where colours are looked at, in the dark too, where only they can be worse."""
    if page.context not in _WITH_AXE:
        page.context.add_init_script(axe())  # half a megabyte: handed over once, and not with every page
        _WITH_AXE.add(page.context)
    page.goto(address)
    page.wait_for_load_state("load")
    if dark is not None and not address.startswith(dark):
        return _said(address, page.evaluate(_BESIDE_THE_RAIL, _ALL_BUT_COLOURS))
    said = _said(address, page.evaluate(_RUN, {}))
    page.emulate_media(color_scheme="dark")
    page.evaluate(_SETTLED)
    said += _said(f"{address} in the dark", page.evaluate(_RUN, _COLOURS))
    page.emulate_media(color_scheme="light")
    return said


def _said(address: str, broken: list[dict[str, Any]]) -> list[str]:
    said = []
    for rule in broken:
        where = "; ".join(f"{node['html'][:140]} {node['failureSummary'][:160]}" for node in rule["nodes"][:3])
        said.append(f"{address}: {rule['id']}: {rule['help']}: {where}")
    return said
