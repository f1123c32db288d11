"""What a picture tells besides what it shows: where it was taken, with what, when. Taken out before a customer gets it.

Nothing is decoded: the container's segments are walked, and those that carry such notes are left out. How a photo is to
be turned (EXIF orientation) is kept, since most phones rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF", b"XMP "}
_JPEG_NOTES = {0xE1, 0xED, 0xFE}  # APP1 (EXIF, XMP), APP13 (Photoshop, IPTC), comments
_ORIENTATION = 0x0112


def without_notes(content: bytes) -> bytes:
    """The same picture without EXIF, XMP, IPTC and comments; anything that is no JPEG, PNG or WebP as it came."""
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _PNG + b"".join(chunk for name, chunk in _png_chunks(content) if name not in _PNG_NOTES)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return content


def _jpeg(content: bytes) -> bytes:
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at : at + 2 + length]
        if marker not in _JPEG_NOTES:
            kept.append(segment)
        elif segment[4:10] == b"Exif\x00\x00" and (turn := _turn(segment[10:])) > 1:
            kept.append(_turned(turn))
        at += 2 + max(length, 2)
    return b"".join([*kept, content[at:]])


def _turn(tiff: bytes) -> int:
    """EXIF's orientation, 1 to 8; 1 where it says nothing (TIFF 6.0 §2: byte order, directory, 12-byte fields)."""
    if tiff[:2] not in {b"II", b"MM"}:
        return 1

    def number(start: int, size: int) -> int:
        return int.from_bytes(tiff[start : start + size], "little" if tiff[:2] == b"II" else "big")

    first = number(4, 4)
    for field in range(first + 2, first + 2 + 12 * min(number(first, 2), 200), 12):
        if number(field, 2) == _ORIENTATION:
            return number(field + 8, 2) if 1 <= number(field + 8, 2) <= 8 else 1
    return 1


def _turned(turn: int) -> bytes:
    """An APP1 segment that says nothing but how to turn the picture."""
    field = _ORIENTATION.to_bytes(2, "big") + b"\x00\x03\x00\x00\x00\x01" + turn.to_bytes(2, "big") + b"\x00\x00"
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + field + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at : at + 12 + length]
        at += 12 + length


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        chunk = content[at : at + 8 + length + length % 2]
        if name == b"VP8X":  # its flags say which notes follow: none now
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if name not in _WEBP_NOTES:
            kept.append(chunk)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
