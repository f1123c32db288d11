"""Keys as events beside the sound (RFC 4733 §2.3, §2.5) on the seats of a room, where rtpengine passes them on."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from .companding import FRAME
from .digits import EVENTS

KIND = 101  # what our own descriptions call them
_EVENT = struct.Struct("!BBH")
_NAMED = re.compile(r"^a=rtpmap:(\d{1,3})\s+telephone-event/8000", re.IGNORECASE | re.MULTILINE)
_ENDS, _LOUD = 0x80, 10  # the last packets of a key; -10 dBm0
_FRAMES, _LAST = 8, 3  # a key lasts 160 ms, and its end is said three times


def kind_of(sdp: str) -> int | None:
    """The payload type by which a description takes events; None where it takes none."""
    found = _NAMED.search(sdp)
    return int(found[1]) if found else None


def ended(payload: bytes) -> str:
    """The key whose end a packet tells, "" for any other packet."""
    if len(payload) < _EVENT.size:
        return ""
    event, flags, _ = _EVENT.unpack_from(payload)
    return EVENTS[event] if flags & _ENDS and event < len(EVENTS) else ""


def payloads(key: str) -> Iterator[bytes]:
    """What is sent of a key, one every 20 ms, all with the time at which it began."""
    for frame in range(1, _FRAMES + 1):
        yield _EVENT.pack(EVENTS.index(key), _LOUD, frame * FRAME)
    for _ in range(_LAST):
        yield _EVENT.pack(EVENTS.index(key), _LOUD | _ENDS, _FRAMES * FRAME)
