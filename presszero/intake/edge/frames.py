"""How an arrival lies on disk: a mark, its length, its checksum, then itself, sealed as it will be in the database.

A frame that was cut short by a crash is told by its length or its checksum; reading goes on at the next mark.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from presszero.core.sealing import open_bytes, seal_bytes
from presszero.mailroom.incoming import Incoming

MARK = b"\xf0PZ1"
OPEN = b"\xf0PZ0"  # of a version that did not seal: read, never written
_MARKS = {MARK: True, OPEN: False}
_PLACE = "spool"
_ANY = re.compile(rb"\xf0PZ[01]")
_HEAD = struct.Struct("<4sII")  # mark, length of the rest, CRC-32 of the rest
_META = struct.Struct("<I")  # length of the JSON; the body follows it


@dataclass(frozen=True, slots=True)
class Frame:
    """One arrival and where in the file the next one begins. `row` is None where bytes were skipped."""

    row: Incoming | None
    end: int


def pack(row: Incoming) -> bytes:
    """The arrival as one frame."""
    at = row.received_at.isoformat() if row.received_at else None
    placed = [row.merchant_id, row.line_id, row.external_id, row.lane, row.backfill, at, dict(row.headers)]
    meta = json.dumps(placed).encode()
    rest = seal_bytes(_META.pack(len(meta)) + meta + row.body, _PLACE)
    return _HEAD.pack(MARK, len(rest), crc32(rest)) + rest


def unpack(raw: bytes | memoryview, start: int = 0) -> Iterator[Frame]:
    """Every whole frame from `start` on, and one empty frame for each stretch that is none."""
    view, at = memoryview(raw), start
    while at < len(view):
        row, end = _frame_at(view, at)
        if row is None:
            end = _next_whole(raw, at)
        yield Frame(row, end)
        at = end


def _frame_at(view: memoryview, at: int) -> tuple[Incoming | None, int]:
    if at + _HEAD.size > len(view):
        return None, at
    mark, length, checksum = _HEAD.unpack_from(view, at)
    end = at + _HEAD.size + length
    rest = view[at + _HEAD.size : end]
    if mark not in _MARKS or end > len(view) or crc32(rest) != checksum:
        return None, at
    return _row(memoryview(open_bytes(bytes(rest), _PLACE)) if _MARKS[mark] else rest), end


def _next_whole(raw: bytes | memoryview, at: int) -> int:
    """Where the next whole frame begins, or the end.

    It may begin a little before `at`: the end that a frame was cut of can be the very bytes the next one begins with,
    and then the frame is whole and has taken them.
    """
    plain = bytes(raw)
    for found in _ANY.finditer(plain, max(at + 1 - len(MARK), 0)):
        if _frame_at(memoryview(plain), found.start())[0] is not None:
            return found.start()
    return len(plain)


def _row(rest: memoryview) -> Incoming:
    (size,) = _META.unpack_from(rest)
    meta = json.loads(bytes(rest[_META.size : _META.size + size]))
    merchant, line, external, lane, backfill, at, headers = meta
    received_at = datetime.fromisoformat(at) if at else None
    body = bytes(rest[_META.size + size :])
    return Incoming(merchant, line, external, lane, headers, body, backfill, received_at)
