"""One hostile string in every field that anybody outside can fill, on every channel, while a real browser walks every
page of the product. It must run nowhere, fetch nothing, and be filled in by nobody.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import requests
from playwright.sync_api import Browser, Request

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until
from .passer import Passer
from .street import form_line, street
from .test_every_page import _FOLLOW
from .test_hostile_mail import CANARY, HOST, hostile

_FOUND = """() => [
    window.pwned ?? null,
    document.querySelectorAll("svg[onload], [onerror], [onfocus], body script:not([src]):not([type])").length,
    document.documentElement.outerHTML.includes("pz49"),
]"""
PAGES = 25  # at the least, of different kinds
WALKED = pytest.mark.parametrize("most", [30, pytest.param(10_000, marks=pytest.mark.long)], ids=["some", "all"])


class Hostile:
    """Speaks the chat's addresses without a browser's manners."""

    def __init__(self, house: House, line: Line) -> None:
        self.origin, self.base, self.line = house.origin, f"{house.origin}/chat/{line.token}", line
        self.session = requests.Session()
        self.session.headers.update(
            {"Origin": house.origin, "User-Agent": CANARY, "Referer": f"{house.origin}/?{CANARY}"}
        )

    def asks(self, method: str, what: str, given: object, *good: int) -> requests.Response:
        answer = self.session.request(method, f"{self.base}/{what}", json=given, headers=self._cookies(), timeout=20)
        assert answer.status_code in (good or (200, 204)), (what, answer.status_code, answer.text[:300])
        return answer

    def _cookies(self) -> dict[str, str]:
        """The cookie is for browsers that hold a local address for safe; this client does not."""
        return {"Cookie": "; ".join(f"{c.name}={c.value}" for c in self.session.cookies), "X-Forwarded-For": CANARY}


@WALKED
def test_x1_x5_x6_the_canary_sings_on_no_page(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk], most: int
) -> None:
    form = form_line(shop)
    form.settings |= {"topics": [{"name": "Late", "fields": [{"key": "order", "label": "Order", "kind": "text"}]}]}
    form.save()
    with street(house, shop) as (site, line):
        ada.house.take_mail(hostile(ada, shop), shop.line.address)
        _by_chat(Hostile(house, line), line)
        _by_form(browser, house, form)
        until(lambda: Conversation.objects.filter(merchant=shop.merchant).count() >= 3, 30, "three conversations")
        _walk(sit_down(shop.team["rosa"]).forgives(), shop, most)
        her = Passer(browser, site)
        reached: list[str] = []
        her.context.on("request", lambda request: _note(request, (house.origin, site), reached))
        her.goes_to().opens_the_chat().writes(CANARY)
        her.page.goto(f"{house.origin}/form/{form.token}?{CANARY}")
        assert reached == []
        her.leaves()


def _by_chat(mallory: Hostile, line: Line) -> None:
    page = {"url": f"https://juniper.example/{CANARY}", "title": CANARY}
    mallory.asks("POST", "visit", {"page": page, "language": CANARY, "cart": {"items": CANARY, "total": CANARY}})
    message = {
        "client_id": str(uuid.uuid4()),
        "text": f"{CANARY} [click](javascript:parent.pwned=1) ![](//{HOST}/i.png)",
        "new_matter": False,
        "attachments": [{"filename": f"{CANARY}.svg", "content_type": "image/svg+xml", "base64": "PHN2Zy8+"}],
    }
    mallory.asks("POST", "messages", message)
    until(lambda: Conversation.objects.filter(merchant=line.merchant, line=line).exists(), 20, "the chat")
    mallory.asks("POST", "address", {"email": "mallory@evil.example", "name": CANARY})
    mallory.asks("POST", "wish", {"matters": 3, "needed_by": "", "words": CANARY, "channel": "email"})
    mallory.asks("POST", "page", page)
    mallory.asks("POST", "typing", {})
    now = datetime.now(UTC)
    claims = {"sub": CANARY[:90], "name": CANARY, "email": "mallory@evil.example", "aud": line.token}
    claims |= {"iat": now, "exp": now + timedelta(minutes=5)}
    token = jwt.encode(claims, line.secrets["identity"], algorithm="HS256")
    mallory.asks("POST", "identity", {"token": token}, 200, 422)
    mallory.asks("POST", "messages", {**message, "client_id": str(uuid.uuid4()), "text": f"signed {CANARY}"}, 200, 401)


def _by_form(browser: Browser, house: House, form: Line) -> None:
    her = Passer(browser, house.origin)
    her.page.goto(f"{house.origin}/form/{form.token}")
    her.page.get_by_label("Late").check()
    her.page.get_by_label("Order").fill(CANARY)
    for label in ("In a few words", "Your message", "By when do you need it?", "Your name"):
        her.page.get_by_label(label).fill(CANARY)
    her.page.get_by_label("Your e-mail").fill("mallory@evil.example")
    files = [{"name": f"{CANARY}.html", "mimeType": "text/html", "buffer": b"<script>parent.pwned=1</script>"}]
    her.page.get_by_label("Pictures or files").set_input_files(files)
    her.page.wait_for_timeout(4000)
    her.page.get_by_role("button", name="Send").click()
    her.page.wait_for_url(re.compile("thanks|sent"))
    her.leaves()


def _walk(desk: Desk, shop: Shop, most: int) -> None:
    """Pages that can be reached from the desk, each kind once, and each of the hostile conversations: so many at most.

    The same string is at every address in tests/attacks/test_markup.py, without a browser.
    """
    reached: list[str] = []
    desk.context.on("request", lambda request: _note(request, (desk.house.origin,), reached))
    kinds, waiting = set[str](), ["/desk/mine", "/desk/unassigned", "/search?q=pz", "/readiness", "/yesterday"]
    everyone = Conversation.objects.filter(merchant=shop.merchant).values_list("id", "customer_id")
    waiting += [address for c, p in everyone for address in (f"/conversations/{c}", f"/customers/{p}")]
    always, been = set(waiting), set[str]()
    while waiting and len(kinds) < most:
        address = waiting.pop(0)
        if address in been:
            continue
        been.add(address)
        kind = re.sub(r"\d+", "N", address.partition("?")[0])
        if (
            (kind in kinds and address not in always)
            or not address.startswith("/")
            or address.startswith(("//", "/assets"))
        ):
            continue
        kinds.add(kind)
        desk.page.goto(address)
        desk.page.wait_for_timeout(200)  # slots come by themselves
        _nothing_ran(desk, reached, address)
        waiting += desk.page.evaluate(_FOLLOW)
    assert len(kinds) > PAGES, sorted(kinds)


def _nothing_ran(desk: Desk, reached: list[str], address: str) -> None:
    assert reached == [], address
    assert desk.page.evaluate(_FOUND) == [None, 0, False], address
    assert not [each for each in desk.complaints if "CSP" in each or "dialog" in each], address


def _note(request: Request, ours: tuple[str, ...], reached: list[str]) -> None:
    if not request.url.startswith((*ours, "data:", "blob:", "about:")):
        reached.append(request.url)
