"""A provider's signed word about somebody: believed only when every part of it fits (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

ALGORITHMS = {
    "RS256": "sha256", "RS384": "sha384", "RS512": "sha512", "PS256": "sha256", "PS384": "sha384", "PS512": "sha512",
    "ES256": "sha256", "ES384": "sha384", "ES512": "sha512",
}  # fmt: skip
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
_SLACK = 60  # seconds their clock may be off
_OLDEST = 600  # seconds since it was signed


class Disbelieved(Exception):
    """The token proves nothing. The text is for the log, and names no person."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say, or be for somebody else."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What the provider says of somebody. `email` is lower case and "" unless the provider has verified it."""

    subject: str
    email: str
    name: str


def believe(token: str, access_token: str, keys: Sequence[Mapping[str, Any]], expected: Expected) -> Said:
    """Raises Disbelieved for anything that does not fit: signature, issuer, audience, time, nonce, hash."""
    claims = _signed(token, keys, expected)
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise Disbelieved("It was made for another party.")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise Disbelieved("It belongs to another attempt.")
    if "at_hash" in claims:
        _check_hash(str(claims["at_hash"]), access_token, str(jwt.get_unverified_header(token)["alg"]))
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Disbelieved("It names nobody.")
    return _said(subject, claims)


def completed(said: Said, more: Mapping[str, Any]) -> Said:
    """With what the provider told beside the token, if that is of the same somebody (§5.3.2). Raises Disbelieved."""
    if not more:
        return said
    if more.get("sub") != said.subject:
        raise Disbelieved("It told us of somebody else.")
    return _said(said.subject, more)


def _said(subject: str, claims: Mapping[str, Any]) -> Said:
    email = claims.get("email") if claims.get("email_verified") is True else ""
    return Said(subject, str(email or "").strip().lower()[:254], str(claims.get("name") or "")[:120])


def _signed(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Disbelieved("It is signed in a way we do not accept.")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(header.get("kid"), algorithm, keys),
            algorithms=[algorithm],
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=_SLACK,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False,
                     "verify_nbf": False},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as why:
        raise Disbelieved(f"Its signature or claims do not hold: {type(why).__name__}.") from why
    _check_time(claims, expected.now)
    return claims


def _check_time(claims: Mapping[str, Any], at: datetime) -> None:
    """By the moment given, not by the clock on the wall."""
    now = at.timestamp()
    ends, made, starts = claims["exp"], claims["iat"], claims.get("nbf", 0)
    if not all(isinstance(each, int | float) for each in (ends, made, starts)):
        raise Disbelieved("Its times are none.")
    if ends + _SLACK <= now or made - _SLACK > now or starts - _SLACK > now or made + _OLDEST < now:
        raise Disbelieved("It is not of this moment.")


def _key(kid: object, algorithm: str, keys: Sequence[Mapping[str, Any]]) -> Any:
    """The one key that can have signed it; the algorithm of the key's own kind alone, so a key is never a password."""
    kind = _KINDS[algorithm[:2]]
    fits = [
        key
        for key in keys
        if key.get("kty") == kind and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    ]
    named = [key for key in fits if key.get("kid") == kid] if kid is not None else fits
    if len(named) != 1:
        raise Disbelieved("No key of the provider fits.")
    return jwt.PyJWK(dict(named[0]), algorithm=algorithm).key


def _check_hash(said: str, access_token: str, algorithm: str) -> None:
    digest = hashlib.new(ALGORITHMS[algorithm], access_token.encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not hmac.compare_digest(said.encode(), half):
        raise Disbelieved("It came with another access token.")
