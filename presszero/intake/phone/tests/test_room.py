"""Keys in a call of several: heard on one seat as events, and pressed for everybody who hears that seat."""

from __future__ import annotations

import asyncio

from presszero.intake.phone.room import Seat
from tests.waiting_async import run, until

TAKES_KEYS = "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {} RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"
TAKES_NONE = "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {} RTP/AVP 8\r\n"


async def seats() -> tuple[Seat, Seat, list[str]]:
    """One that presses, and one that says what it heard."""
    heard: list[str] = []
    loop = asyncio.get_running_loop()
    _, far = await loop.create_datagram_endpoint(lambda: Seat(heard.append), local_addr=("127.0.0.1", 0))
    _, near = await loop.create_datagram_endpoint(Seat, local_addr=("127.0.0.1", 0))
    return near, far, heard


def port(seat: Seat) -> str:
    return next(line.split()[1] for line in seat.description().splitlines() if line.startswith("m="))


def test_keys_pressed_for_a_seat_arrive_once_each_and_in_order() -> None:
    async def story() -> None:
        near, far, heard = await seats()
        far.talk_to(TAKES_KEYS.format(port(near)))  # by the number that the other side gave its events
        near.talk_to(TAKES_KEYS.format(port(far)))
        await near.press("107#")
        await until(lambda: len(heard) == 4)
        assert heard == list("107#")
        near.close(), far.close()

    run(story())


def test_nothing_is_sent_to_who_takes_no_keys() -> None:
    async def story() -> None:
        near, far, heard = await seats()
        near.talk_to(TAKES_NONE.format(port(far)))
        await near.press("5")
        near.talk_to(TAKES_KEYS.format(port(far)))
        far.talk_to(TAKES_KEYS.format(port(near)))
        await near.press("6")
        await until(lambda: heard)
        assert heard == ["6"]
        near.close(), far.close()

    run(story())
