"""Sound that is kept: rtpengine writes every packet down, and from that becomes one WAV when the call is over.

Nothing is written before the caller agreed: `start` is called then, and not earlier. What a process that was stopped
had no time to store, the next one does: `left_over`.
"""

from __future__ import annotations

import asyncio
import io
import logging
import struct
import time
import wave
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from presszero.calls import actions
from presszero.calls.models import Call, Recording

from . import records
from .companding import FRAME, PCMA, PCMU, decode
from .exchange import Exchange
from .media import Media
from .ng import MediaFailed

log = logging.getLogger(__name__)

RATE = 8000
LONGEST = 4 * 3600  # seconds of one recording
WRITTEN_WITHIN = 5.0  # seconds rtpengine has to finish its file
ETHERNET, IP, UDP, RTP = 14, 20, 8, 12  # bytes of the heads before the sound
UID = 36  # signs of a call's uid, with which the names of its files begin
OUT_OF_STEP = RATE // 2  # samples by which a source's own clock may differ from ours before it begins anew


class Keeper:
    """Of one call: begins, pauses, ends, and puts what was heard where files are kept."""

    def __init__(self, exchange: Exchange, media: Media) -> None:
        self._exchange, self._media = exchange, media
        self.running = False
        self.number = 0  # of the recording that runs; a new one each time
        self.kind = ""  # call or voicemail; "": nothing is kept
        self._began = 0.0
        self._seconds = 0.0
        self._done: set[Path] = set()

    async def start(self, kind: str) -> None:
        """kind: call or voicemail. A message takes the place of what ran."""
        if self.running or not self._exchange.recordings:
            return
        if kind != self.kind:
            self._done |= set(self._files())
            self._seconds = 0.0
        self.kind = kind
        await self._run(on=True)

    async def pause(self) -> None:
        await self._run(on=False)

    async def go_on(self) -> None:
        if self.kind:
            await self._run(on=True)

    async def stop(self) -> float:
        """Seconds that were recorded altogether."""
        await self._run(on=False)
        return self._seconds

    async def discard(self) -> None:
        """Of a message that is not left after all: nothing of it stays."""
        self.kind = ""
        await self._run(on=False)

    async def store(self, call_id: int) -> None:
        """After the call: makes one sound of it, and says where it is."""
        if not self.number or not call_id:
            return
        files = await self._finished()
        if files and self.kind:
            await self._exchange.desk.note(kept, call_id, self.kind, tuple(files))
        _clear(self._exchange.recordings, self._media.uid)

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "running": self.running}

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Of a call that another process began to record, as `as_json` wrote it."""
        self.kind, self.running = str(kept.get("kind") or ""), bool(kept.get("running"))
        self.number, self._began = int(bool(self.kind)), time.monotonic()

    async def _run(self, *, on: bool) -> None:
        if on == self.running:
            return
        self.running = on
        if on:
            self.number, self._began = self.number + 1, time.monotonic()
        else:
            self._seconds += time.monotonic() - self._began
        try:
            await self._media.record(on=on)
        except MediaFailed as why:
            log.error("A recording did not %s: %s", "begin" if on else "end", why)
            self.running = False

    async def _finished(self) -> list[Path]:
        """The files of this recording, once rtpengine writes them no more."""
        before: dict[Path, int] = {}
        for _ in range(int(WRITTEN_WITHIN / 0.25)):
            sizes = {path: path.stat().st_size for path in self._files() if path not in self._done}
            if sizes and sizes == before:
                break
            before = sizes
            await asyncio.sleep(0.25)
        return sorted(before, key=lambda path: path.stat().st_mtime)

    def _files(self) -> list[Path]:
        return list(Path(self._exchange.recordings, "pcaps").glob(f"{self._media.uid}-*.pcap"))


def kept(call_id: int, kind: str, files: tuple[Path, ...]) -> None:
    """Stores the WAV, says so, and takes the packets away. Again is once."""
    sound, seconds = wav(files)
    known = Recording.objects.filter(call_id=call_id, kind=kind).exclude(storage_key="")
    if seconds > 0 and not known.exists():
        merchant_id = Call.objects.values_list("merchant_id", flat=True).get(id=call_id)
        key = default_storage.save(f"recordings/{merchant_id}/{call_id}-{kind}.wav", ContentFile(sound))
        actions.keep_recording(call_id, kind, "", key, seconds, records.now())
    for file in files:
        file.unlink(missing_ok=True)


def recorded(folder: str) -> set[str]:
    """Of which calls, by their uid, there is sound that was not stored."""
    return {path.name[:UID] for path in Path(folder, "pcaps").glob("*.pcap")} if folder else set()


def left_over(folder: str, uids: Collection[str]) -> int:
    """Stores sound of calls that are over; how many. Of a call that nobody knows, or that kept nothing, none stays."""
    calls = {str(call.uid): call for call in Call.objects.filter(uid__in=list(uids))}
    stored = 0
    for uid in uids:
        call = calls.get(uid)
        if call is not None and call.ended_at is None:
            continue
        files = sorted(Path(folder, "pcaps").glob(f"{uid}-*.pcap"), key=lambda path: path.stat().st_mtime)
        if call is not None and (kind := _kind_of(call)):
            kept(call.id, kind, tuple(files))
            stored += 1
        _clear(folder, uid)
    return stored


def _kind_of(call: Call) -> str:
    """What was recorded of it; where nobody wrote that down, only what they agreed to."""
    noted = call.dialog.get("recording")
    if isinstance(noted, Mapping):
        return str(noted.get("kind") or "")
    agreed = Recording.objects.filter(merchant_id=call.merchant_id, call=call, kind="call").exclude(consent_at=None)
    return "call" if agreed.exists() else ""


def _clear(folder: str, uid: str) -> None:
    """What a message took the place of, and what rtpengine writes beside: descriptions, numbers, addresses."""
    for left in Path(folder).glob(f"*/*{uid}-*"):
        left.unlink(missing_ok=True)


def wav(files: tuple[Path, ...]) -> tuple[bytes, float]:
    """Mono, 16 bit, 8 kHz: everybody together, the files one after the other. And its seconds."""
    parts = [mixed(file.read_bytes()) for file in files]
    whole = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(whole.astype("<i2").tobytes())
    return target.getvalue(), len(whole) / RATE


def mixed(pcap: bytes) -> NDArray[np.int16]:
    """All sources of one capture, each where it was heard."""
    packets = list(_packets(pcap))
    if not packets:
        return np.zeros(0, np.int16)
    first, last = packets[0].at, packets[-1].at
    length = int(min(max(last - first, 0), LONGEST) * RATE) + RATE
    whole = np.zeros(length, np.int32)
    places: dict[int, tuple[int, int]] = {}  # source → (its clock, our sample) of its beginning
    for packet in packets:
        heard_at = int((packet.at - first) * RATE)
        clock, place = places.setdefault(packet.source, (packet.clock, heard_at))
        sample = place + ((packet.clock - clock) & 0xFFFFFFFF)
        if abs(sample - heard_at) > OUT_OF_STEP:
            places[packet.source], sample = (packet.clock, heard_at), heard_at
        if 0 <= sample <= length - FRAME:
            sound = decode(packet.sound, packet.kind)
            whole[sample : sample + len(sound)] += sound[: length - sample]
    return np.clip(whole, -32768, 32767).astype(np.int16)


@dataclass(frozen=True, slots=True)
class _Packet:
    at: float
    source: int
    clock: int
    kind: int
    sound: bytes


def _packets(pcap: bytes) -> Iterator[_Packet]:
    """The G.711 packets of a capture as rtpengine writes it (Ethernet, IPv4, UDP, RTP)."""
    order = "<" if pcap[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    parts = 1e9 if pcap[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1e6
    at = 24
    while at + 16 <= len(pcap):
        seconds, fraction, size, _whole = struct.unpack(f"{order}IIII", pcap[at : at + 16])
        found = _rtp(pcap[at + 16 : at + 16 + size], seconds + fraction / parts)
        if found:
            yield found
        at += 16 + size


def _rtp(frame: bytes, at: float) -> _Packet | None:
    if len(frame) < ETHERNET + IP + UDP + RTP:
        return None
    head = ETHERNET + ((frame[ETHERNET] & 0x0F) * 4 if frame[ETHERNET] >> 4 == 4 else 40) + UDP
    if len(frame) < head + RTP or frame[head] >> 6 != 2:
        return None
    kind = frame[head + 1] & 0x7F
    if kind not in (PCMA, PCMU):
        return None
    clock, source = struct.unpack("!II", frame[head + 4 : head + RTP])
    sound = frame[head + RTP + (frame[head] & 0x0F) * 4 :][:FRAME]
    return _Packet(at, source, clock, kind, sound)
