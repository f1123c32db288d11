"""What a channel said it can carry, asked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from .adapter import Abilities
from .vocabulary import Attachment, Outgoing, Shared


def too_much(out: Outgoing, can: Abilities) -> str:
    """A sentence when the message is more than the channel carries; "" when it fits."""
    if len(out.text) > can.max_text:
        return f"The text has {len(out.text)} characters; this channel carries {can.max_text}."
    if (out.attachments or out.shared) and not can.attachments:
        return "This channel carries no files."
    refused = unfit((*out.attachments, *out.shared), can)
    if refused:
        return " ".join(refused)
    if out.attachments and can.addresses:
        return "These files have no address from which this channel could fetch them."
    if len(out.to) > 1 and not can.copies:
        return "This channel writes to one person at a time."
    return ""


def unfit(files: Sequence[Attachment | Shared], can: Abilities) -> tuple[str, str] | None:
    """Why the channel does not take these files together, and what to do instead; None when it does."""
    if can.kinds and any(file.content_type not in can.kinds for file in files):
        return (
            _("This channel carries pictures, sound, film, contact cards and PDF files, and nothing else."),
            _("Make a PDF file of it, or answer by mail."),
        )
    if can.max_files and len(files) > can.max_files:
        return _("At most %(n)d files go in one message here.") % {"n": can.max_files}, _("Send the others after it.")
    size = sum(file.size for file in files)
    if size > can.max_attachment_bytes:
        megabytes = {"n": _megabytes(size), "most": _megabytes(can.max_attachment_bytes)}
        said = _("These files are too large together: %(n)s MB, and this channel carries %(most)s MB.") % megabytes
        return said, _("Send fewer of them, or a link.")
    return None


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}"
