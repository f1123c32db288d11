"""Speaking with rtpengine: its `ng` protocol, bencoded dictionaries over UDP, each with a cookie.

A packet may be lost in either direction. The same cookie is sent again until the answer is here: rtpengine remembers
what it answered to a cookie, so nothing is done twice. Several questions are under way at once; no more than `MOST`.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Mapping
from typing import Any, cast

PAUSES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.2)  # seconds to each next try; four in all
MOST = 200  # questions under way at once; rtpengine works on few at a time, the rest would only be repeated
LONGEST = 65_507  # bytes of a UDP packet
DEEPEST = 20


class MediaFailed(Exception):
    """rtpengine said no. Carries its words."""


class MediaSilent(MediaFailed):
    """rtpengine did not answer, though it was asked again and again."""


class Ng(asyncio.DatagramProtocol):
    """`await Ng.open(address)`, then `ask`. One socket; use from one event loop."""

    def __init__(self, pauses: tuple[float, ...] = PAUSES) -> None:
        self._pauses = pauses
        self._waiting: dict[bytes, asyncio.Future[dict[str, Any]]] = {}
        self._room = asyncio.Semaphore(MOST)
        self._prefix = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._transport: asyncio.DatagramTransport | None = None
        self.again = 0  # packets that had to be sent again

    @classmethod
    async def open(cls, address: tuple[str, int], pauses: tuple[float, ...] = PAUSES) -> Ng:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_datagram_endpoint(lambda: cls(pauses), remote_addr=address)
        return made

    async def ask(self, command: str, call: str = "", more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a command about `call` (its call-id). Raises MediaFailed, MediaSilent."""
        question = {"command": command, **({"call-id": call} if call else {}), **(more or {})}
        async with self._room:
            answer = await self._answered(bencode(question))
        if answer.get("result") in ("ok", "pong"):
            return answer
        raise MediaFailed(f"{command}: {answer.get('error-reason') or answer}")

    def close(self) -> None:
        for future in self._waiting.values():
            future.cancel()
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, address: Any) -> None:
        cookie, _, body = packet.partition(b" ")
        future = self._waiting.get(cookie)
        if future is None or future.done():
            return  # the answer to a question asked twice
        try:
            answer = bdecode(body)
        except ValueError:
            return
        if isinstance(answer, dict):
            future.set_result(answer)

    def error_received(self, why: Exception) -> None:
        """Nobody listens there now. It may again before the tries are over."""

    async def _answered(self, body: bytes) -> dict[str, Any]:
        cookie = f"{self._prefix}_{next(self._numbers)}".encode()
        packet = cookie + b" " + body
        if len(packet) > LONGEST:
            raise MediaFailed("The question is longer than a packet.")
        future = self._waiting[cookie] = asyncio.get_running_loop().create_future()
        try:
            for turn, pause in enumerate(self._pauses):
                self._send(packet, again=turn > 0)
                done, _ = await asyncio.wait([future], timeout=pause)
                if done:
                    return dict(future.result())
        finally:
            del self._waiting[cookie]
        raise MediaSilent(f"rtpengine did not answer within {sum(self._pauses):.0f} seconds.")

    def _send(self, packet: bytes, *, again: bool) -> None:
        self.again += again
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(packet)


def bencode(value: Any) -> bytes:
    """Text, bytes, integers, lists and dictionaries. Raises TypeError for anything else."""
    if isinstance(value, bool):
        raise TypeError("bencode has no booleans.")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, Mapping):
        pairs = sorted((key.encode(), item) for key, item in value.items())
        return b"d" + b"".join(bencode(key) + bencode(item) for key, item in pairs) + b"e"
    if isinstance(value, (list, tuple)):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    raise TypeError(f"bencode knows no {type(value).__name__}.")


def bdecode(raw: bytes) -> Any:
    """The value, its strings as text. Raises ValueError for what is not exactly one value."""
    try:
        value, end = _value(raw, 0, 0)
    except (IndexError, RecursionError) as why:
        raise ValueError("cut short") from why
    if end != len(raw):
        raise ValueError("something follows")
    return value


def _value(raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise ValueError("too deep")
    kind = raw[at : at + 1]
    if kind == b"i":
        end = raw.index(b"e", at)
        return int(raw[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        items, at = _items(raw, at + 1, depth)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2], strict=True))), at
    colon = raw.index(b":", at)
    size = int(raw[at:colon])
    end = colon + 1 + size
    if size < 0 or end > len(raw):
        raise ValueError("cut short")
    return raw[colon + 1 : end].decode(errors="replace"), end


def _items(raw: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    items = []
    while raw[at] != 0x65:  # e
        item, at = _value(raw, at, depth + 1)
        items.append(item)
    return items, at + 1
