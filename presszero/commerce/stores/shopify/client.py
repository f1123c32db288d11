"""Asking a shop: its token, its leaky bucket, and what each way of failing means for what was asked.

Every query has a price in points; a bucket of points fills at a steady rate, and each answer says how full it is. We
wait for what is missing when that is short, and leave the shop alone when it is long.
https://shopify.dev/docs/api/usage/limits
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.http import Asking, CannotFetch, Fetched, Limits, fetch

from ..adapter import AccessLost, StoreAway, StoreSettings
from ..web import Unsure

VERSION = "2026-07"  # https://shopify.dev/docs/api/usage/versioning: answered for a year and more
LIMITS = Limits(seconds=30, size=20_000_000, redirects=0)
PATIENCE = 3.0  # seconds we wait for points; for more, somebody comes back later
USUAL_PAUSE = 2.0  # seconds, where a shop does not say for how long
_EARLY = 120  # seconds before its end that a token is renewed
_OPERATION = re.compile(r"^(?:query|mutation)\s+(\w+)", re.MULTILINE)


class TooDear(StoreAway):
    """The query costs more than any one may: ask for fewer things at once."""


@dataclass
class Bucket:
    """Points of one shop, as it last said."""

    most: float = 1000.0
    left: float = 1000.0
    rate: float = 50.0  # a second
    at: float = 0.0  # time.monotonic()

    def now(self, clock: float) -> float:
        return min(self.most, self.left + max(0.0, clock - self.at) * self.rate)


@dataclass(frozen=True)
class Token:
    word: str
    until: float  # time.monotonic()


_buckets: dict[str, Bucket] = {}
_prices: dict[str, float] = {}  # what an operation cost when it was last asked
_tokens: dict[str, Token] = {}
_lock = threading.Lock()


def ask(
    store: StoreSettings, query: str, variables: Mapping[str, Any], writing: Callable[[], None] | None = None
) -> dict[str, Any]:
    """The answer's `data`. `writing` is called just before the request that may act goes out.

    Raises AccessLost, StoreAway when nothing was done, and Unsure when something may have been.
    """
    token = token_of(store)
    operation = _name(query)
    _wait_for_points(store, operation)
    body = json.dumps({"query": query, "variables": variables, "operationName": operation}).encode()
    if writing:
        writing()
    answer = _post(store, body, token)
    if answer.status == 401 and not store.secrets.get("token"):  # the day is over early; nothing was done
        forget_token(store)
        answer = _post(store, body, token_of(store))
    return _data(store, operation, _understood(answer))


def token_of(store: StoreSettings) -> str:
    """The word that opens the shop: one for ever, from an older app, or one for a day, in return for id and secret."""
    for_ever = store.secrets.get("token", "")
    if for_ever:
        return for_ever
    key = _token_key(store)
    with _lock:
        known = _tokens.get(key)
    if known and known.until > time.monotonic():
        return known.word
    fresh = _new_token(store)
    with _lock:
        _tokens[key] = fresh
    return fresh.word


def forget_token(store: StoreSettings) -> None:
    with _lock:
        _tokens.pop(_token_key(store), None)


def base(store: StoreSettings) -> str:
    return store.address if store.address.startswith("http") else f"https://{store.address}"


def _new_token(store: StoreSettings) -> Token:
    """https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant"""
    client_id, secret = str(store.settings.get("client_id", "")), store.secrets.get("secret", "")
    if not client_id or not secret:
        raise AccessLost(_("The app's client ID or its access token is missing."))
    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    url = f"{base(store)}/admin/oauth/access_token"
    answer = _sent(store, Asking(url, "POST", {"Content-Type": "application/json"}, json.dumps(asked).encode()))
    if answer.status in (400, 401, 403):
        raise AccessLost(_("Shopify does not know the app's client ID and secret, or the app is not installed."))
    said = _understood(answer)
    word, seconds = said.get("access_token"), said.get("expires_in", 0)
    if not isinstance(word, str) or not word:
        raise AccessLost(_("Shopify gave us no access token for this app."))
    return Token(word, time.monotonic() + max(float(seconds or 0) - _EARLY, 60.0))


def _post(store: StoreSettings, body: bytes, token: str) -> Fetched:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "X-Shopify-Access-Token": token}
    return _sent(store, Asking(f"{base(store)}/admin/api/{VERSION}/graphql.json", "POST", headers, body))


def _sent(store: StoreSettings, asking: Asking) -> Fetched:
    try:
        return fetch(asking, LIMITS)
    except CannotFetch as why:
        raise (Unsure if why.sent else StoreAway)(str(why)) from why


def _understood(answer: Fetched) -> dict[str, Any]:
    if answer.status == 429:
        raise StoreAway(_("Shopify asks us to slow down."), _seconds(answer.headers.get("retry-after", "")))
    if answer.status in (401, 403):
        raise AccessLost(_("Shopify does not accept our access any more. Somebody has to connect the shop again."))
    if answer.status in (402, 423):
        raise AccessLost(_("Shopify has closed this shop for now. Look into its plan and its payments."))
    if answer.status in (301, 302, 307, 308, 404):
        raise AccessLost(_("There is no Shopify shop at this address any more."))
    if answer.status >= 500:
        raise Unsure(_("Shopify has trouble of its own (%(status)s).") % {"status": answer.status})
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError) as why:
        raise Unsure(_("Shopify answered in a way we cannot read.")) from why
    if answer.status >= 400 or not isinstance(said, dict):
        raise StoreAway(_("Shopify refused the question (%(status)s).") % {"status": answer.status})
    return said


def _data(store: StoreSettings, operation: str, said: dict[str, Any]) -> dict[str, Any]:
    _fill(store, operation, said)
    errors = said.get("errors") or []
    data = said.get("data")
    if not errors:
        return data if isinstance(data, dict) else {}
    codes = {str((each.get("extensions") or {}).get("code", "")) for each in errors if isinstance(each, dict)}
    words = "; ".join(str(each.get("message", "")) for each in errors if isinstance(each, dict))[:300]
    if "THROTTLED" in codes:
        raise StoreAway(_("Shopify asks us to slow down."), max(_missing(store, operation), 1.0))
    if "MAX_COST_EXCEEDED" in codes:
        raise TooDear(words)
    if codes == {"ACCESS_DENIED"} and isinstance(data, dict) and any(each is not None for each in data.values()):
        return data  # a field that our token may not see is left out of the answer
    if codes & {"ACCESS_DENIED", "SHOP_INACTIVE"}:
        raise AccessLost(_("Our access to Shopify lacks a right: %(words)s") % {"words": words})
    if "INTERNAL_SERVER_ERROR" in codes or any(code.startswith("IDEMPOTENCY") for code in codes):
        raise Unsure(_("Shopify has trouble of its own (%(status)s).") % {"status": words})
    raise StoreAway(_("Shopify refused the question (%(status)s).") % {"status": words})


def _fill(store: StoreSettings, operation: str, said: dict[str, Any]) -> None:
    cost = (said.get("extensions") or {}).get("cost") or {}
    stands = cost.get("throttleStatus") or {}
    if "requestedQueryCost" in cost:
        _prices[operation] = float(cost["requestedQueryCost"])
    if "currentlyAvailable" in stands:
        most, rate = float(stands.get("maximumAvailable", 1000)), float(stands.get("restoreRate", 50)) or 50.0
        with _lock:
            _buckets[store.address] = Bucket(most, float(stands["currentlyAvailable"]), rate, time.monotonic())


def _missing(store: StoreSettings, operation: str) -> float:
    """Seconds until the bucket holds what an operation costs."""
    with _lock:
        bucket = _buckets.get(store.address)
    if bucket is None:
        return 0.0
    return max(0.0, (min(_prices.get(operation, 10.0), bucket.most) - bucket.now(time.monotonic())) / bucket.rate)


def _wait_for_points(store: StoreSettings, operation: str) -> None:
    seconds = _missing(store, operation)
    if seconds > PATIENCE:
        raise StoreAway(_("Shopify asks us to slow down."), seconds)
    if seconds > 0:
        time.sleep(seconds)


def _seconds(said: str) -> float:
    try:
        return max(float(said), 0.5)
    except ValueError:
        return USUAL_PAUSE


def _name(query: str) -> str:
    found = _OPERATION.search(query)
    return found[1] if found else ""


def _token_key(store: StoreSettings) -> str:
    secret = hashlib.sha256(store.secrets.get("secret", "").encode()).hexdigest()
    return f"{store.address} {store.settings.get('client_id', '')} {secret}"
