"""What a store said as the values of our rows. Pure: news that was read goes in, dictionaries by column come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from presszero.core.text import one_line

from . import policy
from .reading import kept, label, link
from .vocabulary import StoreOrder, StorePayment, StoreRefund, StoreReturn, StoreShipment

Values = dict[str, Any]

_ID = 120
_HEAD = ("number", "currency", "total", "placed_at", "subtotal", "discount", "shipping", "tax", "url", "kind")
_WHEN = ("cancelled_at", "promised_from", "promised_by")
_LINE = ("external_id", "title", "sku", "quantity", "price", "discount", "tax", "total", "cost", "refunded")


def head(news: StoreOrder) -> Values:
    """The order's own, without anything personal."""
    found = {name: getattr(news, name) for name in (*_HEAD, *_WHEN)}
    found["number_key"] = policy.number_key(news.number)
    if news.key:
        found["key"] = news.key
    if news.updated_at:
        found["store_updated_at"] = news.updated_at
    return found


def buyer(news: StoreOrder) -> Values:
    """Who bought it, where it goes, and what they wrote: all that is personal."""
    ship_to = kept(news.ship_to)
    return {
        "email": news.email,
        "phone": news.phone,
        "name": news.name,
        "note": news.note,
        "store_customer": news.account,
        "ship_to": ship_to,
        "bill_to": ship_to if news.bill_to == news.ship_to else kept(news.bill_to),
    }


def lines(news: StoreOrder, variants: Mapping[tuple[str, str], int]) -> list[Values]:
    """`variants`: our variant's id by ("id", the store's) and by ("sku", a sku that only one has)."""
    parcels = [(each.state, dict(each.lines) if each.lines else None) for each in news.shipments]
    found = []
    for position, line in enumerate(news.lines):
        said = [(state, None if held is None else held.get(line.external_id, 0)) for state, held in parcels]
        values = {name: getattr(line, name) for name in _LINE}
        values["variant_id"] = variants.get(("id", line.variant)) or variants.get(("sku", line.sku))
        values["position"] = position
        values["sent"] = policy.pieces_sent(line.quantity, said)
        found.append(values)
    return found


def sums(news: StoreOrder, wanted: Sequence[Values], refunded: int) -> Values:
    """What was taken and given back, and how money and things stand. `wanted` as `lines` gives them."""
    captured = news.captured
    if captured is None:
        captured = sum(each.amount for each in news.payments if each.state == "captured")
    states = [each.state for each in news.payments]
    pieces = [policy.Pieces(line["quantity"], line["sent"], line["refunded"]) for line in wanted]
    paid = news.paid or policy.stands(news.total, captured, refunded, states, news.cancelled_at is not None)
    sent = news.sent or policy.sent_state(pieces, [each.state for each in news.shipments])
    return {"captured": captured, "refunded": refunded, "paid": str(paid), "sent": str(sent)}


def payment(said: StorePayment, currency: str) -> Values:
    return {
        "external_id": one_line(said.external_id, _ID),
        "method": one_line(said.method, 40),
        "label": label(said.label),
        "instrument": one_line(said.instrument, _ID),
        "currency": currency,
        "amount": said.amount,
        "state": said.state,
        "at": said.at,
    }


def refund(said: StoreRefund, currency: str) -> Values:
    return {
        "external_id": one_line(said.external_id, _ID),
        "key": said.key,
        "currency": currency,
        "amount": said.amount,
        "shipping": said.shipping,
        "reason": one_line(said.reason, 300),
        "state": said.state,
        "at": said.at,
    }


def discounts(news: StoreOrder) -> list[Values]:
    return [
        {"code": one_line(each.code, _ID), "title": one_line(each.title, 200), "amount": each.amount}
        for each in news.discounts
    ]


def shipment(said: StoreShipment, line_ids: Mapping[str, int]) -> Values:
    return {
        "external_id": one_line(said.external_id, _ID),
        "carrier": one_line(said.carrier, 80),
        "service": one_line(said.service, 80),
        "warehouse": one_line(said.warehouse, 80),
        "tracking": one_line(said.tracking, _ID).replace(" ", ""),  # as carriers say it
        "tracking_url": link(said.tracking_url),
        "state": said.state,
        "lines": _held(said.lines, line_ids),
        "sent_at": said.sent_at,
        "expected_at": said.expected_at,
        "delivered_at": said.delivered_at,
    }


def returned(said: StoreReturn, news: StoreOrder, line_ids: Mapping[str, int]) -> Values:
    return {
        "external_id": one_line(said.external_id, _ID),
        "state": said.state,
        "reason": one_line(said.reason, 300),
        "lines": _held(said.lines, line_ids),
        "tracking": one_line(said.tracking, _ID),
        "at": said.at or news.placed_at,
        "received_at": said.received_at,
    }


def _held(wanted: Sequence[tuple[str, int]], line_ids: Mapping[str, int]) -> list[dict[str, int]]:
    return [{"line": line_ids[name], "quantity": pieces} for name, pieces in wanted if name in line_ids]
