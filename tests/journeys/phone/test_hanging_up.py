"""Whoever hangs up, and when: nobody is left behind, neither with us nor with whoever carries the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from presszero.calls.models import Leg
from presszero.team.models import Membership, Role
from tests import cast
from tests.telephones import Telephone
from tests.waiting import crowded
from tests.waiting_async import run

from .either import (
    OURS,
    Opened,
    both_hear,
    by_either,
    end_of,
    ended,
    hears_no_member,
    member_hears,
    nobody_is_left,
    rung,
)
from .office import Place, asks, eventually, on_duty, telephone_line
from .zeros import MENU, STATES, zero_from

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]

Moment = Callable[[Place, Telephone, Leg, Membership], Awaitable[None]]


@by_either()
def test_who_hangs_up_in_any_state_of_the_menu_leaves_nobody_behind(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)
    on_duty(shop.maya)

    async def story() -> None:
        async with opened(tmp_path) as place:
            for way in ("rtp", "info"):
                await asyncio.gather(*(_hangs_up(place, n, way, state) for n, state in enumerate(STATES.values())))
                await nobody_is_left(place)
            await zero_from(place, "in the menu", "rtp")
            await nobody_is_left(place)

    run(story())


async def _hangs_up(place: Place, number: int, way: str, state: tuple[str, float]) -> None:
    keys, seconds = state
    phone = await place.calls(number=f"+4917600001{number:02}")
    await asyncio.sleep(0.3)
    for key in keys:
        phone.press(key, way)
        await asyncio.sleep(0.25)
    await asyncio.sleep(seconds)
    await phone.bye()


async def _rings(place: Place, phone: Telephone, leg: Leg, ben: Membership) -> None:
    """A colleague's telephone rings for a call passed on."""
    place.agents.answers = lambda leg: leg.member_id != ben.id
    await asks(leg.id, "transfer", to=f"member:{ben.id}", warm=False)
    await rung(ben.id)


async def _held(place: Place, phone: Telephone, leg: Leg, ben: Membership) -> None:
    await asks(leg.id, "hold")
    await hears_no_member(phone)


async def _asked(place: Place, phone: Telephone, leg: Leg, ben: Membership) -> None:
    """A colleague is asked, and the caller hears music."""
    await asks(leg.id, "transfer", to=f"member:{ben.id}", warm=True)
    await member_hears(place, await end_of(ben.id), OURS)
    await hears_no_member(phone)


async def _asked_and_rings(place: Place, phone: Telephone, leg: Leg, ben: Membership) -> None:
    place.agents.answers = lambda leg: leg.member_id != ben.id
    await asks(leg.id, "transfer", to=f"member:{ben.id}", warm=True)
    await rung(ben.id)


async def _three(place: Place, phone: Telephone, leg: Leg, ben: Membership) -> None:
    await asks(leg.id, "add", to=f"member:{ben.id}")
    await end_of(ben.id)
    await eventually(place.talking, lambda found: len(found) == 2)


MOMENTS: dict[str, Moment] = {
    "while a colleague is rung": _rings,
    "on hold": _held,
    "while a colleague is asked": _asked,
    "while a colleague who is to be asked is rung": _asked_and_rings,
    "among three": _three,
}


@by_either()
def test_a_caller_who_hangs_up_while_they_are_cared_for_leaves_nobody_behind(tmp_path: Path, opened: Opened) -> None:
    shop = cast.juniper()
    telephone_line(shop)
    ben = shop.member("Benita", Role.AGENT, "benita@juniper.example")
    on_duty(shop.maya)

    async def story() -> None:
        async with opened(tmp_path) as place:
            for name, moment in MOMENTS.items():
                place.agents.answers = lambda leg: True
                phone = await place.calls()
                (leg,) = await place.talking()
                await both_hear(place, phone, leg)
                await moment(place, phone, leg, ben)
                await phone.bye()
                assert (await ended(leg.call_id)).ended == "served", name
                await nobody_is_left(place)
            place.agents.answers = lambda leg: False
            phone = await place.calls()
            await rung(shop.maya.id)
            await phone.bye()
            await nobody_is_left(place)

    run(story())


@by_either()
def test_a_member_who_hangs_up_leaves_the_caller_with_whoever_is_there(tmp_path: Path, opened: Opened) -> None:
    """While a colleague is asked it is that colleague; where nobody is, the call is over."""
    shop = cast.juniper()
    telephone_line(shop)
    ben = shop.member("Benita", Role.AGENT, "benita@juniper.example")
    on_duty(shop.maya)

    async def story() -> None:
        async with opened(tmp_path) as place:
            for name in ("while a colleague is asked", "on hold", "while a colleague who is to be asked is rung"):
                place.agents.answers = lambda leg: True
                phone = await place.calls()
                (leg,) = await place.talking()
                await both_hear(place, phone, leg)
                await MOMENTS[name](place, phone, leg, ben)
                await asks(leg.id, "hangup")
                if name == "while a colleague is asked":
                    theirs = await end_of(ben.id)
                    await both_hear(place, phone, theirs)
                    await asks(theirs.id, "hangup")
                async with asyncio.timeout(10 * crowded()):
                    await phone.hung_up.wait()
                phone.close()
                assert (await ended(leg.call_id)).ended == "served", name
                await nobody_is_left(place)

    run(story())
