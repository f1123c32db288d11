"""What a shop does for us: one verb a kind of Ask. Each finds first what an earlier try of the same ask has done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.money import Money

from ...vocabulary import Address, Ask, Done
from ..adapter import StoreSettings
from ..marks import code_of
from ..web import Writing, answered
from . import client, finding, reading
from .money import theirs, with_tax
from .refunding import money_back, refund


def do(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """Does it; never raises for what the shop or the network does."""
    return answered(lambda once: _VERBS[ask.kind](store, ask, once), writing)


def undo(store: StoreSettings, ask: Ask, done: Done) -> Done:
    """A code or a draft is taken away; one that is gone already is as good."""
    verbs = {"code": _uncode, "draft": _undraft}
    return answered(lambda once: verbs[ask.kind](store, done.external_id, once), lambda: None)


def _cancel(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """The money first: the gateway may say no, and WooCommerce cancels whatever one asks, and restocks by itself."""
    node = finding.raw_order(store, ask.order)
    if node is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    if ask.amount:
        given_back = money_back(store, node, ask, writing)
        if given_back.state != "accepted":
            return given_back
    if node["status"] != "cancelled":
        client.put(store, f"/orders/{ask.order}", {"status": "cancelled"}, writing)
    return Done("accepted", ask.order, news=finding.seen(store, ask.order))


def _address(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    node = finding.raw_order(store, ask.order)
    if node is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    if node["status"] in ("completed", "cancelled", "refunded"):
        return Done("refused", reason=_("The shop changes nothing of an order that is this far."))
    given = {"shipping": reading.address_out(ask.address or Address())}
    client.put(store, f"/orders/{ask.order}", given, writing)
    return Done("accepted", ask.order, news=finding.seen(store, ask.order))


def _place(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order that costs nothing: a replacement, or an exchange."""
    known = finding.keyed(store, ask.key)
    if known:
        return finding.made(store, known)
    given = {**_order(ask), "status": "processing", "set_paid": False}
    free = {"subtotal": "0", "total": "0"}
    given["line_items"] = [{**_line(store, variant, pieces), **free} for variant, pieces, _price in ask.variants]
    made = client.post(store, "/orders", given, writing)
    return finding.made(store, made)


def _draft(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order that waits at the shop's own page, at the shop's own prices: it knows the taxes in them."""
    known = finding.keyed(store, ask.key)
    if known is None:
        given = {**_order(ask), "status": "pending", "set_paid": False}
        given["line_items"] = [_line(store, variant, pieces) for variant, pieces, _price in ask.variants]
        if ask.extra.get("code"):
            given["coupon_lines"] = [{"code": ask.extra["code"]}]
        known = client.post(store, "/orders", given, writing)
    other = _other_price(known, ask)
    if other:
        client.delete(store, f"/orders/{int(known['id'])}", writing)
        return Done("refused", reason=other)
    return finding.made(store, known)


def _other_price(node: Mapping[str, Any], ask: Ask) -> str:
    """Who was promised a price is sent no link that asks for another."""
    promised = {variant: price * pieces for variant, pieces, price in ask.variants}
    for line in node["line_items"]:
        variant = str(int(line.get("variation_id") or line["product_id"]))
        asks = with_tax(line["subtotal"], line.get("subtotal_tax"), ask.currency)
        if abs(promised.get(variant, asks) - asks) > int(line["quantity"]):  # a rounding of each piece, at most
            says = Money(asks, ask.currency).says()
            title, pieces = line["name"], line["quantity"]
            named = {"pieces": pieces, "title": title, "price": says}
            return _("In the shop, %(pieces)s × %(title)s costs %(price)s.") % named
    return ""


def _undraft(store: StoreSettings, number: str, writing: Writing) -> Done:
    node = finding.raw_order(store, number)
    if node is None:
        return Done("accepted", number)
    if node.get("date_paid_gmt") or node["status"] != "pending":
        return Done("refused", reason=_("It is paid already."))
    client.delete(store, f"/orders/{number}", writing)
    return Done("accepted", number)


def _code(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """Off one whole order, once. WooCommerce keeps codes in small letters, and takes them in any."""
    if ask.percent is None and ask.currency != store.currency:
        return Done("refused", reason=_("The shop's codes are in %(currency)s.") % {"currency": store.currency})
    code = code_of(store.secrets.get("secret", ""), ask.key, 10)
    known = finding.coupon(store, code)
    if known:
        return Done("accepted", known, code=code)
    given: dict[str, Any] = {
        "code": code,
        "discount_type": "fixed_cart" if ask.percent is None else "percent",
        "amount": theirs(ask.amount, ask.currency) if ask.percent is None else str(ask.percent),
        "usage_limit": 1,
        "description": f"Press Zero {code}",
    }
    if ask.expires_at:
        given["date_expires_gmt"] = ask.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    made = client.post(store, "/coupons", given, writing)
    return Done("accepted", str(int(made["id"])), code=code)


def _uncode(store: StoreSettings, number: str, writing: Writing) -> Done:
    with contextlib.suppress(client.NotThere):
        client.delete(store, f"/coupons/{number}", writing)
    return Done("accepted", number)


def _order(ask: Ask) -> dict[str, Any]:
    marks = [{"key": reading.KEY, "value": ask.key}]
    if ask.kind == "order":
        marks.append({"key": reading.KIND, "value": ask.extra.get("kind", "replacement")})
    address = reading.address_out(ask.address or Address(name=ask.name))
    given: dict[str, Any] = {"meta_data": marks, "currency": ask.currency, "shipping": address}
    given["billing"] = {**address, "email": ask.email} if ask.email else address
    return given | ({"customer_id": int(ask.account)} if ask.account.isdecimal() else {})


def _line(store: StoreSettings, variant: str, pieces: int) -> dict[str, Any]:
    """A variation is named beside its product."""
    node = client.get(store, f"/products/{int(variant)}").said
    parent = int(node.get("parent_id") or 0) if node.get("type") == "variation" else 0
    line = {"product_id": parent or int(variant), "quantity": pieces}
    return {**line, "variation_id": int(variant)} if parent else line


_VERBS: dict[str, Callable[[StoreSettings, Ask, Writing], Done]] = {
    "refund": refund,
    "cancel": _cancel,
    "address": _address,
    "order": _place,
    "draft": _draft,
    "code": _code,
}
KINDS = frozenset(_VERBS)
