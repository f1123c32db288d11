"""Coupon codes: each has a name worked out of the ask's key, and is looked for before it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from ...vocabulary import Ask, Done
from ..adapter import StoreSettings
from ..marks import code_of
from ..web import Declined
from . import client, finding, wanted
from .money import theirs


def code(store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
    """Off one whole order, once."""
    if ask.percent is None and ask.currency != store.currency:
        return Done("refused", reason=_("The shop's codes are in %(currency)s.") % {"currency": store.currency})
    word = code_of(store.secrets.get("secret", ""), ask.key, 10)
    off = {"code": "order_percentage_discount", "arguments": [{"name": "discount", "value": str(ask.percent)}]}
    if ask.percent is None:
        off = {"code": "order_fixed_discount", "arguments": [{"name": "discount", "value": _amount(store, ask)}]}
    number = finding.promotion(store, word) or _made(store, word, [off], ask, writing)
    return Done("accepted", number, code=word)


def free(store: StoreSettings, key: str, writing: Callable[[], None]) -> str:
    """The code that makes one order cost nothing. It stays: without it the order's price would come back."""
    word = code_of(store.secrets.get("secret", ""), f"free {key}", 16)
    everything = {"code": "order_percentage_discount", "arguments": [{"name": "discount", "value": "100"}]}
    if not finding.promotion(store, word):
        _made(store, word, [everything, {"code": "free_shipping", "arguments": []}], None, writing)
    return word


def undo(store: StoreSettings, number: str, writing: Callable[[], None]) -> Done:
    try:
        said = client.ask(store, wanted.UNPROMOTE, {"id": number}, writing)["done"]
    except client.NotThere:
        return Done("accepted", number)
    if said["result"] == "DELETED":
        return Done("accepted", number)
    return Done("refused", reason=str(said.get("message") or ""))


def _made(
    store: StoreSettings, word: str, actions: list[dict[str, Any]], ask: Ask | None, writing: Callable[[], None]
) -> str:
    title = _("Replacement") if ask is None else f"Press Zero {word}"
    given = {
        "enabled": True,
        "couponCode": word,
        "usageLimit": 1,
        "perCustomerUsageLimit": 1,
        "endsAt": ask.expires_at.isoformat() if ask and ask.expires_at else None,
        "conditions": [],
        "actions": actions,
        "translations": [{"languageCode": "en", "name": title, "description": ""}],
    }
    said = client.ask(store, wanted.PROMOTION, {"input": given}, writing)["done"]
    if said["__typename"] != "Promotion":
        raise Declined(str(said.get("message") or said["__typename"]))
    return str(said["id"])


def _amount(store: StoreSettings, ask: Ask) -> str:
    return str(theirs(ask.amount, ask.currency, client.places(store)))
