"""Finding: orders and products as they stand, pages of them, and what an earlier try of an ask has left in the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable

from ...vocabulary import Ask, Done, Page, StoreOrder, StoreProduct
from ..adapter import AccessLost, StoreAway, StoreSettings
from ..marks import key_in
from ..places import Place
from ..web import Declined
from . import client, reading
from .money import minor, must

ORDERS_A_PAGE, PRODUCTS_A_PAGE, MOST_A_PAGE = 50, 50, 100  # WooCommerce gives a hundred at most
LOOKED_BACK = timedelta(days=15)  # for an order of ours; longer than anybody asks what came of it
PAGES_LOOKED_AT = 50
_GRAIN = timedelta(seconds=1)  # WooCommerce's times have no finer part


def raw_order(store: StoreSettings, external_id: str) -> dict[str, Any] | None:
    """As WooCommerce says it."""
    if not external_id.isdecimal():
        return None
    try:
        node: dict[str, Any] = client.get(store, f"/orders/{external_id}").said
    except client.NotThere:
        return None
    return None if node.get("status") in reading.NOT_YET else node


def refunds(store: StoreSettings, node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of an order, whole. Asked for only where the order names any."""
    if not node.get("refunds"):
        return []
    return list(client.get(store, f"/orders/{int(node['id'])}/refunds", per_page=MOST_A_PAGE).said)


def order(store: StoreSettings, external_id: str) -> StoreOrder | None:
    node = raw_order(store, external_id)
    return reading.order(node, refunds(store, node), store) if node else None


def seen(store: StoreSettings, external_id: str) -> StoreOrder | None:
    """The order after something was done to it. None when it cannot be had: what was done is done all the same."""
    try:
        return order(store, external_id)
    except (StoreAway, AccessLost, Unreadable):
        return None


def product(store: StoreSettings, external_id: str) -> StoreProduct | None:
    if not external_id.isdecimal():
        return None
    try:
        node = client.get(store, f"/products/{external_id}").said
    except client.NotThere:
        return None
    if node.get("type") == "variation" and node.get("parent_id"):
        return product(store, str(int(node["parent_id"])))
    return None if node.get("status") == "trash" else _whole_product(store, node)


def orders(store: StoreSettings, cursor: str, since: datetime | None) -> Page:
    def read(node: dict[str, Any]) -> StoreOrder | None:
        is_one = node.get("status") not in reading.NOT_YET
        return reading.order(node, refunds(store, node), store) if is_one else None

    return _page(store, "/orders", Place.of(cursor, since), ORDERS_A_PAGE, read)


def products(store: StoreSettings, cursor: str, since: datetime | None) -> Page:
    return _page(store, "/products", Place.of(cursor, since), PRODUCTS_A_PAGE, lambda node: _whole_product(store, node))


def back(store: StoreSettings, node: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """An order's refunds that carry our key."""
    found = refunds(store, node)
    return [each for each in found if key in (key_in(each.get("reason")), reading.meta(each).get(reading.KEY))]


def keyed(store: StoreSettings, key: str) -> dict[str, Any] | None:
    """The order that an ask made. WooCommerce finds nothing by its meta data, so the newest are looked through.

    Raises Declined when there are more than can be looked through: then nobody knows.
    """
    after = (timezone.now() - LOOKED_BACK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    asked = {"after": after, "dates_are_gmt": "true", "orderby": "id", "order": "desc", "per_page": MOST_A_PAGE}
    for page in range(1, PAGES_LOOKED_AT + 1):
        found = client.get(store, "/orders", **asked, page=page, _fields="id,meta_data").said
        ours = next((each for each in found if reading.meta(each).get(reading.KEY) == key), None)
        if ours:
            return raw_order(store, str(ours["id"]))
        if len(found) < MOST_A_PAGE:
            return None
    raise Declined(_("The shop has more new orders than we can look through. Make this one there."))


def coupon(store: StoreSettings, code: str) -> str:
    """The id of a coupon by its code; "" when there is none."""
    found = client.get(store, "/coupons", code=code.lower()).said
    return str(int(found[0]["id"])) if found else ""


def evidence(store: StoreSettings, ask: Ask) -> Done | None:
    """What came of an ask that nobody knows about. None where the same ask may be made again without harm."""
    if ask.kind in ("refund", "cancel"):
        return _money_back(store, ask)
    if ask.kind in ("order", "draft"):
        node = keyed(store, ask.key)
        return made(store, node) if node else None
    return None  # a code and an address: what is there is found and used, and not made twice


def made(store: StoreSettings, node: Mapping[str, Any]) -> Done:
    """An order that an ask made; where customers pay it, while it is not paid."""
    url = str(node.get("payment_url") or "") if not node.get("date_paid_gmt") else ""
    return Done("accepted", str(int(node["id"])), url=url, news=seen(store, str(node["id"])))


def _money_back(store: StoreSettings, ask: Ask) -> Done | None:
    node = raw_order(store, ask.order)
    if node is None:
        return None
    ours = back(store, node, ask.key)
    if any(not each.get("refunded_payment") for each in ours):
        return Done("unknown", reason=_("The shop has begun to give it back, and does not say how it ended."))
    done = sum(minor(each["amount"], ask.currency) for each in ours) == ask.amount
    if not done or (ask.kind == "cancel" and node["status"] != "cancelled"):
        return None
    number = str(int(ours[0]["id"])) if ours and ask.kind == "refund" else ask.order
    return Done("accepted", number, news=reading.order(node, refunds(store, node), store))


def _whole_product(store: StoreSettings, node: dict[str, Any]) -> StoreProduct:
    found: list[dict[str, Any]] = []
    page, more = 1, node["type"] == "variable" and bool(node.get("variations"))
    while more:
        path = f"/products/{int(node['id'])}/variations"
        said = client.get(store, path, per_page=MOST_A_PAGE, page=page).said
        found += said
        page, more = page + 1, len(said) == MOST_A_PAGE
    return reading.product(node, found, store)


def _page(
    store: StoreSettings,
    path: str,
    place: Place,
    most: int,
    read: Callable[[dict[str, Any]], StoreOrder | StoreProduct | None],
) -> Page:
    asked: dict[str, Any] = {"per_page": most, "offset": place.skip, "orderby": "modified", "order": "asc"}
    if place.after:
        after = place.after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        asked |= {"modified_after": after, "dates_are_gmt": "true"}
    answer = client.get(store, path, status="any", **asked)
    found, rejected = [], []
    for node in answer.said:
        try:
            found.append(read(node))
        except Unreadable as why:
            rejected.append(str(why))
    kept = tuple(each for each in found if each is not None)
    return Page(kept, _cursor(answer, place, most), answer.total if place.first else None, tuple(rejected))


def _cursor(answer: client.Answer, place: Place, most: int) -> str:
    """WooCommerce leaves out what our key may not see and counts it all the same: a short page is not the last one."""
    is_last = len(answer.said) < most if answer.total is None else place.skip + most >= answer.total
    if is_last:
        return ""
    if not answer.said:
        return place.past(most)
    return place.following(must(answer.said[-1]["date_modified_gmt"]), most, _GRAIN)
