"""The telephone: how soon a menu answers, how soon 0 is a person's voice while control packets are lost, whether who
finds nobody is called by the time they were told, and how soon two are joined once a member has answered."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .ground import Ground, Missing
from .row import Row, at_most

if TYPE_CHECKING:
    from tests.cast import Shop
    from tests.journeys.phone.zeros import Zeros

ANSWERS = 400  # calls
A_SECOND = 20
ANSWER = 100  # ms, p99
ZEROS = int(os.environ.get("PRESSZERO_BENCH_ZEROS") or 200)  # calls that press 0
AT_ONCE = 8
MEMBERS = 8
JOINED = 500  # ms from a member's answer to sound both ways, p95
LOSES = 0.05  # of rtpengine's control packets


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Three rows, with a real rtpengine; members answer in a headless Chromium."""
    from presszero.intake.phone import serve

    if lacks := serve.missing():
        raise Missing(f"The telephone needs {', '.join(lacks)}.")
    from tests import cast
    from tests.journeys.phone.office import telephone_line
    from tests.journeys.phone.zeros import MENU

    shop = cast.juniper()
    telephone_line(shop, flow=MENU)
    with tempfile.TemporaryDirectory() as folder:
        answers = sorted(asyncio.run(_answers(Path(folder), say)))
    p99 = answers[int(len(answers) * 0.99)] * 1000
    p50 = statistics.median(answers) * 1000
    note = f"INVITE to 200 OK at {A_SECOND} calls a second, {ANSWERS} calls; p50 {p50:.0f} ms."
    say(note)
    yield at_most("phone: answer", p99, ANSWER, "ms", note)
    with tempfile.TemporaryDirectory() as folder:
        found, lost = asyncio.run(_zeros(Path(folder), shop))
    for why in found.failed:
        say(why)
    ended = len(found.voices) + found.kept
    note = f"{found} {LOSES:.0%} of the control packets were lost ({lost}); {MEMBERS} members."
    say(note)
    yield at_most("phone: zero unanswered", (1 - ended / ZEROS) * 100, 1, "%", note, digits=1)
    waits = _joined()
    p50, p95 = statistics.median(waits), waits[int(len(waits) * 0.95)]
    note = f"A member's answer to sound both ways, {len(waits)} times in the same calls; p50 {p50:.0f} ms."
    say(note)
    yield at_most("phone: joined", p95, JOINED, "ms", note)


async def _answers(folder: Path, say: Callable[[str], None]) -> list[float]:
    from tests.journeys.phone.office import NUMBER, Office, office

    async def one(place: Office, number: int) -> float:
        phone = await place.caller(number=f"+4930{number:06}", speaks=False)
        code = await phone.call(NUMBER)
        if code != 200:
            raise RuntimeError(f"A call was answered with {code}.")
        await asyncio.sleep(2)
        await phone.bye()
        return phone.answered_in

    async with office(folder, agents=False) as place:
        await one(place, 0)
        calls, begun = [], time.monotonic()
        for number in range(ANSWERS):
            calls.append(asyncio.create_task(one(place, number)))
            await asyncio.sleep(max(0.0, begun + (number + 1) / A_SECOND - time.monotonic()))
        found = await asyncio.gather(*calls)
    say(f"{len(found)} calls answered")
    return found


async def _zeros(folder: Path, shop: Shop) -> tuple[Zeros, int]:
    """What became of them, and how many control packets were lost."""
    from tests.journeys.phone.office import office, staff
    from tests.journeys.phone.zeros import all_called_back, many_zeros, morning, night_line
    from tests.ports import free_port
    from tests.telephones import Carrier
    from tests.waiting_async import rows

    port = free_port()
    night, members = await rows(night_line, shop, port), await rows(staff, shop, MEMBERS)
    async with office(folder, loses=LOSES, worker=True) as place:
        carrier = await Carrier.open(port)
        found = await many_zeros(place, ZEROS, AT_ONCE)
        await rows(morning, night, members)
        await all_called_back(place, carrier, found)
        carrier.close()
        assert place.road
        return found, place.road.lost


def _joined() -> list[float]:
    """Milliseconds, the shortest first."""
    from presszero.calls.models import Leg

    talked = Leg.objects.exclude(talked_at=None).exclude(answered_at=None).values_list("answered_at", "talked_at")
    return sorted((heard - answered).total_seconds() * 1000 for answered, heard in talked if answered and heard)
