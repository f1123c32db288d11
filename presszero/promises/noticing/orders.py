"""Which order words are about: the one they name, or the only one it can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

_NUMBERS = re.compile(r"[\w-]*\d[\w-]*")


class Numbered(Protocol):
    """An order, as far as words can tell it from others."""

    @property
    def id(self) -> int: ...

    @property
    def number(self) -> str: ...


def meant(text: str, orders: Sequence[Numbered]) -> int | None:
    """Its id; None where it may be several of them."""
    if not orders:
        return None
    said = {_key(word) for word in _NUMBERS.findall(text)}
    named = {order.id for order in orders if _key(order.number) in said}
    if len(named) == 1:
        return named.pop()
    return orders[0].id if len(orders) == 1 and not named else None


def _key(number: str) -> str:
    return re.sub(r"[^\w]", "", number).casefold()
