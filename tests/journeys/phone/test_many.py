"""Many at once, by callers that are not ours: SIPp, and a thousand zeros over a network that loses packets."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from presszero.calls.models import Call, Callback, CallStep
from presszero.routing.models import Waiting
from tests import cast
from tests.ports import free_port
from tests.waiting_async import rows, run

from .office import eventually, office, staff, telephone_line
from .programs import MENU as SHORT
from .programs import Calls, sipp
from .zeros import MENU, all_called_back, many_zeros, morning, night_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("phone")]

CALLERS = 200
ZEROS = int(os.environ.get("PRESSZERO_ZEROS") or 1000)  # calls
AT_ONCE, MEMBERS = 12, 16


@pytest.mark.long  # test_programs.py has it with six
def test_two_hundred_are_in_the_menu_at_once_and_each_key_is_heard(tmp_path: Path) -> None:
    shop = cast.juniper()
    telephone_line(shop, flow=SHORT)

    async def story() -> None:
        async with office(tmp_path, agents=False) as place:
            ran = asyncio.create_task(asyncio.to_thread(sipp, place.gateway.port, tmp_path, Calls(CALLERS, 25, 5.0)))
            in_menu = Call.objects.filter(ended_at=None)
            await eventually(lambda: rows(in_menu.count), lambda count: count == CALLERS, 30)
            done = await ran
            assert done.returncode == 0, done.stdout[-2000:]
            await eventually(lambda: rows(in_menu.count), lambda count: count == 0, 30)
            keys = await rows(lambda: CallStep.objects.filter(what="digit").count())
            assert keys >= 2 * CALLERS * 0.99

    run(story())


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_zeros_while_packets_are_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each call ends in speech both ways, or in a promise heard with its time and kept; nobody is left waiting."""
    shop, port = cast.juniper(), free_port()
    telephone_line(shop, flow=MENU)
    night = night_line(shop, port)
    members = staff(shop, MEMBERS)

    async def story() -> None:
        async with office(tmp_path, loses=0.05, worker=True) as place:
            found = await many_zeros(place, ZEROS, AT_ONCE)
            await rows(morning, night, members)
            await all_called_back(place, found)
            assert place.road
            load = os.getloadavg()[0]
            with capsys.disabled():
                print(f"\n{found} {place.road.lost} control packets were lost. Load of the machine {load:.1f}.")
            assert not found.failed, found.failed
            assert len(found.voices) + found.kept == ZEROS and found.kept == len(found.promises) > ZEROS / 20
            assert place.road.lost > ZEROS / 5

            async def left() -> tuple[int, ...]:
                calls, waiting = Call.objects.filter(ended_at=None), Waiting.objects.filter(left_at=None)
                return await rows(lambda: (calls.count(), waiting.count()))

            await eventually(left, lambda counts: counts == (0, 0), 30)
            assert await rows(Callback.objects.filter(ended_at=None).count) == 0

    run(story())
