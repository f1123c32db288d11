"""What the door may know of a raw mail without parsing it: cheap, bounded, and harmless whatever the bytes are."""

from __future__ import annotations

import re
from hashlib import sha256

from presszero.core.text import one_line

HEADER_BLOCK = 64 * 1024  # bytes looked at

_FOLD = re.compile(rb"\r?\n[ \t]+")
_ADDRESS = re.compile(rb"[^\s<>()\[\]\\,;:\"@]{1,256}@[^\s<>()\[\]\\,;:\"@]{1,255}")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.){0,998}"')


def header(raw: bytes, name: str) -> str:
    """The first header of a name, unfolded, as text of one line; "" where there is none in the first 64 kB."""
    block = b"\n" + header_block(raw)
    found = re.search(
        rb"\n" + re.escape(name.encode()) + rb"[ \t]*:([^\n]{0,20000}(?:\n[ \t][^\n]{0,2000}){0,200})", block, re.I
    )
    if not found:
        return ""
    return one_line(_FOLD.sub(b" ", found[1]).decode("utf-8", "replace"), 2000)


def header_block(raw: bytes) -> bytes:
    """The bytes before the first empty line, at most 64 kB of them."""
    head = bytes(raw[:HEADER_BLOCK])
    ends = [at for at in (head.find(b"\r\n\r\n"), head.find(b"\n\n")) if at >= 0]
    return head[: min(ends)] if ends else head


def lane_key(raw: bytes) -> str:
    """The From address in lower case: mails of one sender are understood in the order they came."""
    value = header(raw, "From").encode()
    angled = re.search(rb"<\s*(" + _ADDRESS.pattern + rb")\s*>", value)
    found = angled[1] if angled else _first_address(value)
    return found.decode("utf-8", "replace").lower()


def external_id(raw: bytes) -> str:
    """Message-ID and hash of the bytes, at most 200 characters: a reused Message-ID is another mail."""
    return f"{message_id(raw)[:130]}:{sha256(raw).hexdigest()}"


def message_id(raw: bytes) -> str:
    """Without angle brackets; "" where there is none."""
    return header(raw, "Message-ID").strip("<> ")


def plus_part(address: str) -> str:
    """What stands after the first + of the local part: our thread's token, if it is one of ours."""
    return address.rpartition("@")[0].partition("+")[2]


def without_plus(address: str) -> str:
    """support+token@juniper.example → support@juniper.example, in lower case."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain.rstrip('.')}"


def _first_address(value: bytes) -> bytes:
    found = _ADDRESS.search(_QUOTED.sub(b" ", value))
    return found[0] if found else b""
