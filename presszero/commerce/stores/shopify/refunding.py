"""Money back: to the payments it came by, never more than each of them took, once for a key."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.money import Money

from ...vocabulary import Ask, Done
from ..adapter import StoreSettings
from ..marks import marked
from . import client, finding, wanted
from .money import gid, minor, nodes, number

_KEYS = uuid.UUID("6b1f1c2e-3a87-4d9b-9c0c-5f2f6f0d7a10")  # our keys as the UUIDs that Shopify asks for


def refund(store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
    """Shopify drops a second request with the same key; one that it did longer ago is found by the refund's note."""
    node = finding.raw_order(store, ask.order)
    if node is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    known = finding.refunded(node, ask, store)
    if known:
        return known
    parts, short = _parts(node, ask)
    if short:
        most = Money(ask.amount - short, ask.currency).says()
        return Done("refused", reason=_("Only %(most)s can go back to how it was paid.") % {"most": most})
    given: dict[str, Any] = {
        "orderId": gid("Order", ask.order),
        "currency": ask.currency,
        "note": marked(ask.reason, ask.key),
        "notify": ask.notify,
        "refundLineItems": _lines(store, ask),
        "transactions": parts,
    }
    if ask.shipping:
        given["shipping"] = {"amount": str(Money(ask.shipping, ask.currency).decimal)}
    key = str(uuid.uuid5(_KEYS, f"{store.address} {ask.key}"))
    said = client.ask(store, wanted.REFUND, {"input": given, "key": key}, writing)["refundCreate"]
    wrong = " ".join(str(each.get("message", "")) for each in said.get("userErrors") or ())
    if "idempoten" in wrong.lower():  # the first request with this key is still under way, or ended in another way
        return Done("unknown", reason=wrong[:500])
    if wrong:
        return Done("refused", reason=wrong[:500])
    return Done("accepted", str(said["refund"]["legacyResourceId"]), news=finding.seen(store, ask.order))


def _parts(node: dict[str, Any], ask: Ask) -> tuple[list[dict[str, Any]], int]:
    """A transaction for each payment that some of it goes back to, and what no payment can take back."""
    moves = nodes(node.get("transactions"))
    left, parts = ask.amount, []
    for each in sorted(_taken(moves), key=lambda one: number(one["id"]) != ask.payment):
        here = min(left, _refundable(each, moves, ask.currency))
        if here > 0:
            left -= here
            amount = str(Money(here, ask.currency).decimal)
            part = {"orderId": gid("Order", ask.order), "parentId": each["id"], "gateway": each["gateway"]}
            parts.append({**part, "kind": "REFUND", "amount": amount})
    return parts, left


def _taken(moves: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in moves if each["kind"] in ("SALE", "CAPTURE") and each["status"] == "SUCCESS"]


def _refundable(payment: dict[str, Any], moves: Sequence[dict[str, Any]], currency: str) -> int:
    back = [
        minor(each["amountSet"], currency)
        for each in moves
        if each["kind"] == "REFUND"
        and each["status"] not in ("FAILURE", "ERROR")
        and (each.get("parentTransaction") or {}).get("id") == payment["id"]
    ]
    return minor(payment["amountSet"], currency) - sum(back)


def _lines(store: StoreSettings, ask: Ask) -> list[dict[str, Any]]:
    """What goes back to the shelf needs a shelf: Shopify says which."""
    kind = "RETURN" if ask.restock else "NO_RESTOCK"
    lines = [
        {"lineItemId": gid("LineItem", line), "quantity": pieces, "restockType": kind} for line, pieces in ask.lines
    ]
    if not ask.restock or not lines:
        return lines
    said = client.ask(store, wanted.SUGGESTED, {"id": gid("Order", ask.order), "lines": lines})
    suggested = ((said.get("order") or {}).get("suggestedRefund") or {}).get("refundLineItems") or []
    shelves = {number(each["lineItem"]["id"]): (each.get("location") or {}).get("id") for each in suggested}
    return [
        {**line, "locationId": shelves[number(line["lineItemId"])]}
        if shelves.get(number(line["lineItemId"]))
        else {**line, "restockType": "CANCEL"}  # never sent, so it never left its shelf
        for line in lines
    ]
