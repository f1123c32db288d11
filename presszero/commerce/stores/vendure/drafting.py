"""New orders: one that is free, in place of another, and one to be paid in the shop. Both begin as Vendure's drafts.

A draft carries our key from its second step on. What an earlier try left half made is taken away before the next, so
that an order is placed once: it counts only once it leaves the drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.money import Money

from ...vocabulary import Ask, Done
from ..adapter import StoreSettings
from . import client, finding, wanted
from .codes import free
from .finding import Raw
from .money import minor
from .reading import address_out

Writing = Callable[[], None]


class _Stopped(Exception):
    """The shop does not take a step; the text is its own."""


def place(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """A replacement or an exchange: made free by a coupon of its own, so that nothing looks as if it were paid."""
    known = finding.keyed(store, ask.key)
    if known and known.is_placed:
        return Done("accepted", str(known.node["id"]), news=known.read(store))
    _clear(store, known, writing)
    number = ""
    try:
        number = _begin(store, ask, writing)
        coupon = free(store, ask.key, writing)
        _step(store, wanted.COUPON, {"id": number, "code": coupon}, writing)
        _move(store, number, "ArrangingPayment", writing)
        _move(store, number, "PaymentSettled", writing)
    except _Stopped as why:
        _give_up(store, number, writing)
        return Done("refused", reason=str(why))
    return Done("accepted", number, news=finding.seen(store, number))


def draft(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order that waits to be paid on the shop's own page, at the shop's own prices."""
    page = str(store.settings.get("pay_page", ""))
    if not page:
        next_step = _("Say on the store's page where customers pay, or use your own order page.")
        return Done("refused", reason=f"{_('The shop has no page to pay a draft at.')} {next_step}")
    known = finding.keyed(store, ask.key)
    if known and known.node["state"] != "Draft":
        return Done("accepted", str(known.node["id"]), url=_link(page, known.node))
    _clear(store, known, writing)
    number = ""
    try:
        number = _begin(store, ask, writing)
        _same_prices(store, number, ask)
        if ask.extra.get("code"):
            _step(store, wanted.COUPON, {"id": number, "code": ask.extra["code"]}, writing)
        _move(store, number, "ArrangingPayment", writing)
    except _Stopped as why:
        _give_up(store, number, writing)
        return Done("refused", reason=str(why))
    made = finding.raw_order(store, number)
    return Done("accepted", number, url=_link(page, made.node if made else {"id": number}))


def undraft(store: StoreSettings, number: str, writing: Writing) -> Done:
    """A draft that nobody has paid goes; one that is gone already is as good."""
    raw = finding.raw_order(store, number)
    if raw is None or raw.node["state"] == "Cancelled":
        return Done("accepted", number)
    if raw.is_placed:
        return Done("refused", reason=_("It is paid already."))
    if raw.node["state"] == "Draft":
        client.ask(store, wanted.UNDRAFT, {"id": number}, writing)
    else:
        client.ask(store, wanted.MOVE, {"id": number, "state": "Cancelled"}, writing)
    return Done("accepted", number)


def _begin(store: StoreSettings, ask: Ask, writing: Writing) -> str:
    """A draft with everything in it; its id."""
    made = client.ask(store, wanted.DRAFT, {}, writing)["done"]
    number = str(made["id"])
    kind = ask.extra.get("kind", "replacement") if ask.kind == "order" else ""
    marks = {"id": number, "customFields": {"pressZeroKey": ask.key, "pressZeroKind": kind}}
    client.ask(store, wanted.MARK, {"input": marks}, writing)
    try:
        for variant, pieces, _price in ask.variants:
            item = {"productVariantId": variant, "quantity": pieces}
            _step(store, wanted.ADD, {"id": number, "input": item}, writing)
        origin = finding.raw_order(store, ask.order) if ask.order else None
        _step(store, wanted.BUYER, {"id": number, **_buyer(ask, origin)}, writing)
        if ask.address:
            _step(store, wanted.SEND_TO, {"id": number, "input": address_out(ask.address)}, writing)
        _step(store, wanted.SEND_BY, {"id": number, "method": _way(store, number, origin)}, writing)
    except _Stopped:
        _give_up(store, number, writing)
        raise
    return number


def _buyer(ask: Ask, origin: Raw | None) -> dict[str, Any]:
    known = ask.account or str(((origin.node if origin else {}).get("customer") or {}).get("id") or "")
    if known:
        return {"customer": known, "input": None}
    first, _space, last = ask.name.rpartition(" ")
    return {"customer": None, "input": {"emailAddress": ask.email, "firstName": first, "lastName": last}}


def _way(store: StoreSettings, number: str, origin: Raw | None) -> str:
    """As the first order went, where that still goes there; else the cheapest."""
    said = client.ask(store, wanted.WAYS, {"id": number})["eligibleShippingMethodsForDraftOrder"]
    ways = [str(each["id"]) for each in sorted(said, key=lambda one: int(one["priceWithTax"]))]
    if not ways:
        raise _Stopped(_("The shop sends nothing to this address."))
    before = [str(e["shippingMethod"]["id"]) for e in (origin.node["shippingLines"] if origin else ())]
    return next((each for each in before if each in ways), ways[0])


def _same_prices(store: StoreSettings, number: str, ask: Ask) -> None:
    """The shop sells at its own prices; who was promised another is not sent a link that asks for more."""
    raw = finding.raw_order(store, number)
    wanted_prices = {variant: price for variant, _pieces, price in ask.variants}
    for line in raw.node["lines"] if raw else ():
        price = minor(line["unitPriceWithTax"], raw.currency, raw.places) if raw else 0
        if wanted_prices.get(str(line["productVariant"]["id"]), price) != price:
            says = Money(price, ask.currency).says()
            title = line["productVariant"]["name"]
            raise _Stopped(_("In the shop, %(title)s costs %(price)s.") % {"title": title, "price": says})


def _step(store: StoreSettings, query: str, variables: Mapping[str, Any], writing: Writing) -> None:
    said = client.ask(store, query, variables, writing)["done"]
    if said.get("message") and said["__typename"] != "Order":
        raise _Stopped(str(said.get("transitionError") or said["message"]))


def _move(store: StoreSettings, number: str, state: str, writing: Writing) -> None:
    _step(store, wanted.MOVE, {"id": number, "state": state}, writing)


def _clear(store: StoreSettings, known: Raw | None, writing: Writing) -> None:
    if known:
        _give_up(store, str(known.node["id"]), writing, known.node["state"])


def _give_up(store: StoreSettings, number: str, writing: Writing, state: str = "") -> None:
    """Takes a half-made draft away: deleted, or cancelled once it has left the drafts; its key goes with it."""
    if not number:
        return
    if not state:
        raw = finding.raw_order(store, number)
        state = raw.node["state"] if raw else ""
    if state == "Draft":
        client.ask(store, wanted.UNDRAFT, {"id": number}, writing)
    elif state:
        marks = {"id": number, "customFields": {"pressZeroKey": "", "pressZeroKind": ""}}
        client.ask(store, wanted.MARK, {"input": marks}, writing)
        client.ask(store, wanted.MOVE, {"id": number, "state": "Cancelled"}, writing)


def _link(page: str, node: Mapping[str, Any]) -> str:
    return page.replace("{code}", str(node.get("code") or "")).replace("{id}", str(node["id"]))
