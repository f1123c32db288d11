"""A call at a provider comes into the page by the provider's own program: rung, heard both ways, keyed, ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Playwright, expect

from presszero.calls.models import Call, Leg
from presszero.routing.models import Presence
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.telephones import Telephone
from tests.waiting import until

from .provider import AtTheProvider, at_the_provider, browser_to
from .test_desk import Loop, loop
from .test_people import ADA, MAYA, NUMBER, TOMAS, Seat, ada_hears

__all__ = ["loop"]  # a fixture
pytestmark = [pytest.mark.xdist_group("phone")]


@pytest.fixture
def place(house: House, shop: Shop, tmp_path: Path) -> Iterator[AtTheProvider]:
    with at_the_provider(house, shop, tmp_path) as made:
        yield made


@pytest.fixture
def browser(place: AtTheProvider, _playwright: Playwright) -> Iterator[Browser]:
    with browser_to(_playwright, place.door) as running:
        yield running


@pytest.fixture
def calls(place: AtTheProvider, loop: Loop) -> Iterator[Callable[[], Telephone]]:
    """Ada calls, and asks for a person."""
    phones: list[Telephone] = []

    def call() -> Telephone:
        phones.append(loop.run(Telephone(place.address, number=NUMBER, tone=float(ADA)).open()))
        assert loop.run(phones[-1].call(place.line.address)) == 200
        loop.soon(lambda: phones[-1].press("0"))
        return phones[-1]

    yield call
    for phone in phones:
        loop.soon(phone.close)


def rings(seat: Seat) -> None:
    expect(seat.page.locator(".phone-card .answer")).to_be_visible()


def is_over(place: AtTheProvider, ended: str) -> Call:
    """Their one call, once it has ended like that; nobody's end is left at the provider."""
    mine = Call.objects.filter(line=place.line)
    until(lambda: mine.exclude(ended_at=None).exists(), 15, "the end of the call")
    left = ("ringing", "in-progress")
    until(lambda: all(phone.status not in left for phone in place.provider.phones), 15, "the end of every end")
    call = mine.get()
    assert call.ended == ended
    return call


