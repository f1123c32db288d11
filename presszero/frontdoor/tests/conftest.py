"""The shop with its chat, as these tests need it."""

from __future__ import annotations

import pytest

from tests import cast

from .window import Window, chat_line


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def window(shop: cast.Shop) -> Window:
    return Window(chat_line(shop))
