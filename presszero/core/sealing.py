"""Secrets at rest, and tokens that cannot be worked out.

Sealing is AES-256-GCM under a key derived from SECRET_KEY (HKDF-SHA256); older keys still open what they sealed
(SECRET_KEY_FALLBACKS). Tokens are random; what we keep of one is its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotOpen(Exception):
    """Sealed with a key that this installation does not have."""


def seal(values: Mapping[str, str], purpose: str) -> bytes:
    """A small mapping of secrets as bytes; `purpose` must be given again to open it."""
    nonce = os.urandom(12)
    plain = json.dumps(dict(values)).encode()
    return nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, plain, purpose.encode())


def open_sealed(sealed: bytes, purpose: str) -> dict[str, str]:
    """The mapping that was sealed; {} for nothing. Raises CannotOpen."""
    if not sealed:
        return {}
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            plain = AESGCM(_key(secret)).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), purpose.encode())
        except InvalidTag:
            continue
        return dict(json.loads(plain))
    raise CannotOpen("These secrets were sealed with another key. Enter them again, or restore the old secret key.")


def new_token(bits: int = 256) -> str:
    """URL-safe, random, never derived from anything."""
    return secrets.token_urlsafe(bits // 8)


def fingerprint(token: str) -> str:
    """What we keep of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@cache
def _key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"press-zero", info=b"seal").derive(secret.encode())
