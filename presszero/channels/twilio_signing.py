"""Signed webhooks as Twilio signs them, and those that copy its API: for texts and for calls.

The signature is the base64 of HMAC-SHA1 over the exact public address, and for a form the name and value of every
field behind it, ordered by name (twilio.com/docs/usage/security). A body that is no form is held by its SHA-256, which
the sender puts into the address as `bodySHA256`. The scheme has no clock: only the ids in the body make a replay
harmless. Several tokens may hold at once, so that one can be replaced without a gap.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from .adapter import BadSignature, Request

HEADERS = ("x-twilio-signature", "x-signalwire-signature")  # who sends which
MAX_FIELDS = 500  # of a form; Twilio sends some thirty
_FORM = "application/x-www-form-urlencoded"
_USUAL_PORTS = {"https": 443, "http": 80}

Params = Iterable[tuple[str, str]]


def verify(url: str, params: Params, signature: str, tokens: Iterable[str]) -> None:
    """A form's signature over the address and its fields, under one of the tokens. Raises BadSignature.

    A port that the scheme implies may be written or left out: senders differ in that, and in nothing else.
    """
    fields = list(params)
    wanted = [signed(spelling, fields, token) for token in tokens if token for spelling in _spellings(url)]
    given = signature.strip().encode("utf-8", "replace")
    if not given:
        raise BadSignature("The request is not signed: X-Twilio-Signature is needed.")
    if not any(hmac.compare_digest(each.encode(), given) for each in wanted):
        raise BadSignature("The signature does not match.")


def verify_body(url: str, body: bytes, signature: str, tokens: Iterable[str]) -> None:
    """As `verify`, of a body that is no form: the signed address names its hash. Raises BadSignature."""
    named = parse_qs(urlsplit(url).query).get("bodySHA256", [])
    digest = hashlib.sha256(body).hexdigest()
    if len(named) != 1 or not hmac.compare_digest(named[0].lower().encode("utf-8", "replace"), digest.encode()):
        raise BadSignature("The address does not name the hash of the body.")
    verify(url, (), signature, tokens)


def verify_request(request: Request, tokens: Iterable[str]) -> None:
    """Either kind of request, by what it says that it is. Raises BadSignature."""
    signature = next((request.headers[name] for name in HEADERS if request.headers.get(name)), "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != _FORM:
        verify_body(request.url, request.body, signature, tokens)
    else:
        verify(request.url, form(request.body), signature, tokens)


def form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a posted form, blank ones too, in their order. Raises BadSignature when it is none."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as why:  # no UTF-8, or too many fields
        raise BadSignature("The request is not a form.") from why


def signed(url: str, params: Params, token: str) -> str:
    """What the header should be. A field given twice with one value counts once."""
    fields = sorted(set(params))
    text = url + "".join(f"{name}{value}" for name, value in fields)
    mac = hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def _spellings(url: str) -> tuple[str, ...]:
    """The address as it stands; and with, or without, the port that its scheme implies."""
    parts = urlsplit(url)
    usual = _USUAL_PORTS.get(parts.scheme)
    if usual is None or parts.port not in (None, usual):
        return (url,)
    host = parts.netloc.removesuffix(f":{usual}")
    netloc = host if parts.port else f"{host}:{usual}"
    return (url, urlunsplit(parts._replace(netloc=netloc)))
