"""A network that loses packets."""

from __future__ import annotations

import asyncio
import random
from typing import Any


class Lossy(asyncio.DatagramProtocol):
    """A UDP road to `to` that loses a share of the packets, both ways. `lost` counts them."""

    def __init__(self, to: tuple[str, int], share: float, seed: int = 7) -> None:
        self._to, self._share, self._random = to, share, random.Random(seed)
        self._back: dict[Any, asyncio.DatagramTransport] = {}
        self.lost = self.passed = 0

    @classmethod
    async def open(cls, at: tuple[str, int], to: tuple[str, int], share: float) -> Lossy:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_datagram_endpoint(lambda: cls(to, share), local_addr=at)
        return made

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, packet: bytes, address: Any) -> None:
        if self.survives():
            asyncio.get_running_loop().create_task(self._on(packet, address))

    def survives(self) -> bool:
        dropped = self._random.random() < self._share
        self.lost, self.passed = self.lost + dropped, self.passed + (not dropped)
        return not dropped

    async def _on(self, packet: bytes, address: Any) -> None:
        if address not in self._back:
            loop = asyncio.get_running_loop()
            self._back[address], _ = await loop.create_datagram_endpoint(
                lambda: _Back(self, address), remote_addr=self._to
            )
        self._back[address].sendto(packet)

    def answer(self, packet: bytes, address: Any) -> None:
        if self.survives():
            self._transport.sendto(packet, address)

    def close(self) -> None:
        for back in self._back.values():
            back.close()
        self._transport.close()


class _Back(asyncio.DatagramProtocol):
    def __init__(self, road: Lossy, address: Any) -> None:
        self._road, self._address = road, address

    def datagram_received(self, packet: bytes, address: Any) -> None:
        self._road.answer(packet, self._address)
