"""Webhooks: whether one is genuine, what it is about, and what it says.

Only the body is signed, not the headers. So the body decides what it is about, and the shop is looked at, where the
truth is; a new order is shown at once and looked at as well.
https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.channels.adapter import Request, Unreadable

from ...vocabulary import Changed, News
from .. import signed
from ..adapter import StoreSettings
from . import reading

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
)
# What the shop posts once, unsigned, when a webhook is made; the answer decides whether it calls the webhook healthy.
_PING = re.compile(rb"webhook_id=\d{1,19}")


def verify(request: Request, secret: str) -> None:
    """Raises BadSignature unless X-WC-Webhook-Signature is of these very bytes. A ping is let in: it says nothing."""
    if not secret or not _PING.fullmatch(request.body):
        signed.verify(request, secret, "x-wc-webhook-signature")


def event_id(request: Request) -> str:
    """All pings are one: nobody fills the books with what is not signed."""
    if _PING.fullmatch(request.body):
        return "ping"
    return request.headers.get("x-wc-webhook-delivery-id", "")[:200]


def about(body: bytes) -> str:
    """The thing's id; of a variation, its product's."""
    if _PING.fullmatch(body):
        return ""
    said = json.loads(body)
    return f"{said.get('parent_id') or said.get('id') or ''}"


def news(body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
    """Raises Unreadable."""
    if _PING.fullmatch(body):
        return []
    try:
        return _news(json.loads(body), headers.get("x-wc-webhook-resource", ""), store)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        raise Unreadable(_("The shop sent something we cannot read (%(what)s).") % {"what": str(why)[:200]}) from why


def _news(said: Mapping[str, Any], resource: str, store: StoreSettings) -> list[News]:
    number = str(int(said["id"]))
    if "line_items" in said:
        is_new = said.get("status") not in reading.NOT_YET and not said.get("refunds")
        return [*([reading.order(said, (), store)] if is_new else []), Changed("order", number)]
    if "type" in said and ("price" in said or "variations" in said):
        parent = int(said.get("parent_id") or 0) if said["type"] == "variation" else 0
        return [Changed("product", str(parent or number))]
    if resource in ("order", "product"):  # of what was deleted only the id is told; looking there harms nothing
        return [Changed(resource, number)]
    return []
