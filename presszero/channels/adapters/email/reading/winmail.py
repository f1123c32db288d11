"""Opens winmail.dat, the wrapper in which some Outlooks send everything."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from tnefparse import TNEF

from . import charsets, clean

MAX_ATTACHMENTS = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: `text` and `html` may be ""; files as (name, bytes)."""

    text: str = ""
    html: str = ""
    files: tuple[tuple[str, bytes], ...] = field(default=())


def opened(content: bytes) -> Opened | None:
    """None where it cannot be opened; the attachment is then kept as it came."""
    try:
        tnef = TNEF(content, do_checksum=False)
        files = tuple((clean.filename(_name(each)), bytes(each.data)) for each in tnef.attachments[:MAX_ATTACHMENTS])
        return Opened(_text(tnef.body), _text(tnef.htmlbody), files)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, struct.error, UnicodeError, OverflowError):
        return None


def _name(attachment: object) -> str:
    long_name = getattr(attachment, "long_filename", None)
    name = long_name() if callable(long_name) else getattr(attachment, "name", "")
    return charsets.guess(name) if isinstance(name, bytes) else str(name or "")


def _text(body: object) -> str:
    if isinstance(body, bytes):
        return clean.body(charsets.guess(body))
    return clean.body(body) if isinstance(body, str) else ""
