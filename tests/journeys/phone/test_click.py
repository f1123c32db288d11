"""A customer is called by click: the member's browser, our gateway, the carrier's telephone, sound and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from presszero.channels.models import Line
from presszero.conversations.models import Note
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.ports import free_ports
from tests.telephones import Telephone, rtpengine
from tests.waiting import until

from .office import Gateway, telephone_line
from .test_desk import MENU, Loop, loop
from .test_people import ADA, MAYA, Seat, ada_hears

__all__ = ["loop"]  # a fixture
pytestmark = [pytest.mark.xdist_group("phone")]
MOBILE = "+491761234567"


@pytest.mark.long
def test_a_customer_is_called_by_click_and_hears_keys(
    house: House, loop: Loop, shop: Shop, sit_down: Callable[..., Desk], tmp_path: Path
) -> None:
    ada = loop.run(Telephone(("127.0.0.1", 9), tone=float(ADA)).open())
    line = telephone_line(shop, f"+4930{shop.merchant.id:07d}", MENU, host="127.0.0.1", port=ada._port)
    ng, keys = free_ports(2)
    with rtpengine(tmp_path, ng, keys):
        gateway = Gateway(tmp_path, ng, keys)
        try:
            loop.run(gateway.start(), 90)
            ada._gateway = gateway.address
            _calls_her(Seat(sit_down(), shop.maya, MAYA), ada, line)
        finally:
            gateway.stop()
            loop.soon(ada.close)


def _calls_her(maya: Seat, ada: Telephone, line: Line) -> None:
    maya.page.locator("#rail .phone-opens").click()
    maya.page.get_by_role("textbox", name="Number").fill("+49 176 1234567")
    maya.page.keyboard.press("Enter")
    maya.talks()
    maya.hears(ADA)
    ada_hears(ada, MAYA)
    maya.act("keys")
    for key in "17#":
        maya.page.locator(f'[data-act="k{key}"]').click()
    until(lambda: ada.ear.pressed == "17#", 10, "the keys at her telephone")
    maya.act("end")
    until(ada.hung_up.is_set, 10, "the end of her call")
    words = maya.page.get_by_role("textbox", name="What was said")
    words.fill("She will send it back.")
    maya.page.get_by_role("button", name="Write it down").click()
    expect(maya.page.locator(".phone-bar")).to_be_hidden()
    assert Note.objects.get(merchant_id=line.merchant_id, call="out").text == "She will send it back."
    assert ada.number == MOBILE
