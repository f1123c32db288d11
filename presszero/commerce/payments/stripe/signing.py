"""Stripe's signature: `t=` and `v1=`, the HMAC-SHA256 of time, a point and the exact bytes.

https://docs.stripe.com/webhooks/signature; several v1 stand there while a secret is being replaced.
"""

from __future__ import annotations

import hashlib
import hmac

from presszero.channels.adapter import BadSignature

TOLERANCE = 300  # seconds either way
_MOST = 10  # signatures looked at


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value for these bytes."""
    return f"t={at},v1={_mac(secret, str(at), body)}"


def verify(header: str, body: bytes, secret: str, now: float) -> None:
    """Raises BadSignature."""
    parts = [part.partition("=") for part in header.split(",")[: _MOST + 2]]
    at = next((value.strip() for name, _, value in parts if name.strip() == "t"), "")
    given = [value.strip() for name, _, value in parts if name.strip() == "v1"]
    if not secret or not at.isascii() or not at.isdecimal() or len(at) > 12:
        raise BadSignature("The request is not signed.")
    if abs(now - int(at)) > TOLERANCE:
        raise BadSignature("The signature is too old, or from a clock that is more than five minutes off.")
    wanted = _mac(secret, at, body)
    if not any(hmac.compare_digest(wanted.encode(), each.encode("utf-8", "replace")) for each in given):
        raise BadSignature("The signature does not match.")


def _mac(secret: str, at: str, body: bytes) -> str:
    signed = at.encode("ascii") + b"." + body
    return hmac.new(secret.encode("utf-8", "replace"), signed, hashlib.sha256).hexdigest()
