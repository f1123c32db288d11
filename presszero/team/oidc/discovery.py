"""Where a provider's doors are, asked of itself (OpenID Connect Discovery 1.0), and the exchange of a code."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.core.http import Asking, CannotFetch, Limits, fetch
from presszero.core.refusal import Refused

_LIMITS = Limits(seconds=8, size=500_000, redirects=0)
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class CannotAsk(Refused):
    """The provider cannot be reached, or answers with something else."""


@dataclass(frozen=True, slots=True)
class Doors:
    """`issuer` is the provider's own name for itself. `people` tells more of who came; "" where there is none."""

    issuer: str
    authorize: str
    token: str
    keys: str
    people: str
    by_body: bool  # the secret goes into the form, since it takes no Basic authentication


def doors(issuer: str) -> Doors:
    """Raises CannotAsk with a sentence for an admin, and never leads into a private network."""
    found = _json(Asking(f"{_web(issuer).rstrip('/')}/.well-known/openid-configuration"))
    if found.get("issuer") != issuer:
        raise CannotAsk(
            _("It answers as %(issuer)s.") % {"issuer": str(found.get("issuer", "—"))[:200]},
            _("Enter the address exactly as the provider names itself."),
        )
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Doors(
        issuer,
        _web(found.get("authorization_endpoint")),
        _web(found.get("token_endpoint")),
        _web(found.get("jwks_uri")),
        _web(found["userinfo_endpoint"]) if found.get("userinfo_endpoint") else "",
        "client_secret_basic" not in methods and "client_secret_post" in methods,
    )


def key_set(where: Doors) -> list[dict[str, Any]]:
    """The provider's public keys as JWKs; asked anew each time, so that a key it takes back is gone at once."""
    keys = _json(Asking(where.keys)).get("keys")
    return [key for key in keys if isinstance(key, dict)][:50] if isinstance(keys, list) else []


def exchange(where: Doors, client: tuple[str, str], form: dict[str, str]) -> dict[str, Any]:
    """The tokens for a code. `client` is our id there and our secret, "" for none. Raises CannotAsk."""
    number, secret = client
    headers = dict(_FORM)
    if secret and not where.by_body:
        headers["Authorization"] = _basic(number, secret)
    else:
        form = {**form, "client_id": number, **({"client_secret": secret} if secret else {})}
    return _json(Asking(where.token, "POST", headers, urlencode(form).encode()))


def more_about(where: Doors, access_token: str) -> dict[str, Any]:
    """What the provider says of somebody besides the token, where it keeps the address for those who ask."""
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    return _json(Asking(where.people, headers=headers)) if where.people and access_token.isascii() else {}


def _json(asking: Asking) -> dict[str, Any]:
    try:
        got = fetch(asking, _LIMITS)
        found = json.loads(got.body) if got.status == 200 else None
    except CannotFetch as why:
        raise CannotAsk(str(why), _("Check the address.")) from why
    except ValueError:
        found = None
    if not isinstance(found, dict):
        host = urlsplit(asking.url).hostname
        raise CannotAsk(
            _("%(host)s did not answer as a sign-in provider does.") % {"host": host}, _("Check the address.")
        )
    return found


def _web(url: object) -> str:
    """An address of the web; without TLS only where an operator opened a network of their own for trying things."""
    parts = urlsplit(url) if isinstance(url, str) and len(url) <= 500 else urlsplit("")
    plain = parts.scheme == "http" and bool(settings.HTTP_MAY_REACH)
    if not parts.hostname or parts.username or not (parts.scheme == "https" or plain):
        raise CannotAsk(_("A provider's address begins with https://"), _("Check the address."))
    return str(url)


def _basic(number: str, secret: str) -> str:
    """RFC 6749 §2.3.1: both form-encoded first."""
    plain = f"{quote(number, safe='')}:{quote(secret, safe='')}"
    return f"Basic {b64encode(plain.encode()).decode()}"
