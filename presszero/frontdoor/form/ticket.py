"""The slip that a drawn form carries: signed, for one line, good for a day and for one message.

It takes the place of a CSRF cookie, which browsers keep from a form that stands framed in another site.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

OLDEST = timedelta(days=1)
YOUNGEST = timedelta(seconds=3)
YOUNGEST_UNPROVEN = timedelta(seconds=6)  # of a browser that did no work for it
BITS = 12  # of work: some four thousand hashes, a blink of a phone
_SALT = "presszero.frontdoor.form"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that is taken for a figure


class Stale(Exception):
    """No slip of ours for this line, or one of yesterday."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One drawing of a form."""

    number: str  # 32 hex digits; the message's id
    at: datetime
    signed: str

    @property
    def quotable(self) -> str:
        """What a customer can say to us: eight letters and figures."""
        return quotable(self.number)


def draw(line_id: int, at: datetime) -> Ticket:
    number = secrets.token_hex(16)
    said = {"n": number, "l": line_id, "t": int(at.timestamp() * 1000)}
    return Ticket(number, at, signing.dumps(said, salt=_SALT))


def read(signed: str, line_id: int, now: datetime) -> Ticket:
    """The slip that was drawn. Raises Stale."""
    try:
        said = signing.loads(signed[:500], salt=_SALT)
    except signing.BadSignature as why:
        raise Stale from why
    at = datetime.fromtimestamp(said["t"] / 1000, UTC)
    if said["l"] != line_id or not timedelta(seconds=-60) <= now - at <= OLDEST:
        raise Stale
    return Ticket(said["n"], at, signed)


def has_worked(ticket: Ticket, answer: str) -> bool:
    """Whether the browser found a number whose hash with the slip begins with enough zeros."""
    if not answer.isdecimal() or len(answer) > 12:
        return False
    digest = hashlib.sha256(f"{ticket.signed}:{answer}".encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0


def is_too_quick(ticket: Ticket, worked: bool, now: datetime) -> bool:
    """Whether less time has passed than a person needs."""
    return now - ticket.at < (YOUNGEST if worked else YOUNGEST_UNPROVEN)


def quotable(number: str) -> str:
    """F and seven letters of the number's hash, so that nobody learns the slip from it."""
    left = int.from_bytes(hashlib.sha256(f"quotable:{number}".encode()).digest()[:5])
    return "F" + "".join(_LETTERS[left >> (5 * place) & 31] for place in range(7))
