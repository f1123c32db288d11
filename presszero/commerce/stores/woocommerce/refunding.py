"""Money back, by the gateway that took it, once for a key.

WooCommerce knows no idempotency keys. The key stands in the refund's reason, which is kept before the gateway is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.money import Money

from ...vocabulary import Ask, Done
from ..adapter import StoreSettings
from ..marks import marked
from . import client, finding, reading
from .money import minor, theirs


def refund(store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
    node = finding.raw_order(store, ask.order)
    if node is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    return money_back(store, node, ask, writing)


def money_back(store: StoreSettings, node: Mapping[str, Any], ask: Ask, writing: Callable[[], None]) -> Done:
    ours = finding.back(store, node, ask.key)
    if any(not each.get("refunded_payment") for each in ours):
        return Done("unknown", reason=_("The shop has begun to give it back, and does not say how it ended."))
    if ours:
        return Done("accepted", str(int(ours[0]["id"])), news=finding.seen(store, ask.order))
    left = minor(node["total"], ask.currency) - _went_back(node, ask.currency)
    if str(node["currency"]) != ask.currency or ask.amount > left:
        most = Money(max(left, 0), str(node["currency"])).says()
        return Done("refused", reason=_("Only %(most)s can go back to how it was paid.") % {"most": most})
    given = {
        "amount": theirs(ask.amount, ask.currency),
        "reason": marked(ask.reason, ask.key),
        "meta_data": [{"key": reading.KEY, "value": ask.key}],
        "line_items": _lines(node, ask),
        "api_refund": True,
        "api_restock": ask.restock,
    }
    made = client.post(store, f"/orders/{ask.order}/refunds", given, writing)
    return Done("accepted", str(int(made["id"])), news=finding.seen(store, ask.order))


def _went_back(node: Mapping[str, Any], currency: str) -> int:
    return -sum(minor(each["total"], currency) for each in node.get("refunds") or ())


def _lines(node: Mapping[str, Any], ask: Ask) -> list[dict[str, Any]]:
    """The pieces, and what of the money is theirs: all of each where the sum covers it, else nothing."""
    known = {str(int(each["id"])): each for each in node["line_items"]}
    parts = [_part(known[line], pieces, ask.currency) for line, pieces in ask.lines if line in known]
    covered = sum(_worth(each, ask.currency) for each in parts) <= ask.amount - ask.shipping
    bare = [{"id": each["id"], "quantity": each["quantity"], "refund_total": "0"} for each in parts]
    lines = parts if covered else bare
    return lines + _shipping(node, ask)


def _part(line: Mapping[str, Any], pieces: int, currency: str) -> dict[str, Any]:
    bought = int(line["quantity"]) or 1

    def share(said: Any) -> str:
        return theirs(minor(said, currency) * min(pieces, bought) // bought, currency)

    taxes: Sequence[Mapping[str, Any]] = line.get("taxes") or ()
    return {
        "id": int(line["id"]),
        "quantity": pieces,
        "refund_total": share(line["total"]),
        "refund_tax": [{"id": each["id"], "refund_total": share(each.get("total"))} for each in taxes],
    }


def _worth(part: Mapping[str, Any], currency: str) -> int:
    tax = sum(minor(each["refund_total"], currency) for each in part["refund_tax"])
    return minor(part["refund_total"], currency) + tax


def _shipping(node: Mapping[str, Any], ask: Ask) -> list[dict[str, Any]]:
    lines: Sequence[Mapping[str, Any]] = node.get("shipping_lines") or ()
    if not ask.shipping or len(lines) != 1:
        return []
    taxed = minor(lines[0].get("total_tax"), ask.currency)
    whole = minor(lines[0]["total"], ask.currency) + taxed
    tax = taxed * ask.shipping // whole if whole else 0
    taxes: Sequence[Mapping[str, Any]] = lines[0].get("taxes") or ()
    said: dict[str, Any] = {"id": int(lines[0]["id"]), "quantity": 1}
    said["refund_total"] = theirs(ask.shipping - (tax if len(taxes) == 1 else 0), ask.currency)
    if len(taxes) == 1:
        said["refund_tax"] = [{"id": taxes[0]["id"], "refund_total": theirs(tax, ask.currency)}]
    return [said]
