"""A real call at the real desk: SIP and sound from a telephone, a key of the menu, a member's browser, and back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Page, expect

from presszero.calls.models import Call, Leg
from presszero.channels.models import Line
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.journeys.exchange import PITCH, Exchange
from tests.journeys.house import House
from tests.ports import free_ports
from tests.telephones import Telephone, rtpengine
from tests.waiting import until

from .office import Gateway, on_duty, telephone_line

pytestmark = [pytest.mark.xdist_group("phone")]
T = TypeVar("T")
MENU: dict[str, Any] = {
    "start": "hello",
    "languages": ["en"],
    "nodes": {
        "hello": {
            "kind": "choose",
            "name": "Greeting",
            "heard": {"texts": {"en": "Welcome to Juniper and Company. For your order press one."}},
            "choices": {"1": {"name": "Order", "to": "bye"}},
        },
        "bye": {"kind": "end", "name": "Bye", "heard": {"texts": {"en": "Good bye."}}},
    },
}


class Loop:
    """An event loop of its own, for telephones beside a browser that has one already."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, story: Coroutine[Any, Any, T], seconds: float = 60) -> T:
        told: Future[T] = asyncio.run_coroutine_threadsafe(story, self._loop)
        return told.result(seconds)

    def soon(self, act: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(act)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def line(shop: Shop) -> Line:
    return telephone_line(shop, f"+4930{shop.merchant.id:07d}", MENU)


@pytest.fixture
def gateway(house: House, line: Line, loop: Loop, tmp_path: Path) -> Iterator[Gateway]:
    """The relay and the gateway, over the running product's database."""
    ng, keys = free_ports(2)
    with rtpengine(tmp_path, ng, keys):
        made = Gateway(tmp_path, ng, keys)
        try:
            yield loop.run(made.start(), 90)
        finally:
            made.stop()


def hears_the_caller(page: Page) -> None:
    until(lambda: abs(Exchange.pitch_at(page) - PITCH) < 15, 10, "the caller's voice at the desk")


def is_heard(phone: Telephone) -> None:
    phone.ear.heard.clear()
    until(lambda: not phone.ear.silent(), 10, "the member's voice at the telephone")


def test_zero_leads_from_a_telephone_to_the_desk_and_on_to_a_colleague(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(shop.maya)
    on_duty(shop.maya)
    phone = loop.run(Telephone(gateway.address, number="+442079460123", tone=float(PITCH)).open())
    assert loop.run(phone.call(line.address)) == 200
    loop.soon(lambda: phone.press("0"))
    card = desk.page.get_by_role("article", name="calls")
    expect(card).to_contain_text("+44 20 7946 0123")
    desk.page.keyboard.press("Alt+a")
    bar = desk.page.locator(".phone-bar")
    expect(bar).to_have_attribute("data-mood", "talks")
    hears_the_caller(desk.page)
    is_heard(phone)

    desk.page.reload()
    expect(bar).to_have_attribute("data-mood", "talks")
    hears_the_caller(desk.page)
    is_heard(phone)

    desk.page.keyboard.press("Alt+h")
    expect(bar).to_contain_text("On hold")
    desk.page.keyboard.press("Alt+h")
    expect(bar).to_have_attribute("data-mood", "talks")

    other = sit_down(shop.tomas)
    on_duty(shop.tomas)
    desk.page.keyboard.press("Alt+t")
    desk.page.get_by_role("listitem").filter(has_text="Tomas").get_by_role("button", name="Pass on").click()
    other.page.get_by_role("button", name="Answer").click()
    hears_the_caller(other.page)
    is_heard(phone)
    expect(bar).to_be_hidden()
    loop.run(phone.bye())
    expect(other.page.get_by_role("textbox", name="What was said")).to_be_visible()
    call = Call.objects.get(line=line)
    until(lambda: Call.objects.filter(id=call.id).exclude(ended_at=None).exists(), 10, "the end of the call")
    assert [leg.member_id for leg in Leg.objects.filter(call=call).order_by("id")] == [shop.maya.id, shop.tomas.id]
