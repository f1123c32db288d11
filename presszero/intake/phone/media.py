"""What is done with sound, in words of phone calls: anchor, play, join, hold, keep. rtpengine does the work.

A call has one media session, named by our uid of the call. Each party has a tag in it; the customer's is `CALLER`. A
party that comes later gets a tag never used before, or rtpengine would mix up its keys with those of the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .ng import MediaFailed, Ng
from .sdp import plain, silent

CALLER = "caller"
NOBODY = "menu"  # where nobody is yet
KEEPS = ["port latching", "trust address"]  # the caller's port stays, so that no carrier must be asked to change it
BROWSER = {"ICE": "force", "transport-protocol": "UDP/TLS/RTP/SAVPF", "rtcp-mux": ["require"]}
PHONE = {"ICE": "remove", "transport-protocol": "RTP/AVP", "rtcp-mux": ["demux"]}
# What both a telephone and a browser speak. Anything else would have to be converted, by us, for every packet.
TELEPHONY = {"codec": {"mask": ["all"], "transcode": ["PCMA", "PCMU", "telephone-event"]}}
FOREVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrived from one party so far."""

    packets: int = 0
    octets: int = 0


@dataclass(frozen=True, slots=True)
class Quality:
    """As rtpengine saw it: mean opinion score 1-5 (0: unknown), jitter in ms, lost share of packets."""

    mos: float = 0.0
    jitter: float = 0.0
    lost: float = 0.0


class Media:
    """The media session of one call."""

    def __init__(self, ng: Ng, uid: str) -> None:
        self._ng, self.uid = ng, uid
        self._caller = PHONE

    def from_browser(self) -> None:
        """The caller is a page: what we describe to them is WebRTC."""
        self._caller = BROWSER

    async def anchor(self, sdp: str) -> str:
        """The caller is there and talks to nobody yet. Returns our description for them."""
        await self._ask("offer", {"from-tag": CALLER, "to-tag": NOBODY, "sdp": sdp, "flags": KEEPS, **PHONE})
        return await self._described(
            "answer", {"from-tag": CALLER, "to-tag": NOBODY, "sdp": silent(sdp), "flags": KEEPS, **self._caller}
        )

    async def invite(self, tag: str = CALLER) -> str:
        """We call somebody who talks to nobody yet: the description to send them. `invited` follows."""
        return await self._described(
            "offer", {"from-tag": NOBODY, "to-tag": tag, "sdp": plain(), "flags": KEEPS, **PHONE}
        )

    async def invited(self, sdp: str, tag: str = CALLER) -> None:
        await self._ask("answer", {"from-tag": NOBODY, "to-tag": tag, "sdp": sdp, "flags": KEEPS, **PHONE})

    async def offer(self, tag: str, sdp: str, *, browser: bool) -> str:
        """Somebody else is to talk to the caller, whose description is `sdp`: the description to send them."""
        kind = {**BROWSER, "flags": [*KEEPS, "generate mid"]} if browser else {**PHONE, "flags": KEEPS}
        return await self._described("offer", {"from-tag": CALLER, "to-tag": tag, "sdp": sdp, **kind})

    async def join(self, tag: str, sdp: str) -> str:
        """They answered with `sdp`: from now on the two hear each other. Returns the description for the caller."""
        told = {"from-tag": CALLER, "to-tag": tag, "sdp": sdp, "flags": KEEPS}
        return await self._described("answer", {**told, **self._caller})

    async def play(self, path: str, *, tag: str = CALLER, times: int = 1) -> float:
        """Lets a party hear a WAV file; what was played to them before stops. Returns its length in seconds."""
        told = await self._ask("play media", {"from-tag": tag, "file": path, "repeat-times": times})
        return float(told.get("duration", 0)) / 1000

    async def quiet(self, *, tag: str = CALLER) -> None:
        await self._ask("stop media", {"from-tag": tag})

    async def mute(self, tag: str, *, on: bool) -> None:
        """Nothing that this party says reaches anybody."""
        await self._ask("block media" if on else "unblock media", {"from-tag": tag})

    async def record(self, *, on: bool) -> None:
        await self._ask("start recording" if on else "stop recording", {})

    async def heard(self, tag: str) -> Heard:
        """How much arrived from a party."""
        told = await self._ask("query", {})
        streams = list(_streams(told, tag))
        return Heard(
            sum(int(stream.get("stats", {}).get("packets", 0)) for stream in streams),
            sum(int(stream.get("stats", {}).get("bytes", 0)) for stream in streams),
        )

    async def quality(self) -> Quality:
        """Of the whole call so far; Quality() when nobody reported."""
        told = await self._ask("query", {})
        numbers = [ssrc for ssrc in told.get("SSRC", {}).values() if isinstance(ssrc, dict)]
        averages = [number["average MOS"] for number in numbers if isinstance(number.get("average MOS"), dict)]
        if not averages:
            return Quality()
        worst = min(averages, key=lambda one: int(one.get("MOS", 50)))
        return Quality(
            int(worst.get("MOS", 0)) / 10, float(worst.get("jitter", 0)), int(worst.get("packet loss", 0)) / 100
        )

    async def end(self) -> None:
        """Frees what the call had. One that is gone already is no fault."""
        try:
            await self._ask("delete", {"delete-delay": 0})
        except MediaFailed:
            return

    async def _described(self, command: str, more: dict[str, Any]) -> str:
        return str((await self._ask(command, more))["sdp"])

    async def _ask(self, command: str, more: dict[str, Any]) -> dict[str, Any]:
        return await self._ng.ask(command, self.uid, more)


def _streams(told: dict[str, Any], tag: str) -> Iterable[dict[str, Any]]:
    """The RTP streams (not RTCP) of one party, out of a query's answer."""
    for media in told.get("tags", {}).get(tag, {}).get("medias", []):
        for stream in media.get("streams", []):
            if "RTP" in stream.get("flags", ()) or "RTCP" not in stream.get("flags", ()):
                yield stream
