"""What our own pages store as JSON, read back: for every channel whose words come that way."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .adapter import Unreadable
from .adapters.email.reading import clean as naming
from .adapters.email.reading import sniff
from .vocabulary import Attachment

BROKEN_FILE = "A file of this message is broken."


def json_object(body: bytes) -> dict[str, Any]:
    """The object in a body; an empty one where there is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def moment(given: Any) -> datetime | None:
    """An aware moment in ISO 8601; None for anything else."""
    try:
        found = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None


def file(given: Mapping[str, Any], encoded: str) -> Attachment:
    """A file from its base64, named and typed as far as that can be believed. Raises Unreadable."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as why:
        raise Unreadable(BROKEN_FILE) from why
    name = naming.filename(str(given.get("filename") or "")[:4000]) or "file"
    declared = str(given.get("content_type") or "").lower().partition(";")[0].strip()
    return Attachment(name, sniff.content_type(content, declared, name), content)
