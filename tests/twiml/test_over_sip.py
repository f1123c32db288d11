"""The same documents over real calls: SIP, RTP, and keys in the sound. 0 leads to two-way speech with a member."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests import cast
from tests.journeys.phone.either import nobody_is_left
from tests.journeys.phone.office import on_duty, staff, telephone_line
from tests.journeys.phone.zeros import MENU, STATES, zero_from
from tests.waiting_async import run

from .place import provided

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]

SHORT = ("in the greeting", "with the order half keyed in")


@pytest.mark.parametrize("states", [SHORT, pytest.param(tuple(STATES), marks=pytest.mark.long)], ids=["two", "all"])
def test_zero_ends_in_speech_both_ways(tmp_path: Path, states: tuple[str, ...]) -> None:
    """What tests/journeys/phone/test_zero.py does with our own gateway, at a provider."""
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)
    on_duty(shop.maya)
    staff(shop, 5)

    async def story() -> None:
        async with provided(tmp_path) as place:
            ways = ("rtp", "info")
            if states is SHORT:
                await asyncio.gather(*(zero_from(place, state, way) for state, way in zip(states, ways, strict=True)))
            else:
                for way in ways:
                    await asyncio.gather(*(zero_from(place, state, way) for state in states))
            await nobody_is_left(place)

    run(story())
