"""Keys pressed: as RFC 4733 events, which rtpengine reports as JSON over UDP, and as SIP INFO.

A phone may send one key both ways. The same key within `TWIN` of the other way's is that key again; the same key twice
the same way is two keys.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TWIN = 0.3  # seconds
EVENTS = "0123456789*#ABCD"  # RFC 4733: the numbers of the events
SIGNAL = re.compile(r"^\s*Signal\s*=\s*([0-9*#A-D]{1,2})\s*$", re.IGNORECASE | re.MULTILINE)
MOST = 60  # keys in `WINDOW`; a person presses four a second at most
WINDOW = 10.0


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, by whom (the tag of the party) in which call (rtpengine's call-id)."""

    call: str
    tag: str
    digit: str


class Digits(asyncio.DatagramProtocol):
    """The socket of `--dtmf-log-dest`."""

    def __init__(self, heard: Callable[[Pressed], None]) -> None:
        self._heard = heard

    def datagram_received(self, packet: bytes, address: Any) -> None:
        pressed = reported(packet)
        if pressed:
            self._heard(pressed)


class Twins:
    """Whether a key is new, for one call. Also a bound: who floods us with keys is no longer heard."""

    def __init__(self) -> None:
        self._last: tuple[str, str, float] = ("", "", -1.0)
        self._times: list[float] = []

    def is_new(self, digit: str, way: str, now: float) -> bool:
        """way: "rtp" or "info"; now: seconds of a monotonic clock."""
        last, other, at = self._last
        if digit == last and way != other and now - at < TWIN:
            self._last = ("", "", -1.0)  # each twin has one twin
            return False
        self._times = [time for time in self._times if now - time < WINDOW]
        if len(self._times) >= MOST:
            return False
        self._times.append(now)
        self._last = (digit, way, now)
        return True


def reported(packet: bytes) -> Pressed | None:
    """What rtpengine's report says; None when it is none."""
    try:
        told = json.loads(packet)
        return Pressed(str(told["callid"]), str(told["source_tag"]), EVENTS[int(told["event"])])
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def informed(body: str, kind: str) -> str:
    """The key in the body of an INFO, "" when there is none. `kind` is its content type."""
    if "dtmf-relay" in kind.lower():
        found = SIGNAL.search(body)
        return _key(found[1].upper()) if found else ""
    if kind.lower().startswith("application/dtmf"):
        return _key(body.strip().upper())
    return ""


def _key(text: str) -> str:
    """A key as its sign; some phones send * and # as the numbers of their events, 10 and 11."""
    if text in ("10", "11"):
        return EVENTS[int(text)]
    return text if len(text) == 1 and text in EVENTS else ""
