"""Secrets at rest, and tokens that cannot be worked out.

Sealing is AES-256-GCM under a key derived from SECRET_KEY (HKDF-SHA256); older keys still open what they sealed
(SECRET_KEY_FALLBACKS). Tokens are random; what we keep of one is its SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
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


def seal_bytes(plain: bytes, place: str) -> bytes:
    """Bytes as they lie on disk or in a row: nonce, ciphertext, tag (28 bytes more). `place` must be given to open."""
    nonce = os.urandom(12)
    return nonce + _bulk(settings.SECRET_KEY).encrypt(nonce, plain, place.encode("utf-8", "replace"))


def open_bytes(sealed: bytes, place: str) -> bytes:
    """What `seal_bytes` sealed for the same place. Raises CannotOpen."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _bulk(secret).decrypt(sealed[:12], sealed[12:], place.encode("utf-8", "replace"))
        except InvalidTag:
            continue
    raise CannotOpen("These bytes were sealed with another key. Put the old one into PRESSZERO_OLD_SECRET_KEYS.")


def blind(word: str, purpose: str) -> str:
    """A keyed hash (HMAC-SHA256, hex): tells whether two words are the same, and to nobody without the key which."""
    return hmac.new(
        _blinding(settings.SECRET_KEY), f"{purpose}\n{word}".encode("utf-8", "replace"), "sha256"
    ).hexdigest()


def new_token(bits: int = 256) -> str:
    """URL-safe, random, never derived from anything."""
    return secrets.token_urlsafe(bits // 8)


def fingerprint(token: str) -> str:
    """What we keep of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@cache
def _bulk(secret: str) -> AESGCM:
    """For large things: a key of its own, made ready once."""
    return AESGCM(HKDF(SHA256(), 32, salt=b"press-zero", info=b"bytes").derive(secret.encode()))


@cache
def _blinding(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"press-zero", info=b"blind").derive(secret.encode())


@cache
def _key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"press-zero", info=b"seal").derive(secret.encode())
