"""Whether a sender signed what it sent, where the signature is worked out of the bytes and a secret alone."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from presszero.channels.adapter import BadSignature, Request

from .adapter import CarrierSettings


def verify(request: Request, header: str, carrier: CarrierSettings, sign: Callable[[bytes, str], str]) -> None:
    """Raises BadSignature unless the header is what `sign` makes of these bytes and the secret, or the one before."""
    given = request.headers.get(header, "").strip().encode("utf-8", "replace")
    secrets = [carrier.secrets.get(name, "") for name in ("secret", "old_secret")]
    if not any(secret and hmac.compare_digest(given, sign(request.body, secret).encode()) for secret in secrets):
        raise BadSignature("The signature does not match.")
