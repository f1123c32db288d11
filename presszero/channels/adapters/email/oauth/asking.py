"""The requests of OAuth 2 (RFC 6749) with PKCE (RFC 7636): where to send the browser, and the two exchanges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from django.utils.translation import gettext as _

from presszero.core.http import Asking, CannotFetch, Limits, fetch
from presszero.core.pkce import challenge
from presszero.core.text import one_line

from .providers import Provider

_LIMITS = Limits(seconds=15, size=100_000, redirects=0)
_GONE = ("invalid_grant", "invalid_client", "unauthorized_client", "interaction_required", "consent_required")


class NotSignedIn(OSError):
    """The provider did not let us in. A sentence for the merchant; `for_good`: only a person can put it right."""

    def __init__(self, sentence: str, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the provider: the installation's registration, or the merchant's own."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a provider gave us. `refresh` "" is: the one we have goes on. `address`: who signed in, "" when not said."""

    token: str
    expires_at: datetime
    refresh: str = ""
    address: str = ""


def sign_in_url(provider: Provider, client: Client, back: str, state: str, verifier: str, hint: str = "") -> str:
    """Where the browser goes to sign in; it comes back to `back` with a code and the same state."""
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": state,
        **challenge(verifier),
        **provider.asks,
        **({"login_hint": hint} if hint else {}),
    }
    return f"{provider.authorize}?{urlencode(asked)}"


def access_by_code(provider: Provider, client: Client, code: str, back: str, verifier: str, now: datetime) -> Access:
    """Turns the code that the browser brought into access. Raises NotSignedIn."""
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    said = _ask(provider, client, grant)
    if not said.get("refresh_token"):
        raise NotSignedIn(_("%(who)s gave us access for an hour only.") % {"who": provider.label}, for_good=True)
    return _access(said, now, _address(said, client))


def access_by_refresh(provider: Provider, client: Client, refresh: str, now: datetime) -> Access:
    """Access anew. Raises NotSignedIn; `for_good` when the merchant has to connect it again."""
    return _access(_ask(provider, client, {"grant_type": "refresh_token", "refresh_token": refresh}), now, "")


def xoauth2(user: str, token: str) -> str:
    """The answer of SASL XOAUTH2, before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _ask(provider: Provider, client: Client, grant: Mapping[str, str]) -> dict[str, Any]:
    form = {**grant, "client_id": client.id, "client_secret": client.secret}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = fetch(Asking(provider.token, "POST", headers, urlencode(form).encode()), _LIMITS)
    except CannotFetch as why:
        raise NotSignedIn(_("%(who)s cannot be reached: %(why)s") % {"who": provider.label, "why": why}) from why
    said = _object(answer.body)
    if answer.status != 200 or not said.get("access_token"):
        error = str(said.get("error") or answer.status)
        words = one_line(str(said.get("error_description") or error), 300)
        told = {"who": provider.label, "why": words}
        raise NotSignedIn(_("%(who)s does not let us in: %(why)s") % told, for_good=error in _GONE)
    return said


def _access(said: Mapping[str, Any], now: datetime, address: str) -> Access:
    try:
        lasts = max(int(said.get("expires_in", 3600)), 60)
    except (TypeError, ValueError):
        lasts = 3600
    return Access(
        str(said["access_token"]),
        now + timedelta(seconds=min(lasts, 86_400)),
        str(said.get("refresh_token") or ""),
        address,
    )


def _address(said: Mapping[str, Any], client: Client) -> str:
    """Whose mailbox it is, by the id token. It came from the token endpoint itself, over TLS, which stands in for its
    signature (OpenID Connect Core 3.1.3.7, 6)."""
    try:
        claims = jwt.decode(
            str(said.get("id_token") or ""),
            options={"verify_signature": False, "verify_aud": True, "verify_exp": True, "require": ["aud", "exp"]},
            audience=client.id,
        )
    except jwt.PyJWTError:
        return ""
    return one_line(str(claims.get("email") or claims.get("preferred_username") or ""), 254).lower()


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
