"""Asking a shop: signing in, the session's token, and what each way of failing means for what was asked.

https://docs.vendure.io/reference/graphql-api/admin/mutations#login
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.http import Asking

from ..adapter import AccessLost, StoreSettings
from ..web import Declined, Unsure, sent, understood
from .money import precision
from .wanted import DIGITS, LOGIN

_TOKEN = "vendure-auth-token"  # noqa: S105 - a header's name
_sessions: dict[str, str] = {}
_lock = threading.Lock()


class NoSuchField(Declined):
    """The shop's API lacks something: the plugin is not there, or its version is too old."""


class NotThere(Declined):
    """What was named is not in the shop, or not any more."""


def ask(
    store: StoreSettings, query: str, variables: Mapping[str, Any], writing: Callable[[], None] | None = None
) -> dict[str, Any]:
    """The answer's `data`. `writing` is called just before the request that may act goes out.

    Raises AccessLost, StoreAway when nothing was done, Declined when it never will be, Unsure when it may have been.
    """
    session = _session(store)
    if writing:
        writing()
    try:
        return _asked(store, query, variables, session)
    except AccessLost:  # the session is over: the shop looks at rights before it does anything
        _forget(store, session)
    return _asked(store, query, variables, _session(store))


def places(store: StoreSettings) -> int:
    """Digits behind the point of the shop's money."""
    return precision(ask(store, DIGITS, {}))


def sign_out(store: StoreSettings) -> None:
    """Forgets the session; the next question signs in anew."""
    _forget(store, _sessions.get(_key(store), ""))


def _session(store: StoreSettings) -> str:
    with _lock:
        known = _sessions.get(_key(store))
    if known:
        return known
    fresh = _sign_in(store)
    with _lock:
        _sessions[_key(store)] = fresh
    return fresh


def _sign_in(store: StoreSettings) -> str:
    name, password = str(store.settings.get("username", "")), store.secrets.get("password", "")
    if not name or not password:
        raise AccessLost(_("The name or the password for the shop is missing."))
    answer = sent(_asking(store, LOGIN, {"username": name, "password": password}, ""))
    said = _data(answer.status, understood(answer))["login"]
    if said.get("__typename") != "CurrentUser":
        raise AccessLost(_("The shop does not know this name and password."))
    token = answer.headers.get(_TOKEN, "")
    if not token:
        raise AccessLost(_("The shop gives out no session tokens: add “bearer” to authOptions.tokenMethod there."))
    return token


def _asked(store: StoreSettings, query: str, variables: Mapping[str, Any], session: str) -> dict[str, Any]:
    answer = sent(_asking(store, query, variables, session))
    return _data(answer.status, understood(answer))


def _asking(store: StoreSettings, query: str, variables: Mapping[str, Any], session: str) -> Asking:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {session}"} if session else {}
    channel = str(store.settings.get("channel", ""))
    headers |= {"vendure-token": channel} if channel else {}
    body = json.dumps({"query": query, "variables": variables}).encode()
    return Asking(f"{store.address}/admin-api", "POST", headers, body)


def _data(status: int, said: Any) -> dict[str, Any]:
    errors = said.get("errors") if isinstance(said, dict) else None
    if not errors:
        if status == 404 or not isinstance(said, dict):
            raise AccessLost(_("There is no Vendure shop at this address."))
        return dict(said.get("data") or {})
    words = "; ".join(str(each.get("message", "")) for each in errors if isinstance(each, dict))[:300]
    codes = {str((each.get("extensions") or {}).get("code", "")) for each in errors if isinstance(each, dict)}
    if codes & {"FORBIDDEN", "UNAUTHORIZED"} or status in (401, 403):
        raise AccessLost(_("The shop does not let us do this: %(words)s") % {"words": words})
    if codes & {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}:
        raise NoSuchField(_("The shop refused the question: %(words)s") % {"words": words})
    if "ENTITY_NOT_FOUND" in codes:
        raise NotThere(_("The shop refused the question: %(words)s") % {"words": words})
    if codes & {"USER_INPUT_ERROR", "CHANNEL_NOT_FOUND", "ILLEGAL_OPERATION"}:
        raise Declined(_("The shop refused the question: %(words)s") % {"words": words})
    raise Unsure(_("The shop has trouble of its own (%(status)s).") % {"status": words})


def _forget(store: StoreSettings, session: str) -> None:
    with _lock:
        if _sessions.get(_key(store)) == session:
            del _sessions[_key(store)]


def _key(store: StoreSettings) -> str:
    secret = hashlib.sha256(store.secrets.get("password", "").encode()).hexdigest()
    return f"{store.address} {store.settings.get('username', '')} {secret}"
