"""Arrivals to understand: many senders on the custom line, each numbering what it says."""

from __future__ import annotations

import json

from presszero.intake.split import split_all
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane

from .shop import Shop

A_GROUP = 500


def deliver(shop: Shop, mark: str, count: int, senders: int, split: bool = True) -> None:
    """Puts `count` messages of `senders` people into the mailroom, the n-th of each sender saying "n"."""
    for first in range(0, count, A_GROUP):
        receive([_incoming(shop, mark, number, senders) for number in range(first, min(first + A_GROUP, count))])
    while split and split_all():
        pass


def _incoming(shop: Shop, mark: str, number: int, senders: int) -> Incoming:
    address = f"{mark}-{number % senders}"
    words = f"{number // senders} Hello, my order 1042 has not come yet, could you look where it is? " * 2
    body = {"id": f"{mark}-{number}", "from": {"address": address, "name": f"Ada {number % senders}"}, "text": words}
    return Incoming(
        shop.merchant_id,
        shop.line_id,
        f"id:{mark}-{number}",
        lane(shop.line_id, address),
        {"content-type": "application/json"},
        json.dumps(body).encode(),
    )
