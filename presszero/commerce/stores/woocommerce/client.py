"""Asking a shop: its keys, and what each way of failing means for what was asked.

https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from presszero.core.http import Asking, Fetched

from ..adapter import AccessLost, StoreSettings
from ..web import Declined, sent, understood

_API = "/wp-json/wc/v3"
# WooCommerce answers 500 where a payment's own gateway said no. That is an answer, and not a shop in trouble.
_PLAIN_NO = frozenset({"woocommerce_rest_cannot_create_order_refund", "woocommerce_rest_invalid_order_refund"})


class NotThere(Declined):
    """What was named is not in the shop, or not any more."""


class Refused(Declined):
    """The shop says no; `code` is its own word for why."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """`total`: how many there are in all, where the shop counts."""

    said: Any
    total: int | None = None


def get(store: StoreSettings, path: str, **query: Any) -> Answer:
    """Raises AccessLost, StoreAway, NotThere."""
    return _asked(store, "GET", path, query, None)


def post(store: StoreSettings, path: str, body: Mapping[str, Any], writing: Callable[[], None]) -> Any:
    """`writing` is called just before the request goes out. Raises as `get`, and Refused, and Unsure."""
    return _asked(store, "POST", path, {}, body, writing).said


def put(store: StoreSettings, path: str, body: Mapping[str, Any], writing: Callable[[], None]) -> Any:
    """As `post`."""
    return _asked(store, "PUT", path, {}, body, writing).said


def delete(store: StoreSettings, path: str, writing: Callable[[], None]) -> Any:
    """For good, not into the bin. As `post`."""
    return _asked(store, "DELETE", path, {"force": "true"}, None, writing).said


def name_of(store: StoreSettings) -> str:
    """What the shop calls itself; "" where it does not say."""
    answer = sent(Asking(f"{store.address}/wp-json/?_fields=name", headers={"Accept": "application/json"}))
    said = understood(answer) if answer.status == 200 else {}
    return str(said.get("name") or "") if isinstance(said, dict) else ""


def _asked(
    store: StoreSettings,
    method: str,
    path: str,
    query: Mapping[str, Any],
    body: Mapping[str, Any] | None,
    writing: Callable[[], None] = lambda: None,
) -> Answer:
    key, secret = str(store.settings.get("key", "")), store.secrets.get("secret", "")
    if not key or not secret:
        raise AccessLost(_("The consumer key or its secret is missing."))
    word = base64.b64encode(f"{key}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {word}", "Accept": "application/json"}
    headers |= {"Content-Type": "application/json"} if body is not None else {}
    url = f"{store.address}{_API}{path}{'?' + urlencode(query) if query else ''}"
    writing()
    answer = sent(Asking(url, method, headers, json.dumps(body).encode() if body is not None else b""), _is_plain_no)
    return Answer(_data(answer), _count(answer))


def _data(answer: Fetched) -> Any:
    if answer.status < 300:
        return understood(answer)
    said = _said(answer)
    code, words = str(said.get("code") or ""), str(said.get("message") or "")[:300]
    if answer.status in (401, 403):
        raise AccessLost(_("The shop does not accept the key: %(words)s") % {"words": words})
    if answer.status == 404 and code in ("", "rest_no_route"):
        raise AccessLost(_("There is no WooCommerce at this address."))
    if answer.status in (404, 410):
        raise NotThere(words)
    raise Refused(words or _("The shop refused the question (%(status)s).") % {"status": answer.status}, code)


def _is_plain_no(answer: Fetched) -> bool:
    return answer.status >= 500 and str(_said(answer).get("code") or "") in _PLAIN_NO


def _said(answer: Fetched) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _count(answer: Fetched) -> int | None:
    said = answer.headers.get("x-wp-total", "")
    return int(said) if said.isdecimal() else None
