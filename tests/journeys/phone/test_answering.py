"""Who does not answer, at the real desk: they say not now, they let it ring, or their own telephone rings instead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from presszero.calls.models import Call, Leg, MobileEnd, Reception
from presszero.channels.models import Line
from presszero.routing.models import Presence
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.ports import free_ports
from tests.telephones import Telephone, rtpengine
from tests.waiting import until

from .office import Gateway, telephone_line
from .test_desk import MENU, Loop, gateway, line, loop
from .test_people import ADA, MAYA, TOMAS, Seat, ada_hears, calls_in

__all__ = ["gateway", "line", "loop"]  # fixtures
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("phone")]


def rings_at(seat: Seat, seconds: int = 20) -> None:
    expect(seat.page.locator(".phone-card")).to_be_visible(timeout=seconds * 1000)


def rings_no_more(seat: Seat) -> None:
    expect(seat.page.locator(".phone-cards")).to_be_hidden()


def stands(seat: Seat, how: str) -> None:
    """What the rail says of them."""
    expect(seat.page.locator("#me > summary")).to_contain_text(how)


def talk_and_hang_up(seat: Seat, phone: Telephone, loop: Loop, pitch: int) -> None:
    """Whoever it rings at now takes it: both are heard, and the caller hangs up."""
    seat.takes()
    seat.talks()
    seat.hears(ADA)
    ada_hears(phone, pitch)
    loop.run(phone.bye())
    expect(seat.page.locator(".phone-bar")).to_have_attribute("data-mood", "wraps")
    seat.act("nothing")
    expect(seat.page.locator(".phone-bar")).to_be_hidden()


def outcomes(line: Line) -> list[tuple[int | None, str]]:
    """Of the newest call: whom it rang at, and what they did."""
    call = Call.objects.filter(line=line).latest("id")
    until(lambda: Call.objects.filter(id=call.id).exclude(ended_at=None).exists(), 10, "the end of the call")
    return [(leg.member_id, leg.ended) for leg in Leg.objects.filter(call=call).order_by("id")]


def test_who_says_not_now_or_lets_it_ring_leaves_the_call_to_the_next_one(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    Reception.objects.filter(line=line).update(ring_seconds=5)
    maya, tomas = Seat(sit_down(), shop.maya, MAYA), Seat(sit_down(), shop.tomas, TOMAS)

    phone = calls_in(gateway, line, loop)
    rings_at(maya)
    maya.page.locator(".phone-card [data-act=decline]").click()
    rings_no_more(maya)
    rings_at(tomas)
    stands(maya, "Ready")
    talk_and_hang_up(tomas, phone, loop, TOMAS)
    assert outcomes(line) == [(shop.maya.id, "declined"), (shop.tomas.id, "hung_up")]
    call = Call.objects.filter(line=line).latest("id")
    tomas.page.goto(f"/conversations/{call.conversation_id}")
    expect(tomas.desk.talk.locator(".call-facts").last).to_contain_text("Maya said not now")

    for turn in (1, 2):  # somebody else each time: who talked to Tomas would ring at him first
        phone = calls_in(gateway, line, loop, f"+44207946{turn:04d}")
        rings_at(maya)
        rings_at(tomas)
        maya.desk.is_told("You missed a call of")
        rings_no_more(maya)
        stands(maya, "Ready" if turn == 1 else "Did not answer")
        talk_and_hang_up(tomas, phone, loop, TOMAS)
        assert outcomes(line) == [(shop.maya.id, "missed"), (shop.tomas.id, "hung_up")]
    expect(tomas.desk.talk.locator(".call-facts").last).to_contain_text("Maya did not answer")

    expect(maya.page.locator(".phone-bar")).to_contain_text("calls go to your colleagues")
    maya.act("ready")
    expect(maya.page.locator(".phone-bar")).to_be_hidden()
    stands(maya, "Ready")
    assert Presence.objects.get(member=shop.maya).ready
    phone = calls_in(gateway, line, loop, "+442079460003")
    talk_and_hang_up(maya, phone, loop, MAYA)


# --- their own telephone ---

NUMBER = "+491761234567"


class Mobile:
    """Where the line dials out: a member's own telephone rings, and they press its keys."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.phone = loop.run(Telephone(("127.0.0.1", 9), tone=float(MAYA)).open())
        self._rang = 0

    def rings(self) -> None:
        until(lambda: self.phone.rang > self._rang, 20, "the ringing of their own telephone")
        self._rang = self.phone.rang

    def takes(self, seat: Seat) -> None:
        self._loop.soon(lambda: self.phone.press("1"))
        seat.talks()

    def hangs_up(self) -> None:
        self._loop.soon(lambda: self.phone._send("BYE"))

    def is_hung_up(self) -> None:
        until(self.phone.hung_up.is_set, 10, "the end at their own telephone")
        self.phone.hung_up.clear()

    def hears(self, *pitches: int) -> None:
        def so() -> bool:
            return {pitch for pitch in (ADA, TOMAS) if self.phone.ear.share(pitch) > 0.1} == set(pitches)

        until(so, 20, f"that the mobile hears {pitches} ({self.phone.ear.sources})")


@pytest.fixture
def mobile(loop: Loop) -> Iterator[Mobile]:
    made = Mobile(loop)
    yield made
    loop.soon(made.phone.close)


