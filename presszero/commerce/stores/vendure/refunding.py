"""Money back: to the payments it came by, never more than each of them took, once for a key.

Vendure knows no idempotency keys. The key stands in the refund's reason, and is looked for before anything is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.money import Money

from ...vocabulary import Ask, Done
from ..adapter import StoreSettings
from ..marks import marked
from . import client, finding, wanted
from .finding import Raw
from .money import minor, theirs


def refund(store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
    raw = finding.raw_order(store, ask.order)
    if raw is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    return money_back(store, raw, ask, writing)


def money_back(store: StoreSettings, raw: Raw, ask: Ask, writing: Callable[[], None]) -> Done:
    """What an earlier try has given back already counts. Several payments are several refunds, one after the other."""
    left = ask.amount - raw.back(ask.key)
    parts = _parts(raw, ask, left)
    if sum(part for _payment, part in parts) < left:
        most = Money(ask.amount - left + sum(part for _payment, part in parts), ask.currency).says()
        return Done("refused", reason=_("Only %(most)s can go back to how it was paid.") % {"most": most})
    made = [str(each["id"]) for each in raw.refunds(ask.key)]
    for payment, part in parts:
        said = client.ask(store, wanted.REFUND, {"input": _input(raw, ask, payment, part, len(made))}, writing)["done"]
        if said["__typename"] != "Refund":
            return Done("refused", reason=str(said.get("message") or said["__typename"]))
        made.append(str(said["id"]))
    return Done("accepted", made[0] if made else "", news=finding.seen(store, ask.order))


def _parts(raw: Raw, ask: Ask, amount: int) -> list[tuple[str, int]]:
    """A payment's id, and what of it goes back; the payment that was asked for first."""
    left, parts = amount, []
    taken = [each for each in raw.payments() if each["state"] == "Settled"]
    for each in sorted(taken, key=lambda one: str(one["id"]) != ask.payment):
        here = min(left, _refundable(raw, each))
        if here > 0:
            left -= here
            parts.append((str(each["id"]), here))
    return parts


def _refundable(raw: Raw, payment: dict[str, Any]) -> int:
    back = sum(int(each["total"]) for each in payment["refunds"] if each["state"] != "Failed")
    return minor(int(payment["amount"]) - back, raw.currency, raw.places)


def _input(raw: Raw, ask: Ask, payment: str, part: int, number: int) -> dict[str, Any]:
    """Pieces and shipping are said once, with the first part."""
    is_first = number == 0
    key = ask.key if is_first else f"{ask.key}.{number + 1}"
    return {
        "paymentId": payment,
        "amount": theirs(part, raw.currency, raw.places),
        "lines": [{"orderLineId": line, "quantity": n} for line, n in ask.lines] if is_first else [],
        "shipping": theirs(min(ask.shipping, part), raw.currency, raw.places) if is_first else 0,
        "adjustment": 0,
        "reason": marked(ask.reason, key),
    }
