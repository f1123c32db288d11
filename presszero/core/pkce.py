"""Proof that whoever brings a code back is who set out for it (RFC 7636)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode


def challenge(verifier: str) -> dict[str, str]:
    """What the authorization request says of a verifier of 43 to 128 characters that stays with us until the end."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return {"code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(), "code_challenge_method": "S256"}