@pytest.fixture
def trunk(shop: Shop, mobile: Mobile) -> Line:
    """A line whose carrier rings that telephone."""
    return telephone_line(shop, f"+4930{shop.merchant.id:07d}", MENU, host="127.0.0.1", port=mobile.phone._port)


@pytest.fixture
def exchange(house: House, trunk: Line, mobile: Mobile, loop: Loop, tmp_path: Path) -> Iterator[Gateway]:
    ng, keys = free_ports(2)
    with rtpengine(tmp_path, ng, keys):
        made = Gateway(tmp_path, ng, keys)
        try:
            loop.run(made.start(), 90)
            mobile.phone._gateway = made.address
            yield made
        finally:
            made.stop()


def wants_their_mobile(seat: Seat) -> None:
    """On their own page, as they do."""
    seat.page.goto("/me/phone")
    seat.page.get_by_role("textbox", name="Number").fill("0176 1234567")
    seat.page.get_by_label("Always, beside the desk").check()
    seat.page.get_by_role("button", name="Save").click()
    expect(seat.page.get_by_text("not confirmed yet")).to_be_visible()
    seat.page.goto("/desk/mine")
    seat.desk.is_live()


def test_a_members_own_telephone_rings_and_the_desk_moves_the_call(
    exchange: Gateway, trunk: Line, mobile: Mobile, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya, tomas = Seat(sit_down(), shop.maya, MAYA), Seat(sit_down(), shop.tomas, TOMAS)
    wants_their_mobile(maya)
    bar = maya.page.locator(".phone-bar")

    phone = calls_in(exchange, trunk, loop)
    mobile.rings()
    expect(bar).to_contain_text("rings on your own phone")
    loop.run(sleeps(1.5))
    assert not phone.ear.hears(float(MAYA)), "somebody picked up, and nobody pressed a key"
    mobile.takes(maya)
    expect(bar).to_contain_text("on your own phone")
    expect(maya.page.locator("#talk")).to_be_visible()  # their conversation, opened by itself
    ada_hears(phone, MAYA)
    mobile.hears(ADA)
    assert MobileEnd.objects.get(member=shop.maya).confirmed_at

    maya.holds()
    ada_hears(phone)
    assert not phone.ear.silent(), "she hears music"
    mobile.hears()
    maya.takes_back()
    ada_hears(phone, MAYA)
    mobile.hears(ADA)
    maya.page.reload()
    maya.talks()
    passed_on(maya, tomas, mobile, phone)
    loop.run(phone.bye())
    tomas.act("nothing")
    either_end_hangs_up(exchange, trunk, maya, mobile, loop)


def passed_on(maya: Seat, tomas: Seat, mobile: Mobile, phone: Telephone) -> None:
    """To a colleague who is asked first, all of it from the desk."""
    maya.act("pass")
    maya.picks("Tomas", "Ask first")
    tomas.takes()
    mobile.hears(TOMAS)
    tomas.hears(MAYA)
    ada_hears(phone)
    maya.act("complete")
    mobile.is_hung_up()
    tomas.hears(ADA)
    ada_hears(phone, TOMAS)


def either_end_hangs_up(exchange: Gateway, trunk: Line, maya: Seat, mobile: Mobile, loop: Loop) -> None:
    phone = calls_in(exchange, trunk, loop, "+442079460001")
    mobile.rings()
    mobile.takes(maya)
    mobile.hears(ADA)
    mobile.hangs_up()
    until(phone.hung_up.is_set, 10, "the end of her call")
    expect(maya.page.get_by_role("textbox", name="What was said")).to_be_visible()
    maya.act("nothing")
    loop.soon(phone.close)

    phone = calls_in(exchange, trunk, loop, "+442079460002")
    mobile.rings()
    mobile.takes(maya)
    ada_hears(phone, MAYA)
    maya.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
    mobile.is_hung_up()
    loop.soon(phone.close)


def test_a_mailbox_takes_no_call_and_not_now_is_said_at_the_desk(
    exchange: Gateway, trunk: Line, mobile: Mobile, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya, tomas = Seat(sit_down(), shop.maya, MAYA), Seat(sit_down(), shop.tomas, TOMAS)
    wants_their_mobile(maya)

    phone = calls_in(exchange, trunk, loop)
    mobile.rings()  # and is picked up at once, by a mailbox that speaks to the end
    rings_at(tomas, 40)
    assert not phone.ear.hears(float(MAYA))
    mobile.is_hung_up()
    maya.desk.is_told("You missed a call of")
    talk_and_hang_up(tomas, phone, loop, TOMAS)
    assert outcomes(trunk) == [(shop.maya.id, "missed"), (shop.tomas.id, "hung_up")]
    assert MobileEnd.objects.get(member=shop.maya).confirmed_at is None

    mobile.phone.answers = False
    phone = calls_in(exchange, trunk, loop, "+442079460001")
    mobile.rings()
    maya.page.locator(".phone-bar").get_by_role("button", name="Not now").click()
    talk_and_hang_up(tomas, phone, loop, TOMAS)
    assert outcomes(trunk) == [(shop.maya.id, "declined"), (shop.tomas.id, "hung_up")]
    stands(maya, "Ready")


async def sleeps(seconds: float) -> None:
    await asyncio.sleep(seconds)
