"""How large a picture says it is, read from its first bytes without decoding any of it."""

from __future__ import annotations

import re

MOST = 50_000_000  # pixels; a photo of a good camera has 50 million, and unpacks to 200 MB

_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(....)", re.DOTALL)
_LOOKED_AT = 256 * 1024  # bytes of a JPEG before its frame header: profiles and previews


def is_bomb(content: bytes) -> bool:
    """Whether it would unpack to more than anybody's screen can hold (U7)."""
    return pixels(content) > MOST


def pixels(content: bytes) -> int:
    """Width times height of a PNG, GIF, JPEG or WebP as its header says; 0 for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _big(content[16:20]) * _big(content[20:24])
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _little(content[6:8]) * _little(content[8:10])
    if content.startswith(b"\xff\xd8\xff"):
        sizes = (found[1] for found in _JPEG_FRAME.finditer(content[:_LOOKED_AT]))
        return max((_big(size[:2]) * _big(size[2:]) for size in sizes), default=0)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return 0


def _webp(content: bytes) -> int:
    kind = content[12:16]
    if kind == b"VP8X":
        return (_little(content[24:27]) + 1) * (_little(content[27:30]) + 1)
    if kind == b"VP8L":
        packed = _little(content[21:25])
        return ((packed & 0x3FFF) + 1) * ((packed >> 14 & 0x3FFF) + 1)
    return (_little(content[26:28]) & 0x3FFF) * (_little(content[28:30]) & 0x3FFF)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
