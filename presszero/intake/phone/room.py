"""More than two in one call: each sits on a seat that hears whom it may. rtpengine bridges two; mixing is done here.

A seat is a plain RTP party of its own (G.711, 20 ms), one for the caller and one for each end. Who hears whom is a
table: a colleague is asked while the caller hears music, a lead listens unheard, and whispers to the agent alone.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from . import events
from .companding import FRAME, PCMA, PCMU, Samples, decode, encode
from .end import LISTENS, End
from .lane import begin
from .media import CALLER, Media

if TYPE_CHECKING:
    from .calls import LiveCall

log = logging.getLogger(__name__)

TICK = 0.02  # seconds
DEEPEST = 8  # frames kept for one who sends faster than we listen
HEAD = struct.Struct("!BBHII")


class Seat(asyncio.DatagramProtocol):
    """One party's plain RTP."""

    def __init__(self, pressed: Callable[[str], None] = lambda key: None) -> None:
        self.remote: tuple[str, int] | None = None
        self.kind = PCMA
        self._events: int | None = None  # the payload type of keys at the other side
        self._pressed, self._last_key = pressed, -1
        self._one_key = asyncio.Lock()
        self.muted = False
        self._frames: deque[Samples] = deque(maxlen=DEEPEST)
        self._source, self._number, self._time = secrets.randbits(32), secrets.randbits(15), secrets.randbits(31)
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, address: Any) -> None:
        if len(packet) < HEAD.size:
            return
        kind, rest = packet[1] & 0x7F, packet[HEAD.size :]
        if kind in (PCMA, PCMU) and len(rest) == FRAME:
            self._frames.append(decode(rest, kind))
        elif kind in (events.KIND, self._events):
            self._heard_key(rest, HEAD.unpack_from(packet)[3])

    def said(self) -> Samples | None:
        """Their next 20 ms; None while they say nothing."""
        found = self._frames.popleft() if self._frames else None
        return None if self.muted else found

    def _heard_key(self, payload: bytes, began: int) -> None:
        key = events.ended(payload)
        if key and began != self._last_key:  # its end is said more than once
            self._last_key = began
            self._pressed(key)

    def send(self, mixed: Any) -> None:
        self._time = (self._time + FRAME) & 0xFFFFFFFF
        self._send(self.kind, self._time, encode(mixed, self.kind))

    async def press(self, keys: Iterable[str]) -> None:
        """They hear these keys, one after the other, where they take any."""
        async with self._one_key:
            for key in keys:
                began = self._time = (self._time + FRAME) & 0xFFFFFFFF
                marked = 0x80  # the first packet of a key
                for payload in events.payloads(key):
                    if self._events is not None:
                        self._send(self._events | marked, began, payload)
                    marked = 0
                    await asyncio.sleep(TICK)
                await asyncio.sleep(4 * TICK)

    def _send(self, kind: int, at: int, payload: bytes) -> None:
        if self.remote is None or self._transport is None or self._transport.is_closing():
            return
        self._number = (self._number + 1) & 0xFFFF
        self._transport.sendto(HEAD.pack(0x80, kind, self._number, at, self._source) + payload, self.remote)

    def description(self) -> str:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        names = {PCMA: "PCMA", PCMU: "PCMU"}
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {self.kind} {events.KIND}\r\na=rtpmap:{self.kind} {names[self.kind]}/8000\r\n"
            f"a=rtpmap:{events.KIND} telephone-event/8000\r\na=ptime:20\r\n"
        )

    def talk_to(self, sdp: str) -> None:
        """Where the other side of the seat is, and which of the two laws it speaks."""
        lines = [line.strip() for line in sdp.split("\n")]
        host = next(line.split()[2] for line in lines if line.startswith("c="))
        audio = next(line.split() for line in lines if line.startswith("m=audio"))
        self.remote = (host, int(audio[1]))
        self._events = events.kind_of(sdp)
        self.kind = PCMU if str(PCMA) not in audio[3:] and str(PCMU) in audio[3:] else PCMA

    def close(self) -> None:
        if self._transport:
            self._transport.close()


