"""Ada's matter, in a shop where others bought laces with their boots."""

from __future__ import annotations

import pytest

from .stage import Stage, react, stage


@pytest.fixture
def play(db: None) -> Stage:
    react()  # listeners begin at the present
    return stage()
