"""Shopify's money, in the buyer's currency, and its ids and times, as ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from presszero.channels.adapter import Unreadable
from presszero.core.money import BadMoney, money

Node = Mapping[str, Any]


def minor(bag: Any, currency: str) -> int:
    """Of a MoneyBag, in either spelling: the part the buyer saw. 0 for nothing; raises Unreadable."""
    if not bag:
        return 0
    said = bag.get("presentmentMoney") or bag.get("presentment_money") or bag
    return amount(said.get("amount"), str(said.get("currencyCode") or said.get("currency_code") or currency))


def amount(said: Any, currency: str) -> int:
    """ "18.40" as 1840. Shopify writes two digits for every currency; those a currency has not must be zeros."""
    if said is None or said == "":
        return 0
    text = str(said)
    try:
        return money(text.rstrip("0").rstrip(".") if "." in text else text, currency).minor
    except BadMoney as why:
        raise Unreadable(str(why)) from why


def total(bags: Iterable[Any], currency: str) -> int:
    return sum(minor(bag, currency) for bag in bags)


def number(gid: Any) -> str:
    """The number of "gid://shopify/Order/7?x=y", or of 7."""
    return str(gid or "").rpartition("/")[2].partition("?")[0]


def gid(kind: str, external_id: str) -> str:
    return f"gid://shopify/{kind}/{external_id}"


def nodes(connection: Any) -> list[Any]:
    """What is in a connection, or in a list; nothing where our token may not look."""
    if isinstance(connection, list):
        return connection
    return list((connection or {}).get("nodes") or [])
