"""What the plugin sends: whether it is genuine, what it is about, and what it says.

Everything stands in the body, and the body is signed: its id, its time and its words. An order or a product is only
named, and looked at in the shop; a cart is told whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.channels.adapter import BadSignature, Request, Unreadable

from ...vocabulary import Changed, News, StoreCart, StoreLine
from ..adapter import StoreSettings
from ..moments import must
from .money import minor

Body = Mapping[str, Any]


def verify(request: Request, secret: str) -> None:
    """Raises BadSignature unless X-Press-Zero-Signature is of these very bytes."""
    if not secret:
        raise BadSignature("The shop is not connected.")
    wanted = "sha256=" + hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get("x-press-zero-signature", "")
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise BadSignature("The signature does not match.")


def event_id(body: bytes) -> str:
    """Of the event, not of the try: a second try has the same."""
    return str(json.loads(body).get("id") or "")[:200]


def about(body: bytes) -> str:
    said = json.loads(body)
    ref = (said.get("cart") or {}).get("ref") if said.get("what") == "cart" else said.get("ref")
    return f"{said.get('what', '')}:{ref}"[:200]


def news(body: bytes, store: StoreSettings) -> list[News]:
    """Raises Unreadable."""
    try:
        said = json.loads(body)
        return _news(said, store)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        raise Unreadable(_("The shop sent something we cannot read (%(what)s).") % {"what": str(why)[:200]}) from why


def _news(said: Body, store: StoreSettings) -> list[News]:
    match said["what"]:
        case "order" | "product" as what:
            return [Changed(what, str(said["ref"])[:120])]
        case "cart":
            return [_cart(said["cart"], said, store)]
    return []


def _cart(cart: Body, said: Body, store: StoreSettings) -> StoreCart:
    currency, places = str(cart.get("currency") or store.currency), int(cart.get("precision") or 0)
    return StoreCart(
        external_id=str(cart["ref"]),
        currency=currency,
        total=minor(cart.get("total") or 0, currency, places),
        lines=tuple(_line(each, currency, places) for each in cart["lines"]),
        email=str(cart.get("email") or ""),
        ended=bool(cart["ended"]) or not cart["lines"],
        updated_at=must(said["at"]),
    )


def _line(said: Body, currency: str, places: int) -> StoreLine:
    return StoreLine(
        title=str(said["title"]),
        quantity=int(said["quantity"]),
        price=minor(said["price"], currency, places),
        total=minor(said["total"], currency, places),
        variant=str(said["variant"]),
        sku=str(said.get("sku") or ""),
    )
