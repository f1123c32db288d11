"""What a widget's page posts, and the body that is stored of it. Pure.

A page says what was written, never by whom: sender, proof and name come from the visitor's row.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from presszero.channels.adapters.chat.adapter import MAX_FILES, MAX_TEXT
from presszero.channels.vocabulary import Proof
from presszero.core.text import clean

FILES_TOGETHER = 10 * 1024 * 1024  # bytes
_MARKS = 100_000  # commas, colons and brackets: more than the longest text with all its files can hold


class Unfit(Exception):
    """It cannot be stored as it is; the text says why, for whoever wrote it."""


def stored_body(posted: bytes, sender: tuple[str, Proof], name: str, at: datetime) -> bytes:
    """The chat adapter's stored shape, as JSON. Raises Unfit."""
    given = _object(posted)
    text = _text(given.get("text"))
    files = list(_files(given.get("attachments")))
    if not text.strip() and not files:
        raise Unfit("Write something first.")
    body = {
        "client_id": _client_id(given.get("client_id")),
        "sender": sender[0],
        "proof": sender[1].value,
        "name": name,
        "text": text,
        "attachments": files,
        "new_matter": given.get("new_matter") is True,
        "at": at.isoformat(),
    }
    return json.dumps(body).encode()


def _object(posted: bytes) -> dict[str, Any]:
    """Counting comes first: a million small values would keep the edge busy for a second."""
    try:
        if sum(posted.count(mark) for mark in b",:[{") > _MARKS:
            raise ValueError
        given = json.loads(posted)
    except (ValueError, RecursionError) as why:
        raise Unfit("This message cannot be read.") from why
    if not isinstance(given, dict):
        raise Unfit("This message cannot be read.")
    return given


def _client_id(given: Any) -> str:
    try:
        return str(uuid.UUID(given))
    except (ValueError, AttributeError, TypeError) as why:
        raise Unfit("This message has no id.") from why


def _text(given: Any) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise Unfit("This message cannot be read.")
    text = clean(given)
    if len(text) > MAX_TEXT:
        raise Unfit(f"This message is too long: {MAX_TEXT:,} characters fit into one.")
    return text


def _files(given: Any) -> Iterator[dict[str, str]]:
    found = [] if given is None else given
    if not isinstance(found, list):
        raise Unfit("This message cannot be read.")
    if len(found) > MAX_FILES:
        raise Unfit(f"{MAX_FILES} files fit into one message.")
    size = 0
    for each in found:
        size += _size(each)
        if size > FILES_TOGETHER:
            raise Unfit(f"The files are too large: {FILES_TOGETHER // 1024 // 1024} MB fit into one message.")
        yield {
            "filename": each["filename"],
            "content_type": str(each.get("content_type", "")),
            "base64": each["base64"],
        }


def _size(given: Any) -> int:
    """Bytes of a file that came whole. Raises Unfit."""
    if not isinstance(given, dict) or not isinstance(given.get("filename"), str):
        raise Unfit("A file of this message cannot be read. Please add it again.")
    try:
        return len(base64.b64decode(given["base64"].encode("ascii"), validate=True))
    except (binascii.Error, ValueError, KeyError, AttributeError) as why:
        raise Unfit("A file of this message is broken. Please add it again.") from why
