"""Finding: orders and products as they stand, pages of them, and what an earlier try of an ask has left in the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from presszero.channels.adapter import Unreadable

from ...vocabulary import Ask, Done, Page, StoreOrder, StoreProduct
from ..adapter import AccessLost, StoreAway, StoreSettings
from ..marks import key_in
from ..moments import must
from ..places import Place
from . import client, reading, wanted
from .money import minor, precision

ORDERS_A_PAGE, PRODUCTS_A_PAGE = 50, 100  # Vendure answers with a thousand at most
_GRAIN = timedelta(milliseconds=1)  # databases keep finer times than answers do


@dataclass(frozen=True, slots=True)
class Raw:
    """An order as Vendure says it, and how many digits its money has."""

    node: dict[str, Any]
    places: int

    @property
    def currency(self) -> str:
        return str(self.node["currencyCode"])

    @property
    def is_placed(self) -> bool:
        return bool(self.node.get("orderPlacedAt"))

    def read(self, store: StoreSettings) -> StoreOrder:
        return reading.order(self.node, self.places, store)

    def refunds(self, key: str) -> list[dict[str, Any]]:
        """Those that carry our key, or the key of a further part."""
        return [each for paid in self.payments() for each in paid["refunds"] if _is_of(each, key)]

    def payments(self) -> list[dict[str, Any]]:
        return list(self.node["payments"] or ())

    def back(self, key: str) -> int:
        """Minor units that went back for a key."""
        sums = (each["total"] for each in self.refunds(key) if each["state"] != "Failed")
        return sum(minor(each, self.currency, self.places) for each in sums)


def raw_order(store: StoreSettings, external_id: str) -> Raw | None:
    said = client.ask(store, wanted.ONE_ORDER, {"id": external_id})
    return Raw(said["order"], precision(said)) if said.get("order") else None


def order(store: StoreSettings, external_id: str) -> StoreOrder | None:
    """None for a cart and a draft too: nobody has placed them."""
    raw = raw_order(store, external_id)
    return raw.read(store) if raw and raw.is_placed else None


def seen(store: StoreSettings, external_id: str) -> StoreOrder | None:
    """The order after something was done to it. None when it cannot be had: what was done is done all the same."""
    try:
        return order(store, external_id)
    except (StoreAway, AccessLost, Unreadable):
        return None


def product(store: StoreSettings, external_id: str) -> StoreProduct | None:
    said = client.ask(store, wanted.ONE_PRODUCT, {"id": external_id})
    return reading.product(said["product"], precision(said), store) if said.get("product") else None


def orders(store: StoreSettings, cursor: str, since: datetime | None) -> Page:
    """Placed ones; the parts that a marketplace splits an order into are in the whole one already."""
    placed = {"orderPlacedAt": {"isNull": False}, "type": {"notEq": "Seller"}}
    return _page(store, wanted.ORDERS, placed, Place.of(cursor, since), ORDERS_A_PAGE)


def products(store: StoreSettings, cursor: str) -> Page:
    """All of them, whatever changed: a product's time tells nothing of its prices and stock."""
    return _page(store, wanted.PRODUCTS, {}, Place.of(cursor, None), PRODUCTS_A_PAGE)


def keyed(store: StoreSettings, key: str) -> Raw | None:
    """The order or the draft that an ask made."""
    options = {"filter": {"pressZeroKey": {"eq": key}}, "sort": {"createdAt": "ASC"}, "take": 1}
    said = client.ask(store, wanted.ORDERS, {"options": options})
    found = said["orders"]["items"]
    return Raw(found[0], precision(said)) if found else None


def promotion(store: StoreSettings, code: str) -> str:
    """The id of a promotion by its coupon code; "" when there is none."""
    found = client.ask(store, wanted.PROMOTIONS, {"code": code})["promotions"]["items"]
    return str(found[0]["id"]) if found else ""


def evidence(store: StoreSettings, ask: Ask) -> Done | None:
    """What came of an ask that nobody knows about. None where the same ask may be made again without harm."""
    if ask.kind in ("refund", "cancel"):
        raw = raw_order(store, ask.order)
        done = raw is not None and raw.back(ask.key) == ask.amount
        if ask.kind == "cancel":
            done = done and raw is not None and raw.node["state"] == "Cancelled"
        return Done("accepted", _first(raw, ask), news=raw.read(store)) if raw and done else None
    if ask.kind == "order":
        known = keyed(store, ask.key)
        return Done("accepted", str(known.node["id"]), news=known.read(store)) if known and known.is_placed else None
    return None  # a code, a draft and an address: what is there is found and used, and not made twice


def _first(raw: Raw | None, ask: Ask) -> str:
    found = raw.refunds(ask.key) if raw else []
    return str(found[0]["id"]) if found and ask.kind == "refund" else ask.order


def _is_of(refund: Mapping[str, Any], key: str) -> bool:
    found = key_in(refund.get("reason"))
    part = found.removeprefix(f"{key}.")
    return found != "" and (found == key or (part != found and part.isdecimal()))


def _page(store: StoreSettings, query: str, filters: Mapping[str, Any], place: Place, most: int) -> Page:
    changed = {"updatedAt": {"after": _iso(place.after)}} if place.after else {}
    options = {"filter": {**filters, **changed}, "sort": {"updatedAt": "ASC", "id": "ASC"}}
    said = client.ask(store, query, {"options": {**options, "skip": place.skip, "take": most}})
    listed = said["orders"] if "orders" in said else said["products"]
    read: Callable[..., StoreOrder | StoreProduct] = reading.order if "orders" in said else reading.product
    found, rejected = [], []
    for node in listed["items"]:
        try:
            found.append(read(node, precision(said), store))
        except Unreadable as why:
            rejected.append(str(why))
    is_last = len(listed["items"]) < most
    cursor = "" if is_last else place.following(must(listed["items"][-1]["updatedAt"]), most, _GRAIN)
    return Page(tuple(found), cursor, int(listed["totalItems"]) if place.first else None, tuple(rejected))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
