from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests import cast


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture(autouse=True)
def stored_here(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
