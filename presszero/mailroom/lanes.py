"""Which lane an arrival waits in. Arrivals of one sender on one line share a lane, and a lane is worked in order."""

from __future__ import annotations

from zlib import crc32

LANES = 64


def lane(line_id: int, key: str) -> int:
    """The lane, 0 to 63, of what `key` (a sender, or "" for the whole line) sent to a line. The same for ever."""
    return crc32(f"{line_id}:{key}".encode("utf-8", "replace")) % LANES