class Room:
    """Of one call. `caller_joins` and `offer`/`take` bring people in; `who` says who hears whom."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._seats: dict[str, Seat] = {}
        self._ends: dict[str, End] = {}
        self._sessions: dict[str, Media] = {}
        self.consulting = False  # the caller hears music, and the others talk of them
        self.asker = self.asked = 0  # legs: who asks whom about the caller, where one does
        self._held: set[str] = set()
        self._clock = begin(self._run(), "mix a call")

    async def seat(self, name: str) -> Seat:
        if name not in self._seats:
            loop = asyncio.get_running_loop()
            address = (self._call.exchange.address, 0)

            def pressed(key: str) -> None:
                self.press([key], by=name)

            _, self._seats[name] = await loop.create_datagram_endpoint(lambda: Seat(pressed), local_addr=address)
        return self._seats[name]

    async def caller_joins(self) -> None:
        """The caller's sound comes here; their port stays."""
        if CALLER in self._seats:
            return
        media, tag = self._call.media, f"room-{secrets.token_hex(3)}"
        seat = await self.seat(CALLER)
        seat.talk_to(await media.offer(tag, self._call.sdp, browser=False))
        await media.join(tag, seat.description())

    async def offer(self, end: End) -> str:
        """A new description for an end, whose sound will come here."""
        seat = await self.seat(end.seat)
        tag = end.new_tag()
        self._ends[end.seat] = end
        before = self._sessions.pop(end.seat, None)
        if before:
            begin(before.end(), "free a seat's sound")
        session = self._sessions[end.seat] = Media(self._call.exchange.ng, f"{self._call.media.uid}-{tag}")
        return await session.offer(tag, seat.description(), browser=end.is_browser)

    async def take(self, end: End, sdp: str) -> None:
        seat = await self.seat(end.seat)
        seat.talk_to(await self._sessions[end.seat].join(end.tag, sdp))

    def press(self, keys: Iterable[str], *, by: str) -> None:
        """Whoever hears this seat hears these keys."""
        for name, seat in self._seats.items():
            if name != by and self.hears(name, by):
                begin(seat.press(keys), "press keys in a call of several")

    def mute(self, end: End, *, on: bool) -> None:
        if end.seat in self._seats:
            self._seats[end.seat].muted = on

    def hold(self, end: End, *, on: bool) -> None:
        """They hear nobody and nobody hears them; the others go on."""
        (self._held.add if on else self._held.discard)(end.seat)

    def session(self, end: End) -> Media | None:
        """Where their sound is."""
        return self._sessions.get(end.seat)

    def leave(self, end: End) -> None:
        self._held.discard(end.seat)
        session, seat = self._sessions.pop(end.seat, None), self._seats.pop(end.seat, None)
        self._ends.pop(end.seat, None)
        if session:
            begin(session.end(), "free a seat's sound")
        if seat:
            seat.close()

    def close(self) -> None:
        self._clock.cancel()
        for session in self._sessions.values():
            begin(session.end(), "free a seat's sound")
        for seat in self._seats.values():
            seat.close()

    def hears(self, listener: str, speaker: str) -> bool:
        """Whether one seat hears another."""
        if self._held & {listener, speaker}:
            return False
        return who_hears(self._part(listener), self._part(speaker), self.consulting)

    @property
    def caller_alone(self) -> bool:
        """Whether the caller hears nobody: then it is music, which the relay plays, and nothing comes from here."""
        return not any(self.hears(CALLER, name) for name in self._seats if name != CALLER)

    def _part(self, name: str) -> str:
        """caller, agent, colleague, listens or whispers."""
        end = self._ends.get(name)
        if end is None:
            return CALLER
        return "whispers" if end.role == LISTENS and end.whispers else end.role

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            due += TICK
            said = {name: frame for name, seat in self._seats.items() if (frame := seat.said()) is not None}
            for name, seat in list(self._seats.items()):
                mixed = np.zeros(FRAME, np.int32)
                for speaker, frame in said.items():
                    if speaker != name and self.hears(name, speaker):
                        mixed += frame
                if name != CALLER or not self.caller_alone:
                    seat.send(mixed)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if time.monotonic() - due > 1.0:  # the machine stood still: do not send a second at once
                due = time.monotonic()


def who_hears(listener: str, speaker: str, consulting: bool) -> bool:
    """Pure: may a seat of this part hear one of that part?"""
    if speaker == LISTENS:
        return False
    if speaker == "whispers":
        return listener != CALLER
    return not (consulting and CALLER in (listener, speaker))
