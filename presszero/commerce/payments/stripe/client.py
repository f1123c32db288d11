"""Asking Stripe: form-encoded words, one key for every try of the same thing, and what each way of failing means.

https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/api/errors
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.core.http import Asking, CannotFetch, Fetched, Limits, fetch
from presszero.core.text import one_line

from ..adapter import KeysRefused, NotDone, PaySettings, ProviderAway

VERSION = "2024-06-20"  # the shapes we read; https://docs.stripe.com/api/versioning
LIMITS = Limits(seconds=20, size=2_000_000, redirects=0)


def get(account: PaySettings, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's object. Raises ProviderAway, KeysRefused and NotDone."""
    query = urlencode(list(_pairs(asked)))
    return _understood(_sent(Asking(f"{_base()}{path}{'?' + query if query else ''}", "GET", _headers(account))))


def post(
    account: PaySettings, path: str, asked: Mapping[str, Any], key: str = "", writing: Callable[[], None] | None = None
) -> dict[str, Any]:
    """The same for what changes something. `key` makes it happen once; `writing` is called just before it goes out."""
    headers = {**_headers(account), "Content-Type": "application/x-www-form-urlencoded"}
    if key:
        headers["Idempotency-Key"] = key[:255]
    body = urlencode(list(_pairs(asked))).encode()
    if writing:
        writing()
    return _understood(_sent(Asking(f"{_base()}{path}", "POST", headers, body)))


def is_near() -> bool:
    """Whether we speak to a Stripe on this machine: one made to try things with."""
    return _base().startswith("http://127.0.0.1:")


def _base() -> str:
    return str(settings.STRIPE_API).rstrip("/")


def _headers(account: PaySettings) -> dict[str, str]:
    secret = account.secrets.get("secret", "")
    if not secret.isascii() or not secret.isprintable() or " " in secret or not secret:
        raise KeysRefused(_("This is no secret key of Stripe's."))
    return {"Authorization": f"Bearer {secret}", "Stripe-Version": VERSION}


def _pairs(asked: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    """{"a": {"b": [1]}} → a[b][0]=1. What is None is left out."""
    for name, value in asked.items():
        yield from _pair(f"{inside}[{name}]" if inside else name, value)


def _pair(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from _pairs(value, name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, each in enumerate(value):
            yield from _pair(f"{name}[{place}]", each)
    elif value is not None:
        yield name, str(value)


def _sent(asking: Asking) -> Fetched:
    try:
        return fetch(asking, LIMITS)
    except CannotFetch as why:
        raise ProviderAway(str(why), unsure=why.sent) from why


def _understood(answer: Fetched) -> dict[str, Any]:
    said = _read(answer)
    words = _words(said, answer.status)
    if answer.status in (401, 403):
        raise KeysRefused(_("Stripe does not accept our key: %(words)s") % {"words": words})
    if answer.status == 429:
        raise ProviderAway(_("Stripe asks us to slow down."), _seconds(answer.headers.get("retry-after", "")))
    if answer.status == 409:  # the same thing is being done at this moment
        raise ProviderAway(words, 2.0)
    if answer.status >= 500:
        raise ProviderAway(_("Stripe has trouble of its own (%(status)s).") % {"status": answer.status}, unsure=True)
    if answer.status >= 300:
        raise NotDone(words)
    if said is None:
        raise ProviderAway(_("Stripe answered in a way we cannot read."), unsure=True)
    return said


def _read(answer: Fetched) -> dict[str, Any] | None:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _words(said: dict[str, Any] | None, status: int) -> str:
    error = (said or {}).get("error")
    words = one_line(str(error.get("message") or ""), 300) if isinstance(error, dict) else ""
    return words or _("Stripe answered %(status)s.") % {"status": status}


def _seconds(said: str) -> float:
    return max(float(said), 0.5) if said.isdecimal() and len(said) < 6 else 2.0
