"""The shop with its chat, as these tests need it."""

from __future__ import annotations

import pytest

from presszero.channels.models import Line
from tests import cast

from .window import Window, chat_line


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def window(shop: cast.Shop) -> Window:
    return Window(chat_line(shop))


@pytest.fixture
def line(shop: cast.Shop) -> Line:
    """A number that our own gateway answers, and that calls out."""
    trunk = {"driver": "sip", "trunk": {"host": "sip.carrier.example"}}
    given = {"merchant": shop.merchant, "brand": shop.brand, "name": "Service", "settings": trunk}
    return Line.objects.create(kind="phone", address="+442079460042", **given)
