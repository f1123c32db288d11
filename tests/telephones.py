"""Telephones for tests: rtpengine as the product runs it, and callers by SIP and RTP.

A caller here is written out by hand, message by message, so that it shares nothing with the product's own SIP.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import re
import secrets
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presszero.intake.phone import serve
from presszero.intake.phone.companding import FRAME, PCMA, decode, encode
from presszero.intake.phone.ng import Ng
from tests.waiting import until
from tests.waiting_async import run

RATE = 8000
EVENTS = "0123456789*#"
EVENT = 101  # the payload type of keys in the sound


@contextlib.contextmanager
def rtpengine(folder: Path, ng: int, keys: int) -> Iterator[subprocess.Popen[bytes]]:
    """The media relay with the product's own arguments, its control at `ng`, reporting keys to `keys`."""
    low = 40_000 + (os.getpid() % 12) * 2_000
    ours = {"PRESSZERO_HOME": str(folder), "PRESSZERO_NG_PORT": str(ng), "PRESSZERO_KEYS_PORT": str(keys)}
    ours["PRESSZERO_RTP_PORTS"] = f"{low}-{low + 1999}"
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        words = serve.arguments()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    with (folder / "rtpengine.log").open("ab") as log:
        process = subprocess.Popen(["rtpengine", *words], stdout=log, stderr=log)
    try:
        until(lambda: run(_pongs(ng)), 10, "the start of rtpengine")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


async def _pongs(port: int) -> bool:
    ng = await Ng.open(("127.0.0.1", port), pauses=(0.3,))
    try:
        return (await ng.ask("ping"))["result"] == "pong"
    except Exception:
        return False
    finally:
        ng.close()


