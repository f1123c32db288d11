"""The cast, and a worker's ear for what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from presszero.promises import reactions as _registered
from presszero.timeline.reactions import consume_all
from tests import cast

NAMES = (
    "promises.acknowledgement", "promises.answer", "promises.matter", "promises.orders", "promises.refunds",
    "promises.calls", "promises.wishes", "promises.note", "promises.measured",
)  # fmt: skip

assert _registered.__doc__


def react() -> None:
    """What the worker does with the facts that this app hears."""
    while consume_all(NAMES):
        pass


@pytest.fixture
def shop(db: None) -> cast.Shop:
    """Open on weekdays from nine to half past five, in London; an answer is due within an hour and a half."""
    shop = cast.juniper()
    shop.hours.weekly = {day: [["09:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    shop.hours.save()
    for line in (shop.line, shop.chat, shop.form):
        line.first_reply_minutes = 90
        line.save()
    react()  # a listener begins at the present
    return shop


@pytest.fixture
def heard() -> Callable[[], None]:
    return react
