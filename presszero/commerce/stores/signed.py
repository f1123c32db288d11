"""Whether a shop signed what it sent, where it does so as most do: HMAC-SHA256 of the body, in base64, in a header."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from presszero.channels.adapter import BadSignature, Request


def verify(request: Request, secret: str, header: str) -> None:
    """Raises BadSignature unless the header is of these very bytes."""
    if not secret:
        raise BadSignature("The shop is not connected.")
    wanted = hmac.new(secret.encode(), request.body, hashlib.sha256).digest()
    try:
        given = base64.b64decode(request.headers.get(header, ""), validate=True)
    except (binascii.Error, ValueError) as why:
        raise BadSignature("The signature is no base64.") from why
    if not hmac.compare_digest(wanted, given):
        raise BadSignature("The signature does not match.")