class Telephone(asyncio.DatagramProtocol):
    """One caller: SIP and RTP on sockets of its own. It speaks a tone, and notes what it hears."""

    def __init__(
        self, gateway: tuple[str, int], *, number: str = "+4917612345", tone: float = 1000.0, speaks: bool = True
    ) -> None:
        self._gateway, self.number, self._tone, self._speaks = gateway, number, tone, speaks
        self.answers, self.rang = True, 0  # as one that is called, and how often it was
        self.declines = False
        self.answered_in = 0.0  # seconds from INVITE to the answer
        self.call_id, self._tag = secrets.token_hex(8), secrets.token_hex(4)
        self._branch, self._cseq = "", 0
        self._routes: list[str] = []  # of the proxies between, as one that is called is told them
        self.codes: list[int] = []
        self._to = self._target = ""
        self._codes: asyncio.Queue[tuple[int, str, str]] = asyncio.Queue()
        self.hung_up = asyncio.Event()
        self.ear = Ear()
        self._speech: asyncio.Task[None] | None = None

    async def open(self) -> Telephone:
        loop = asyncio.get_running_loop()
        self._sip, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._rtp, _ = await loop.create_datagram_endpoint(lambda: self.ear, local_addr=("127.0.0.1", 0))
        self._port, self.rtp_port = (each.get_extra_info("sockname")[1] for each in (self._sip, self._rtp))
        return self

    async def call(self, called: str, seconds: float = 10.0) -> int:
        """Rings `called`; the final answer's code. At 200 it speaks and hears from then on."""
        self._target = f"sip:{called}@{self._gateway[0]}:{self._gateway[1]}"
        self._to = f"<{self._target}>"
        begun = time.monotonic()
        self._send("INVITE", self.description(), "application/sdp")
        code, headers, body = await self._final(seconds)
        self.answered_in = time.monotonic() - begun
        if code == 200:
            self._to = _header(headers, "To")
            contact = re.search(r"<([^>]+)>", _header(headers, "Contact"))
            self._target = contact[1] if contact else self._target
            self._request("ACK", self._cseq)
            self.ear.to = ("127.0.0.1", int(re.search(r"m=audio (\d+)", body)[1]))
            if not self._speaks:
                return code
            self._speech = asyncio.create_task(self.ear.speak(self._rtp, self._tone))
        else:
            self._request("ACK", self._cseq)
        return code

    def description(self) -> str:
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp_port} RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
        )

    def press(self, key: str, way: str = "rtp") -> None:
        """way: "rtp" (RFC 4733) or "info" (SIP INFO)."""
        if way == "rtp":
            self.ear.keys.append(key)
        else:
            self._send("INFO", f"Signal={key}\r\nDuration=160\r\n", "application/dtmf-relay")

    def hush(self) -> None:
        """Says nothing any more."""
        if self._speech:
            self._speech.cancel()

    async def bye(self) -> None:
        self._send("BYE")
        await asyncio.sleep(0)
        self.close()

    def close(self) -> None:
        self.hush()
        asyncio.get_running_loop().call_later(0.5, self._sip.close)
        self._rtp.close()

    def datagram_received(self, packet: bytes, address: Any) -> None:
        if packet[:1] >= b"\x80":
            return  # sound for a telephone that had this port before us
        head, _, body = packet.decode().partition("\r\n\r\n")
        first = head.split("\r\n", 1)[0]
        if not first.startswith("SIP/2.0"):
            self._asked(first.split()[0], packet.decode())
            return
        code = int(first.split()[1])
        self.codes.append(code)
        if "INVITE" in _header(head, "CSeq"):
            self._codes.put_nowait((code, head, body))

    def _asked(self, method: str, head: str) -> None:
        """The gateway asks something of us: yes, whatever it is."""
        kept = [
            line
            for line in head.split("\r\n")
            if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq", "record-route")
        ]
        if method == "INVITE":
            self._rung(kept, head)
        elif method != "ACK":
            self._sip.sendto(
                "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), self._gateway
            )
        if method == "BYE":
            self.hung_up.set()
        if method == "INFO":
            self.ear.pressed += re.findall(r"Signal=(\S)", head)[0]

    def _rung(self, kept: list[str], head: str) -> None:
        """Somebody calls us, or moves a call: taken, whoever it is. `answers` off: it rings for ever."""
        self.rang += "tag=" not in _header(head, "To")
        if not self.answers:
            return
        lines = [
            line if not line.lower().startswith("to:") or "tag=" in line else f"{line};tag={self._tag}" for line in kept
        ]
        if self.declines:
            words = ["SIP/2.0 486 Busy Here", *lines, "Content-Length: 0", "", ""]
            self._sip.sendto("\r\n".join(words).encode(), self._gateway)
            return
        self.call_id, self._to = _header(head, "Call-ID"), _header(head, "From")
        contact = re.search(r"<([^>]+)>", _header(head, "Contact"))
        self._target = contact[1] if contact else ""
        self._routes = [line.split(":", 1)[1].strip() for line in kept if line.lower().startswith("record-route:")]
        self.number = re.search(r"sip:([^@]*)@", _header(head, "To"))[1]
        mine = self.description()
        more = [
            f"Contact: <sip:called@127.0.0.1:{self._port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(mine)}",
        ]
        self._sip.sendto(("\r\n".join(["SIP/2.0 200 OK", *lines, *more]) + "\r\n\r\n" + mine).encode(), self._gateway)
        body = head.partition("\r\n\r\n")[2]
        self.ear.to = ("127.0.0.1", int(re.search(r"m=audio (\d+)", body)[1]))
        if self._speech is None:
            self._speech = asyncio.create_task(self.ear.speak(self._rtp, self._tone))

    async def _final(self, seconds: float) -> tuple[int, str, str]:
        async with asyncio.timeout(seconds):
            while True:
                found = await self._codes.get()
                if found[0] >= 200:
                    return found

    def _send(self, method: str, body: str = "", kind: str = "") -> None:
        self._cseq += 1
        self._request(method, self._cseq, body, kind)

    def _request(self, method: str, cseq: int, body: str = "", kind: str = "") -> None:
        lines = [
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(8)}",
            f"From: <sip:{self.number}@127.0.0.1>;tag={self._tag}",
            f"To: {self._to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:caller@127.0.0.1:{self._port}>",
            "Max-Forwards: 70",
            *[f"Route: {route}" for route in self._routes],
            *([f"Content-Type: {kind}"] if kind else []),
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self._gateway)


class Carrier(asyncio.DatagramProtocol):
    """Where a line dials out: the telephone of the number that is called rings. `phones`: by number."""

    def __init__(self) -> None:
        self.phones: dict[str, Telephone] = {}

    @classmethod
    async def open(cls, port: int) -> Carrier:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_datagram_endpoint(cls, local_addr=("127.0.0.1", port))
        return made

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, packet: bytes, address: Any) -> None:
        called = re.search(r"sip:([^@]*)@", _header(packet.decode(), "To"))
        phone = self.phones.get(called[1]) if called else None
        if phone:
            phone.datagram_received(packet, address)

    def close(self) -> None:
        self._transport.close()


