"""Looks at the raw bytes before any parser does, and refuses what would keep a parser busy. Linear in time."""

from __future__ import annotations

import re

MAX_BYTES = 50 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_BOUNDARY_LINES = 1_000
MAX_NESTING = 30
MAX_ADDRESSES = 500
MAX_DASHED_LINES = 200_000  # lines beginning with two dashes, boundaries or not

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_LANDMARK = re.compile(rb"(?im)^(?:--[^\r\n]*|content-type[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,20})")
_BOUNDARY = re.compile(rb"""(?i)boundary\s{0,9}=\s{0,9}(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""")
_RECIPIENTS = re.compile(rb"(?im)^(?:from|to|cc|bcc|reply-to|resent-to)[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")


def refuse(raw: bytes) -> str:
    """Why this mail must not be parsed, as a sentence; "" when it may."""
    if len(raw) > MAX_BYTES:
        return f"The mail is larger than {MAX_BYTES // 1024 // 1024} MB."
    end = _BLANK_LINE.search(raw)
    header_bytes = end.start() if end else len(raw)
    if header_bytes > MAX_HEADER_BYTES:
        return f"The mail's header is larger than {MAX_HEADER_BYTES // 1024} kB."
    if _addresses(raw[:header_bytes]) > MAX_ADDRESSES:
        return f"The mail names more than {MAX_ADDRESSES} addresses."
    return _structure(raw)


def _addresses(header: bytes) -> int:
    return sum(max(found.count(b"@"), found.count(b",") + 1) for found in _RECIPIENTS.findall(header))


def _structure(raw: bytes) -> str:
    """Follows the boundaries the mail declares, without keeping its text."""
    open_parts: list[bytes] = []  # boundaries; b"" for a message inside a message
    boundary_lines = dashed = 0
    for found in _LANDMARK.finditer(raw):
        landmark = found.group()
        if not landmark.startswith(b"--"):
            open_parts += _opened(landmark)
            if len(open_parts) > MAX_NESTING:
                return f"The mail has parts nested more than {MAX_NESTING} deep."
            continue
        dashed += 1
        at = _closes(open_parts, landmark[2:].rstrip())
        if at is not None:
            boundary_lines += 1
            del open_parts[at:]
        if boundary_lines > MAX_BOUNDARY_LINES or dashed > MAX_DASHED_LINES:
            return f"The mail has more than {MAX_BOUNDARY_LINES} parts."
    return ""


def _opened(content_type: bytes) -> list[bytes]:
    kind = content_type.partition(b":")[2].strip().lower()
    if kind.startswith(b"multipart"):
        boundary = _BOUNDARY.search(content_type)
        return [(boundary.group(1) or boundary.group(2)).rstrip()] if boundary else []
    return [b""] if kind.startswith((b"message/rfc822", b"message/global")) else []


def _closes(open_parts: list[bytes], line: bytes) -> int | None:
    """Where the stack of open parts is cut by a boundary line; None when the line is no boundary."""
    for at in range(len(open_parts) - 1, -1, -1):
        boundary = open_parts[at]
        if boundary and line == boundary:
            return at + 1
        if boundary and line == boundary + b"--":
            return at
    return None
