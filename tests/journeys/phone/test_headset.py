"""A member works with the keys of a headset, and its lights say how the call stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from presszero.channels.models import Line
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.telephones import Telephone
from tests.waiting import until

from .headsets import FLASH, HOOK, MUTE, PRESSES, STANDS, TAKES_BACK, Played
from .office import Gateway
from .test_desk import Loop, gateway, line, loop
from .test_people import ADA, MAYA, Seat, ada_hears, calls_in

__all__ = ["gateway", "line", "loop"]  # fixtures
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("phone")]
REJECT = 0x090007


def shows(headset: Played, *lights: str) -> None:
    until(lambda: headset.lights() == set(lights), 10, f"that lights say {lights or 'nothing'}")


def is_over(phone: Telephone, loop: Loop) -> None:
    until(phone.hung_up.is_set, 10, "the end of the call")
    loop.soon(phone.close)


def writes_nothing(maya: Seat) -> None:
    maya.act("nothing")
    expect(maya.page.locator(".phone-bar")).to_be_hidden()


@pytest.mark.parametrize("reports", [PRESSES, STANDS], ids=["presses", "stands"])
def test_a_headset_answers_mutes_and_hangs_up_and_its_lights_follow(
    reports: list[dict[str, Any]],
    gateway: Gateway,
    line: Line,
    loop: Loop,
    shop: Shop,
    sit_down: Callable[..., Desk],
) -> None:
    desk = sit_down()
    headset = Played.plugged_into(desk.context, desk.page, reports)
    maya = Seat(desk, shop.maya, MAYA)

    phone = calls_in(gateway, line, loop)
    shows(headset, "rings")
    headset.press(HOOK)
    maya.talks()
    shows(headset, "off the hook")
    maya.page.wait_for_timeout(TAKES_BACK + 500)  # it was told that its press had an effect
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    headset.press(MUTE)
    shows(headset, "off the hook", "muted")
    ada_hears(phone)
    headset.press(MUTE)
    shows(headset, "off the hook")
    ada_hears(phone, MAYA)
    maya.act("mute")
    shows(headset, "off the hook", "muted")
    headset.press(MUTE)
    shows(headset, "off the hook")
    ada_hears(phone, MAYA)
    maya.page.reload()
    maya.talks()
    shows(headset, "off the hook")
    ada_hears(phone, MAYA)
    headset.press(HOOK)
    is_over(phone, loop)
    shows(headset)
    writes_nothing(maya)
    it_follows_the_desk(calls_in(gateway, line, loop, "+442079460001"), headset, maya, loop)


def it_follows_the_desk(phone: Telephone, headset: Played, maya: Seat, loop: Loop) -> None:
    """Unplugged and plugged in again, and where the mouse or the browser's own keys do the work."""
    shows(headset, "rings")
    headset.unplug()
    headset.plug()
    shows(headset, "rings")
    maya.takes()  # by the mouse: the headset goes off the hook because it is told so, and that is no press
    maya.talks()
    shows(headset, "off the hook")
    maya.page.wait_for_timeout(500)
    ada_hears(phone, MAYA)
    headset.unplug()
    headset.plug()
    shows(headset, "off the hook")
    headset.media("togglemicrophone")
    shows(headset, "off the hook", "muted")
    headset.media("togglemicrophone")
    shows(headset, "off the hook")
    headset.media("hangup")
    is_over(phone, loop)
    shows(headset)


def test_a_headset_says_not_now_and_holds_and_two_windows_hear_one_press(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down()
    headset = Played.plugged_into(desk.context, desk.page, PRESSES)
    maya = Seat(desk, shop.maya, MAYA)
    tomas = Seat(sit_down(), shop.tomas, MAYA)

    phone = calls_in(gateway, line, loop)
    shows(headset, "rings")
    headset.press(REJECT)
    tomas.takes()
    shows(headset)
    tomas.talks()
    tomas.act("end")
    is_over(phone, loop)

    phone = calls_in(gateway, line, loop, "+442079460001")
    shows(headset, "rings")
    headset.press(HOOK)
    maya.talks()
    headset.press(FLASH)
    shows(headset, "off the hook", "held")
    expect(maya.page.locator(".phone-bar")).to_have_attribute("data-mood", "held")
    headset.press(FLASH)
    maya.talks()
    shows(headset, "off the hook")

    second = desk.context.new_page()
    desk.watch(second)
    second.goto("/desk/mine")
    expect(second.locator(".phone-bar")).to_be_visible()
    for page in (second, maya.page):  # one key, heard in both
        page.evaluate("usage => window.played.press(usage)", MUTE)
    muted = second.locator(".phone-bar [data-act=mute]")
    expect(muted).to_have_attribute("aria-pressed", "true")
    ada_hears(phone)
    expect(maya.page.locator(".phone-bar [data-act=mute]")).to_have_attribute("aria-pressed", "true")
    maya.act("end")
    is_over(phone, loop)