class Ear(asyncio.DatagramProtocol):
    """The sound of one telephone, both ways."""

    def __init__(self) -> None:
        self.to: tuple[str, int] | None = None
        self.keys: list[str] = []  # to be pressed
        self.pressed = ""  # by the other side
        self._event = -1  # the last of theirs: each comes in several packets
        self.keeps = 4  # seconds of what was heard
        self.heard = bytearray()  # 16 bit, of the last seconds
        self.packets = 0
        self.sources: dict[int, int] = {}  # packets by RTP source
        self.last: dict[int, float] = {}  # when each was heard last

    def datagram_received(self, packet: bytes, address: Any) -> None:
        kind = packet[1] & 0x7F
        if kind == EVENT:
            self._hear_key(packet)
        if kind != PCMA:
            return
        source = struct.unpack("!I", packet[8:12])[0]
        self.packets += 1
        self.sources[source] = self.sources.get(source, 0) + 1
        self.last[source] = time.monotonic()
        self.heard += decode(packet[12:], PCMA).tobytes()
        del self.heard[: -2 * RATE * self.keeps]

    def _hear_key(self, packet: bytes) -> None:
        event, began = packet[12], struct.unpack("!I", packet[4:8])[0]
        if event < len(EVENTS) and began != self._event:
            self._event = began
            self.pressed += EVENTS[event]

    async def speak(self, transport: asyncio.DatagramTransport, tone: float) -> None:
        number, clock, source, begun = 0, 0, secrets.randbits(32), time.monotonic()
        pause = 0  # packets since the last key; nobody presses two without one
        while True:
            if self.keys and pause > 4:
                number, clock = await self._press(transport, self.keys.pop(0), number, clock, source)
                begun, pause = time.monotonic() - number * 0.02, 0
            pause += 1
            wave = 9000 * np.sin(2 * math.pi * tone * (clock + np.arange(FRAME)) / RATE)
            head = struct.pack("!BBHII", 0x80, PCMA, number & 0xFFFF, clock, source)
            transport.sendto(head + encode(wave.astype(np.int32), PCMA), self.to)
            number, clock = number + 1, clock + FRAME
            await asyncio.sleep(max(0.0, begun + number * 0.02 - time.monotonic()))

    async def _press(
        self, transport: asyncio.DatagramTransport, key: str, number: int, clock: int, source: int
    ) -> tuple[int, int]:
        """One key: events of growing length, the last three with the end bit."""
        for turn in range(7):
            length, end = min((turn + 1) * FRAME, 5 * FRAME), 0x80 if turn >= 4 else 0
            event = struct.pack("!BBH", EVENTS.index(key), end | 10, length)
            head = struct.pack("!BBHII", 0x80, EVENT | (0x80 if turn == 0 else 0), number & 0xFFFF, clock, source)
            transport.sendto(head + event, self.to)
            number += 1
            await asyncio.sleep(0.02)
        return number, clock + 7 * FRAME

    def pitch(self) -> tuple[float, float]:
        """The loudest tone of the last half second, in Hz, and its share of all that is heard."""
        samples = np.frombuffer(bytes(self.heard[-RATE:]), np.int16).astype(np.float64)
        if len(samples) < RATE // 4:
            return 0.0, 0.0
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        loudest = int(np.argmax(power[1:])) + 1
        around = power[max(1, loudest - 3) : loudest + 4].sum()
        return loudest * RATE / len(samples), float(around / max(power[1:].sum(), 1.0))

    def hears(self, pitch: float) -> bool:
        """Whether the last tenth of a second is a tone of so many Hz."""
        samples = np.frombuffer(bytes(self.heard[-1600:]), np.int16).astype(np.float64)
        if len(samples) < 800:
            return False
        wave = np.exp(-2j * math.pi * pitch * np.arange(800) / RATE)
        found = abs(np.dot(samples, wave)) ** 2 * 2 / 800
        return bool(found > 0.5 * max(float(np.dot(samples, samples)), 1e5))

    def heard_of(self, said: NDArray[np.float64]) -> float:
        """How much like these samples something is that was heard, 0 to 1, wherever it began."""
        sound = np.frombuffer(bytes(self.heard), np.int16).astype(np.float64)
        if len(sound) < len(said):
            return 0.0
        size = 1 << (len(sound) + len(said)).bit_length()
        alike = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(said, size)), size)
        sums = np.concatenate([[0.0], np.cumsum(sound**2)])
        energy = sums[len(said) :] - sums[: -len(said)]
        return float((alike[: len(energy)] / np.sqrt(np.maximum(energy, 1.0) * np.dot(said, said))).max())

    def share(self, pitch: float) -> float:
        """Of the last quarter second's sound, how much is a tone of so many Hz: 0 to 1."""
        samples = np.frombuffer(bytes(self.heard[-RATE // 2 :]), np.int16).astype(np.float64)
        if time.monotonic() - max(self.last.values(), default=0.0) > 0.3 or len(samples) < RATE // 4:
            return 0.0
        wave = np.exp(-2j * math.pi * pitch * np.arange(len(samples)) / RATE)
        found = abs(np.dot(samples, wave)) ** 2 * 2 / len(samples)
        return float(found / max(float(np.dot(samples, samples)), 1e5))

    def silent(self) -> bool:
        samples = np.frombuffer(bytes(self.heard[-RATE:]), np.int16)
        return len(samples) == 0 or int(np.abs(samples).max()) < 50


def _header(head: str, name: str) -> str:
    return next(
        (line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith(f"{name.lower()}:")),
        "",
    )
