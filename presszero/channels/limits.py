"""What a channel said it can carry, asked before anything is sent."""

from __future__ import annotations

from .adapter import Abilities
from .vocabulary import Outgoing


def too_much(out: Outgoing, can: Abilities) -> str:
    """A sentence when the message is more than the channel carries; "" when it fits."""
    if len(out.text) > can.max_text:
        return f"The text has {len(out.text)} characters; this channel carries {can.max_text}."
    if out.attachments and not can.attachments:
        return "This channel carries no files."
    size = sum(part.size for part in out.attachments)
    if size > can.max_attachment_bytes:
        most = _megabytes(can.max_attachment_bytes)
        return f"The files have {_megabytes(size)} MB together; this channel carries {most}."
    if len(out.to) > 1 and not can.copies:
        return "This channel writes to one person at a time."
    return ""


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}"
