"""The cast, in the middle of a matter."""

from __future__ import annotations

import pytest

from presszero.conversations.models import Conversation
from tests import cast


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def ada() -> cast.Shopper:
    return cast.ada()


@pytest.fixture
def boots(shop: cast.Shop, ada: cast.Shopper) -> Conversation:
    """Ada asked where her boots are; nobody has answered."""
    return cast.the(ada.writes(shop, "Order 1042 is late.", "Boots")).conversation


@pytest.fixture
def invoice(shop: cast.Shop, ada: cast.Shopper, boots: Conversation) -> Conversation:
    """Ada's other matter, begun after the boots."""
    return cast.the(ada.writes(shop, "May I have an invoice?", "Invoice")).conversation
