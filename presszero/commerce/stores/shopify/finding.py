"""Finding again: orders as they stand, and what an earlier try of an ask has left in the shop."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable

from ...vocabulary import Ask, Done, StoreOrder, StoreProduct
from ..adapter import AccessLost, StoreAway, StoreSettings
from ..marks import key_in
from . import client, reading, wanted
from .money import gid, nodes, number

# How much of an order is asked for at once, from much to little: (orders a page, lines, parcels and refunds, pieces).
SIZES = ((25, 20, 5, 10), (10, 20, 5, 10), (5, 15, 5, 10), (2, 10, 5, 5), (1, 10, 3, 5))
_size: dict[str, int] = {}  # by address: what the shop did not find too dear


def sized(store: StoreSettings, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Asks for a page, or an order, as large as the shop allows."""
    while True:
        n = _size.get(store.address, 0)
        page, lines, few, pieces = SIZES[n]
        counts = {"lines": lines, "few": few, "pieces": pieces} if "$lines" in query else {}
        try:
            return client.ask(store, query, {**variables, **({"first": page} if "$first" in query else {}), **counts})
        except client.TooDear:
            if n + 1 == len(SIZES):
                raise
            _size[store.address] = n + 1


def raw_order(store: StoreSettings, external_id: str) -> dict[str, Any] | None:
    """As Shopify says it, with all of its lines."""
    if not external_id.isdecimal():
        return None
    node = sized(store, wanted.ONE_ORDER, {"id": gid("Order", external_id)}).get("order")
    return with_all_lines(store, node) if node else None


def order(store: StoreSettings, external_id: str) -> StoreOrder | None:
    node = raw_order(store, external_id)
    return reading.order(node, store) if node else None


def seen(store: StoreSettings, external_id: str) -> StoreOrder | None:
    """The order after something was done to it. None when it cannot be had: what was done is done all the same."""
    try:
        return order(store, external_id)
    except (StoreAway, AccessLost, Unreadable):
        return None


def product(store: StoreSettings, external_id: str) -> StoreProduct | None:
    if not external_id.isdecimal():
        return None
    node = client.ask(store, wanted.ONE_PRODUCT, {"id": gid("Product", external_id)}).get("product")
    return reading.product(with_all_variants(store, node), store) if node else None


def with_all_lines(store: StoreSettings, node: dict[str, Any]) -> dict[str, Any]:
    return _whole(store, node, "order", "lineItems", wanted.MORE_LINES, "Order")


def with_all_variants(store: StoreSettings, node: dict[str, Any]) -> dict[str, Any]:
    return _whole(store, node, "product", "variants", wanted.MORE_VARIANTS, "Product")


def mark(key: str) -> str:
    """The tag of what an ask made. Shopify's tags are at most 40 characters."""
    return "pz-" + hashlib.sha256(key.encode()).hexdigest()[:32]


def refunded(node: dict[str, Any], ask: Ask, store: StoreSettings) -> Done | None:
    """The refund of an order that carries our key."""
    found = next((each for each in nodes(node.get("refunds")) if key_in(each.get("note")) == ask.key), None)
    if found is None:
        return None
    return Done("accepted", str(found["legacyResourceId"]), news=reading.order(node, store))


def returned(store: StoreSettings, ask: Ask) -> Done | None:
    """The return of an order that carries our key."""
    node = raw_order(store, ask.order) or {}
    for each in nodes(node.get("returns")):
        notes = [line.get("returnReasonNote") for line in nodes(each.get("returnLineItems"))]
        if ask.key in {key_in(note) for note in notes}:
            return Done("accepted", number(each["id"]), news=reading.order(node, store))
    return None


def placed(store: StoreSettings, key: str) -> str:
    """The order that an ask made; "" where there is none to be seen."""
    found = nodes(client.ask(store, wanted.PLACED, {"query": f"tag:{mark(key)}"}).get("orders"))
    return next((str(e["legacyResourceId"]) for e in found if reading.attributes(e).get(reading.KEY) == key), "")


def drafted(store: StoreSettings, key: str) -> Done | None:
    """The draft that an ask made."""
    found = nodes(client.ask(store, wanted.DRAFTED, {"query": f"tag:{mark(key)}"}).get("draftOrders"))
    ours = next((each for each in found if reading.attributes(each).get(reading.KEY) == key), None)
    return Done("accepted", str(ours["legacyResourceId"]), url=str(ours.get("invoiceUrl") or "")) if ours else None


def code(store: StoreSettings, word: str) -> str:
    """The id of a discount by its code; "" when there is none."""
    return number((client.ask(store, wanted.CODE_KNOWN, {"code": word}).get("codeDiscountNodeByCode") or {}).get("id"))


def evidence(store: StoreSettings, ask: Ask) -> Done | None:
    """What came of an ask that nobody knows about. None where the same ask may be made again without harm.

    A new order is found by a search whose index lags behind, so that not finding it proves nothing: a person decides.
    """
    try:
        return _evidence(store, ask)
    except (StoreAway, AccessLost, Unreadable) as why:
        return Done("unknown", reason=str(why), retry_after=getattr(why, "retry_after", None))


def _evidence(store: StoreSettings, ask: Ask) -> Done | None:
    if ask.kind == "refund":
        node = raw_order(store, ask.order)
        return refunded(node, ask, store) if node else None
    if ask.kind == "cancel":
        now = order(store, ask.order)
        return Done("accepted", ask.order, news=now) if now and now.cancelled_at else None
    if ask.kind == "return":
        return returned(store, ask) or Done("unknown", reason=_("The shop shows no return of this yet."))
    if ask.kind == "draft":
        return drafted(store, ask.key)  # one too many is paid by nobody
    if ask.kind == "order":
        known = placed(store, ask.key)
        if known:
            return Done("accepted", known, news=order(store, known))
        return Done("unknown", reason=_("The shop shows no such order yet. Look there before you send it again."))
    return None  # a code, a card, an address: the same again makes no second one


def _whole(store: StoreSettings, node: dict[str, Any], root: str, name: str, query: str, kind: str) -> dict[str, Any]:
    """With the further pages of a long list inside it."""
    inside = node[name]
    found = list(inside["nodes"])
    while (inside.get("pageInfo") or {}).get("hasNextPage"):
        asked = {"id": gid(kind, str(node["legacyResourceId"])), "after": inside["pageInfo"]["endCursor"]}
        inside = (client.ask(store, query, asked).get(root) or {}).get(name) or {}
        found += nodes(inside)
    return {**node, name: {"nodes": found}}
