"""Attachments at rest: content-addressed names of our own, whatever the sender called the file."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .adapters.email.reading import clean, sniff


def keep(merchant_id: int, content: bytes) -> str:
    """Stores the bytes and returns their key. The same bytes of one merchant are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    key = f"attachments/{merchant_id}/{digest[:2]}/{digest}"
    if not default_storage.exists(key):
        saved = default_storage.save(key, ContentFile(content))
        if saved != key:  # somebody stored the same bytes at the same moment, under the name we wanted
            default_storage.delete(saved)
    return key


def shown_name(filename: str) -> str:
    """The name as it may be shown and offered for saving; "file" when nothing of it is left."""
    return clean.filename(filename) or "file"


def kind_of(content: bytes, filename: str, declared: str = "") -> str:
    """The content type as our own look at the bytes decides."""
    return sniff.content_type(content, declared, filename)
