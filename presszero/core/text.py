"""The one place where text from outside becomes text we can store and show."""

from __future__ import annotations

import re

# C0 and C1 controls except tab and newline; PostgreSQL refuses NUL, terminals obey escapes.
_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)])
# Marks that turn the reading direction of what follows: fine in a body, a disguise in a name.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SPACES = re.compile(r"\s+")


def clean(text: str, limit: int | None = None) -> str:
    """Storable text: no NUL, no lone surrogates, no control characters, newlines as \\n."""
    if not (text.isascii() and text.isprintable()):  # nearly every header and id is, and needs nothing
        text = text.encode("utf-8", "replace").decode("utf-8")
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    return text if limit is None else text[:limit]


def one_line(text: str, limit: int = 998) -> str:
    """A name, subject or header value: clean, on one line, unable to turn the text around it."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "  " not in text:  # as nearly every id and name
        return text.strip()[:limit]
    return _SPACES.sub(" ", clean(text).translate(_TURNS)).strip()[:limit]


def snippet(text: str, limit: int = 140) -> str:
    """The first words of a text on one line, for a list."""
    line = one_line(text[: limit * 4], limit * 4)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
