"""Collects what may be one of our thread tokens; whether it is one, somebody with the secret decides."""

from __future__ import annotations

import re
from email.message import Message

from . import clean, headers

MAX_TOKENS = 50

_PLUS = re.compile(r"[^\s<>@+]{1,64}\+([A-Za-z0-9_=.-]{6,128})@")
_IN_ID = re.compile(r"^t\.([A-Za-z0-9_-]{6,128})\.")
_ENVELOPE = (
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-Forwarded-To",
    "Original-Recipient", "X-Rcpt-To",
)  # fmt: skip


def delivered_to(message: Message) -> tuple[str, ...]:
    """Envelope recipients as servers noted them; some servers keep the plus part only here."""
    found = [
        clean.line(value).strip("<> ").rpartition(";")[2].strip()[:320]
        for name in _ENVELOPE
        for value in headers.every(message, name)
    ]
    return tuple(dict.fromkeys(each for each in found if "@" in each))[:20]


def candidates(message: Message, originals: tuple[str, ...]) -> tuple[str, ...]:
    """In-Reply-To first, then References from the newest, then addresses, then a bounced mail's own ids."""
    ids = [*headers.identifiers(headers.raw(message, "In-Reply-To"))]
    ids += reversed(headers.identifiers(headers.raw(message, "References")))
    found = [token for each in ids if (token := _of_id(each))]
    addresses = [
        party.address for name in ("To", "Cc", "Reply-To", "Resent-To") for party in headers.parties(message, name)
    ]
    for address in [*addresses, *delivered_to(message)]:
        found += _PLUS.findall(f"{address} ")
    found += [token for each in originals if (token := _of_id(each))]
    return tuple(dict.fromkeys(found))[:MAX_TOKENS]


def _of_id(identifier: str) -> str:
    found = _IN_ID.match(identifier)
    return found.group(1) if found else ""
