"""Is this request from the provider of this line? Asked before anything of it is read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from presszero.channels import twilio_signing
from presszero.channels.adapter import BadSignature, Request

from .providers import provider_of

TOLERANCE = 300  # seconds a signed time may be off, either way
TOKENS = ("auth_token", "old_auth_token")  # the old one holds until the merchant takes it away


def verify(request: Request, settings: Mapping[str, Any], secrets: Mapping[str, str], now: float) -> dict[str, str]:
    """The fields of a signed form; of a field given twice the first. Raises BadSignature.

    The account it speaks for must be the line's own: where the signature does not cover the address, nothing else
    would tell one merchant's webhooks from another's at the same provider.
    """
    if provider_of(settings).ed25519:
        _verify_pair(request, secrets.get("public_key", ""), now)
    else:
        tokens = [secrets.get(name, "") for name in TOKENS]
        twilio_signing.verify_request(request, tokens)
    fields: dict[str, str] = {}
    for name, value in twilio_signing.form(request.body):
        fields.setdefault(name, value)
    account = str(settings.get("account", ""))
    if account and fields.get("AccountSid", "") != account:
        raise BadSignature("The request speaks for another account.")
    return fields


def _verify_pair(request: Request, public_key: str, now: float) -> None:
    """Telnyx: Ed25519 over `timestamp|body`."""
    at = request.headers.get("telnyx-timestamp", "")
    if not (at.isascii() and at.isdecimal()) or len(at) > 12 or abs(now - int(at)) > TOLERANCE:
        raise BadSignature("The signature is too old, or from a clock that is more than five minutes off.")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        given = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
        key.verify(given, f"{at}|".encode() + request.body)
    except (binascii.Error, ValueError, InvalidSignature) as why:
        raise BadSignature("The signature does not match.") from why