def test_a_call_rings_in_the_page_and_both_are_heard(
    place: AtTheProvider, shop: Shop, loop: Loop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    desk = sit_down()
    elsewhere: list[str] = []
    desk.page.on("request", lambda asked: elsewhere.append(asked.url))
    desk.page.on("websocket", lambda socket: elsewhere.append(socket.url))
    maya = Seat(desk, shop.maya, MAYA)
    phone = calls()
    maya.takes()
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    loop.run(phone.bye())
    expect(maya.page.get_by_role("textbox", name="What was said")).to_be_visible()
    is_over(place, "served")
    outside = {url for url in elsewhere if "//127.0.0.1" not in url and not url.startswith(("data:", "blob:"))}
    assert outside == {"wss://voice-js.roaming.twilio.com/signal"}, "the call, and nothing beside it"


@pytest.mark.long
def test_a_talk_is_muted_held_keyed_and_survives_a_reload(
    place: AtTheProvider, shop: Shop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls()
    maya.takes()
    maya.talks()
    ada_hears(phone, MAYA)
    maya.act("mute")
    ada_hears(phone)
    maya.hears(ADA)
    maya.act("mute")
    ada_hears(phone, MAYA)
    maya.holds()
    ada_hears(phone)
    maya.hears()
    maya.takes_back()
    ada_hears(phone, MAYA)
    maya.act("keys")
    for key in "4#":
        maya.page.locator(f'[data-act="k{key}"]').click()
    until(lambda: phone.ear.pressed == "4#", 10, "the keys at her telephone")

    maya.page.reload()
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    maya.act("mute")
    ada_hears(phone)
    maya.act("mute")
    ada_hears(phone, MAYA)
    maya.page.wait_for_timeout(3000)  # so that it is measured
    maya.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
    call = is_over(place, "served")
    leg = Leg.objects.get(call=call)
    until(lambda: Call.objects.get(id=call.id).quality, 10, "how it sounded")
    assert 3.1 < Call.objects.get(id=call.id).quality[str(leg.id)]["mos"] < 5
    assert leg.member_id == shop.maya.id, "one end, and it was hers throughout"


@pytest.mark.long
def test_a_ring_is_declined_called_off_and_found_again(
    place: AtTheProvider, shop: Shop, loop: Loop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls()
    rings(maya)
    [first] = until(lambda: place.provider.ringing("client:"), 10, "the ring in the page")
    tomas = Seat(sit_down(), shop.tomas, TOMAS)
    maya.page.reload()
    until(
        lambda: first.status == "canceled" and place.provider.ringing("client:"),
        10,
        "the ring in the page as it is now",
    )
    rings(maya)
    maya.page.locator(".phone-card [data-act=decline]").click()
    rings(tomas)
    expect(maya.page.locator(".phone-card")).to_be_hidden()
    loop.run(phone.bye())
    expect(tomas.page.locator(".phone-card")).to_be_hidden()
    is_over(place, "abandoned")


@pytest.mark.long
def test_a_network_that_breaks_and_a_token_that_ends_cost_no_word(
    place: AtTheProvider, shop: Shop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    place.door.lasts = 33  # seconds; the page asks for the next thirty before
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls()
    maya.takes()
    maya.talks()
    ada_hears(phone, MAYA)
    until(lambda: len(place.door.tokens) > 1, 15, "a newer token")
    maya.hears(ADA)
    place.door.lasts = None
    place.wire.do(place.door.cut())
    until(lambda: any(kind == "invite" and said["reconnect"] for kind, said in place.door.said), 15, "the way back")
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    maya.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
    is_over(place, "served")


@pytest.mark.long
def test_another_window_takes_it_and_who_closes_both_loses_it_to_a_colleague(
    place: AtTheProvider, shop: Shop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    second = maya.desk.context.new_page()
    maya.desk.watch(second)
    second.goto("/desk/mine")
    expect(second.locator("#desk")).to_have_attribute("data-connected", "1")
    phone = calls()
    maya.takes()  # whether or not the other window is rung as well by now
    maya.talks()
    ada_hears(phone, MAYA)
    second.locator(".phone-bar [data-act=here]").click()
    first, maya.page = maya.page, second
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    expect(first.locator(".phone-bar [data-act=here]")).to_be_visible()

    place.door.away = 1.0
    tomas = Seat(sit_down(), shop.tomas, TOMAS)
    first.close()
    second.close()
    Presence.objects.filter(member=shop.maya).update(seen_at=timezone.now() - timedelta(minutes=10))
    tomas.takes()
    tomas.talks()
    tomas.hears(ADA)
    ada_hears(phone, TOMAS)
    tomas.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
    call = is_over(place, "served")
    ends = Leg.objects.filter(call=call).order_by("id").values_list("member_id", "ended")
    assert list(ends)[0] == (shop.maya.id, "lost") and list(ends)[-1][0] == shop.tomas.id


@pytest.mark.long
def test_a_member_calls_a_customer_from_the_page(
    place: AtTheProvider, shop: Shop, loop: Loop, sit_down: Callable[..., Desk]
) -> None:
    ada = loop.run(Telephone(place.address, tone=float(ADA)).open())
    place.provider.telephone = lambda phone: ada
    maya = Seat(sit_down(), shop.maya, MAYA)
    maya.page.locator("#rail .phone-opens").click()
    maya.page.get_by_role("textbox", name="Number").fill("+49 176 1234567")
    maya.page.keyboard.press("Enter")
    maya.talks()
    maya.hears(ADA)
    ada_hears(ada, MAYA)
    maya.act("end")
    until(ada.hung_up.is_set, 10, "the end of her call")
    is_over(place, "served")
    loop.soon(ada.close)


@pytest.mark.long
def test_a_microphone_that_is_not_allowed_is_told_and_the_call_goes_on_ringing(
    place: AtTheProvider, shop: Shop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls()
    rings(maya)
    maya.page.evaluate(
        """() => { const voice = navigator.mediaDevices.getUserMedia;
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
        window.allow = () => { navigator.mediaDevices.getUserMedia = voice; }; }"""
    )
    maya.takes()
    expect(maya.page.locator(".phone-card")).to_contain_text(re.compile("microphone", re.IGNORECASE))
    maya.page.evaluate("() => window.allow()")
    maya.takes()
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)


@pytest.mark.long
def test_a_lead_listens_is_asked_and_takes_the_call(
    place: AtTheProvider, shop: Shop, sit_down: Callable[..., Desk], calls: Callable[[], Telephone]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls()
    maya.takes()
    maya.talks()
    ada_hears(phone, MAYA)
    tomas = Seat(sit_down(), shop.tomas, TOMAS)
    tomas.page.goto(f"/conversations/{Call.objects.get(line=place.line).conversation_id}")
    expect(tomas.page.locator("#rail .phone-opens")).to_be_visible()  # the phone is there
    tomas.page.locator("[data-listen]").click()
    tomas.hears(ADA, MAYA)
    ada_hears(phone, MAYA)
    maya.hears(ADA)
    tomas.act("end")
    expect(tomas.page.locator(".phone-bar")).to_be_hidden()

    maya.act("pass")
    maya.picks("Tomas", "Ask first")
    tomas.takes()
    maya.hears(TOMAS)
    tomas.hears(MAYA)
    maya.act("complete")
    tomas.talks()
    tomas.hears(ADA)
    ada_hears(phone, TOMAS)
    tomas.page.reload()
    tomas.talks()
    tomas.hears(ADA)
    ada_hears(phone, TOMAS)
    tomas.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
    is_over(place, "served")
