"""A posted multipart form, taken apart without Django's limit on the size of a field: a field may be a whole mail."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.I)
_NAME = re.compile(rb';\s*name="([^"\r\n]{0,200})"')
_FILENAME = re.compile(rb';\s*filename="([^"\r\n]{0,1000})"')
_TYPE = re.compile(rb"(?mi)^content-type:[ \t]*([^\r\n]{0,200})")

MAX_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One field, or one file when it has a filename."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = ""

    @property
    def text(self) -> str:
        """Whatever bytes it holds; encoding with surrogateescape gives them back."""
        return self.content.decode("utf-8", "surrogateescape")


def boundary(content_type: str) -> bytes:
    """b"" when none is named."""
    found = _BOUNDARY.search(content_type)
    return found[1].encode() if found else b""


def parts(body: bytes, content_type: str) -> list[Part]:
    """The parts in order (RFC 7578). Raises ValueError for what is no such form."""
    mark = b"--" + boundary(content_type)
    if mark == b"--":
        raise ValueError("The form names no boundary.")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or len(pieces) > MAX_PARTS:
        raise ValueError("The form has no parts, or too many.")
    return [_part(piece) for piece in pieces[1:] if not piece.startswith(b"--")]


def _part(piece: bytes) -> Part:
    head, found, content = piece.partition(b"\r\n\r\n")
    name = _NAME.search(head)
    if not found or not name:
        raise ValueError("A part of the form has no name.")
    filename, kind = _FILENAME.search(head), _TYPE.search(head)
    return Part(
        name[1].decode("utf-8", "replace"),
        content,
        filename[1].decode("utf-8", "replace") if filename else None,
        kind[1].decode("latin-1").strip() if kind else "",
    )
