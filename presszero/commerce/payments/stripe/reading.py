"""From Stripe's objects to our words. Of a card: its brand and last four digits, as on a receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from presszero.commerce.vocabulary import Address, StoreRefund
from presszero.core.text import one_line

from ..adapter import Standing
from .amounts import from_stripe

EXPANDED = ["payment_intent.latest_charge.refunds"]
_REFUNDS = {"succeeded": "done", "pending": "pending", "requires_action": "pending"}
_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay"}


def standing(session: dict[str, Any]) -> Standing:
    """How a Checkout Session stands; with what it is expanded by, where it is."""
    intent = session.get("payment_intent")
    charge = _dict(_dict(intent).get("latest_charge"))
    sum_ = from_stripe(int(session.get("amount_total") or 0), str(session.get("currency") or ""))
    method, label, instrument = paid_with(_dict(charge.get("payment_method_details")))
    shipped = _dict(session.get("shipping_details")) or _dict(
        _dict(session.get("collected_information")).get("shipping_details")
    )
    return Standing(
        _state(session, charge, _dict(intent)),
        sum_.currency,
        sum_.minor,
        id_of(intent),
        method,
        label,
        instrument,
        when(charge.get("created") or session.get("created")),
        one_line(str(shipped.get("name") or ""), 200),
        address(shipped),
        refunds(charge),
    )


def refunds(charge: dict[str, Any]) -> tuple[StoreRefund, ...]:
    return tuple(refund(each) for each in _dict(charge.get("refunds")).get("data") or ())


def refund(said: dict[str, Any]) -> StoreRefund:
    back = from_stripe(int(said.get("amount") or 0), str(said.get("currency") or ""))
    key = one_line(str(_dict(said.get("metadata")).get("key") or ""), 64)
    state = _REFUNDS.get(str(said.get("status") or "succeeded"), "failed")
    at = when(said.get("created")) or datetime.now(UTC)
    return StoreRefund(back.minor, at, str(said["id"]), state=state, key=key)


def paid_with(details: dict[str, Any]) -> tuple[str, str, str]:
    """(method, what a receipt says, the same word for the same card)."""
    method = one_line(str(details.get("type") or "card"), 40)
    held = _dict(details.get(method))
    last = str(held.get("last4") or "")
    if not last.isascii() or not last.isdecimal() or len(last) != 4:
        return method, "", ""
    brand = str(held.get("brand") or method)
    named = _BRANDS.get(brand, brand.replace("_", " ").title())
    return method, f"{one_line(named, 40)} •••• {last}", one_line(str(held.get("fingerprint") or ""), 120)


def address(said: dict[str, Any]) -> Address | None:
    where = _dict(said.get("address"))
    if not where:
        return None
    text = {name: one_line(str(where.get(name) or ""), 200) for name in ("line1", "line2", "postal_code", "city")}
    return Address(
        one_line(str(said.get("name") or ""), 200),
        "",
        text["line1"],
        text["line2"],
        text["postal_code"],
        text["city"],
        one_line(str(where.get("state") or ""), 200),
        one_line(str(where.get("country") or ""), 2),
        one_line(str(said.get("phone") or ""), 40),
    )


def id_of(said: Any) -> str:
    """Of an object that may be there whole, by its id alone, or not at all."""
    return one_line(str(_dict(said).get("id") or "") if isinstance(said, dict) else str(said or ""), 120)


def when(said: Any) -> datetime | None:
    return datetime.fromtimestamp(said, UTC) if isinstance(said, int) and 0 < said < 2**33 else None


def _state(session: dict[str, Any], charge: dict[str, Any], intent: dict[str, Any]) -> str:
    status, paid = session.get("status"), session.get("payment_status")
    if paid in ("paid", "no_payment_required"):
        return "paid"
    if status == "expired":
        return "ended"
    if status != "complete":
        return "open"
    failed = charge.get("status") == "failed" or intent.get("status") in ("requires_payment_method", "canceled")
    return "failed" if failed else "pending"


def _dict(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
