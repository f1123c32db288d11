"""What was asked as JSON and back: to keep it beside the remedy, and to tell whether the same was asked twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from presszero.commerce.vocabulary import Address
from presszero.core.money import Money

from .vocabulary import Asked


def kept(asked: Asked) -> dict[str, Any]:
    """JSON, the same for the same ask whatever order its lines came in; what was left out is left out."""
    said: dict[str, Any] = {
        "kind": str(asked.kind),
        "customer": asked.customer_id,
        "conversation": asked.conversation_id,
        "order": asked.order_id,
        "amount": [asked.amount.minor, asked.amount.currency] if asked.amount else None,
        "shipping": asked.shipping,
        "lines": sorted(list(pair) for pair in asked.lines),
        "variants": sorted(list(pair) for pair in asked.variants),
        "percent": asked.percent,
        "address": asdict(asked.address) if asked.address else None,
        "restock": asked.restock,
        "days": asked.days,
        "values": dict(asked.values),
    }
    return {key: value for key, value in said.items() if value not in (None, [], {}, False) and value != 0}


def fingerprint(asked: Asked) -> str:
    """The same for the same ask: tells whether a key comes again with something else."""
    return hashlib.sha256(json.dumps(kept(asked), sort_keys=True).encode()).hexdigest()[:32]


def read(merchant_id: int, said: dict[str, Any]) -> Asked:
    """The reverse of `kept`. Of somebody who was forgotten there is nothing left to read."""
    amount, address = said.get("amount"), said.get("address")
    return Asked(
        kind=said.get("kind", ""),
        merchant_id=merchant_id,
        customer_id=said.get("customer", 0),
        conversation_id=said.get("conversation"),
        order_id=said.get("order"),
        amount=Money(*amount) if amount else None,
        shipping=said.get("shipping", 0),
        lines=_pairs(said.get("lines", [])),
        variants=_pairs(said.get("variants", [])),
        percent=said.get("percent"),
        address=Address(**address) if address else None,
        restock=said.get("restock", False),
        days=said.get("days"),
        values=said.get("values", {}),
    )


def _pairs(rows: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((first, second) for first, second in rows)
