"""Signed webhooks, both ways: the Standard Webhooks scheme (standardwebhooks.com), which Svix's senders use too.

The signature is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. A secret is text; after the prefix
`whsec_` it is base64 of the key. Several secrets may hold at once, so that one can be replaced without a gap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import time
from collections.abc import Iterable, Mapping

from .adapter import BadSignature, LineSettings, Request

TOLERANCE = 300  # seconds either way

PREFIXES = ("webhook", "svix")


def signed_headers(message_id: str, at: int, body: bytes, secret: str) -> dict[str, str]:
    """What to send with a body. `at` is in Unix seconds."""
    signature = base64.b64encode(_mac(secret, message_id, str(at), body)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}


def new_secret() -> str:
    """256 bits, written as the scheme writes them."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float) -> str:
    """The id of a request signed with one of the secrets (lower-case header names). Raises BadSignature."""
    found = _named(headers)
    if found is None:
        raise BadSignature("The request is not signed: webhook-id, webhook-timestamp and webhook-signature are needed.")
    message_id, timestamp, signatures = found
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(now - int(timestamp)) > TOLERANCE:
        raise BadSignature("The signature is too old, or from a clock that is more than five minutes off.")
    given = [_decoded(each) for each in signatures.split(" ")[:10]]
    for secret in secrets:
        wanted = _mac(secret, message_id, timestamp, body) if secret else b""
        if wanted and any(hmac.compare_digest(wanted, each) for each in given):
            return message_id
    raise BadSignature("The signature does not match.")


def _named(headers: Mapping[str, str]) -> tuple[str, str, str] | None:
    for prefix in PREFIXES:
        values = [headers.get(f"{prefix}-{name}", "") for name in ("id", "timestamp", "signature")]
        if all(values):
            return values[0], values[1], values[2]
    return None


def _decoded(signature: str) -> bytes:
    version, _, value = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""


def verify_for(line: LineSettings, request: Request) -> str:
    """As `verify`, now, with the line's secret, or the old one while it is being replaced."""
    secrets = [line.secrets.get(name, "") for name in ("secret", "old_secret")]
    return verify(request.headers, request.body, secrets, time.time())


def _mac(secret: str, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogateescape") + body
    return hmac.new(_key(secret), signed, hashlib.sha256).digest()


def _key(secret: str) -> bytes:
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            return secret.encode()
    return secret.encode()
