"""The cast's shop, connected."""

from __future__ import annotations

import pytest

from presszero.commerce.models import Store
from tests import cast

from .orders import store_of


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def store(shop: cast.Shop) -> Store:
    return store_of(shop)
