"""A shop with one of everything, and its people at their browsers."""

from __future__ import annotations

import pytest

from tests import cast
from tests.walls.everything import Everything, everything


@pytest.fixture
def rows(db: None) -> Everything:
    return everything()


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()
