"""Whom the shop was asked to forget. A store still knows them, and says their name with every old order.

The app that erases people stands above us: it adds to `asked` a function that says which of some addresses it erased,
and when. What was ordered before that comes in without anything personal; the amounts stay for the books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from .vocabulary import Address, StoreOrder

Known = tuple[str, str]  # (kind, address)

asked: list[Callable[[int, Iterable[Known]], Mapping[Known, datetime]]] = []


def erased(merchant_id: int, addresses: Iterable[Known]) -> dict[Known, datetime]:
    """Those of these addresses whose person was erased, and when."""
    given = [each for each in addresses if each[1]]
    found: dict[Known, datetime] = {}
    for ask in asked if given else ():
        found |= ask(merchant_id, given)
    return found


def forgotten_at(news: StoreOrder, known: Mapping[Known, datetime]) -> datetime | None:
    """When its buyer was erased; None for an order placed after that, which is somebody new's."""
    times = [known[each] for each in (("email", news.email), ("phone", news.phone)) if each in known]
    return max((at for at in times if news.placed_at <= at), default=None)


def nameless(news: StoreOrder) -> StoreOrder:
    """The same order without its buyer: what was bought, for how much, and into which country it went."""
    return replace(
        news,
        email="",
        phone="",
        name="",
        account="",
        note="",
        ship_to=country_of(news.ship_to),
        bill_to=country_of(news.bill_to),
        payments=tuple(replace(each, label="", instrument="") for each in news.payments),
        refunds=tuple(replace(each, reason="") for each in news.refunds),
        shipments=tuple(replace(each, tracking="", tracking_url="") for each in news.shipments),
        returns=tuple(replace(each, reason="", tracking="") for each in news.returns),
    )


def country_of(address: Address | None) -> Address | None:
    """All that a tax office asks for."""
    return Address(country=address.country) if address and address.country else None
