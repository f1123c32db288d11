"""0 leads to a person, wherever a caller is: each state of a menu, the queue, and a network that loses packets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from presszero.calls.models import Call, CallStep, Recording
from tests import cast
from tests.waiting import crowded
from tests.waiting_async import rows, run, until

from .office import asks, eventually, office, on_duty, staff, telephone_line
from .zeros import MEMBER, MENU, STATES, zero_from

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]


def test_zero_in_every_state_is_a_person(tmp_path: Path) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)
    on_duty(shop.maya)
    staff(shop, 5)

    async def story() -> None:
        async with office(tmp_path) as place:
            ways = ("rtp", "info")
            stays = [n % 2 == 0 for n in range(len(STATES))]
            calls = (zero_from(place, state, ways[n % 2], stays=stays[n]) for n, state in enumerate(STATES))
            took = await asyncio.gather(*calls)
            told = dict(zip(STATES, took, strict=True))
            assert max(took) < 15 * crowded(), told

            async def over() -> int:
                return await rows(Call.objects.filter(ended_at=None).count)

            await eventually(over, lambda left: left == 0)
            # Who hung up on the first sound may have been gone before it was written down that they talked.
            assert await rows(Call.objects.exclude(talked_at=None).count) >= sum(stays)
            assert await rows(CallStep.objects.filter(what="zero").count) >= len(STATES) - 1
            # Of a message that was begun when they pressed it nothing stays, least of all what followed.
            await until(lambda: not list((tmp_path / "calls").rglob("*.*")), what="the removal of sound")
            assert not await rows(Recording.objects.exists)

    run(story())


@pytest.mark.long  # presszero/intake/phone/tests/test_ng.py has it shorter
def test_zero_reaches_a_person_though_packets_are_lost(tmp_path: Path) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=MENU)
    staff(shop, 4)

    async def story() -> None:
        async with office(tmp_path, loses=0.05) as place:
            took = []
            for _ in range(3):
                took += await asyncio.gather(*(zero_from(place, "in the menu", "info") for _ in range(4)))
            assert place.road and place.road.lost > 5
            assert max(took) < 10 * crowded()

    run(story())


@pytest.mark.xdist_group("phone")
def test_whoever_waits_hears_music_and_is_rung_through_as_soon_as_somebody_is_free(tmp_path: Path) -> None:
    shop = cast.juniper()
    telephone_line(shop)
    on_duty(shop.maya)

    async def story() -> None:
        async with office(tmp_path) as place:
            first, second = await place.calls(), await place.calls(number="+4917600002")
            (leg,) = await place.talking()
            waiting = second if leg.call.number == first.number else first
            await asyncio.sleep(2)
            assert not waiting.ear.silent() and not waiting.ear.hears(MEMBER)
            await asks(leg.id, "hangup")
            await until(lambda: waiting.ear.hears(MEMBER), 20, "the voice of a member")
            (other,) = await place.talking()
            assert other.call.number == waiting.number
            for phone in (first, second):
                await phone.bye()

    run(story())
