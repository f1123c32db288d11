"""The app over HTTP, and shops with a number at a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from .house import House, open_house, served


@pytest.fixture
def web(db: None) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def houses(web: str, settings: Settings) -> Iterator[Callable[..., House]]:
    """Opens as many shops as a test needs."""
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    opened: list[House] = []

    def build(**given: Any) -> House:
        opened.append(open_house(web, **given))
        return opened[-1]

    yield build
    for each in opened:
        each.provider.close()


@pytest.fixture
def house(houses: Callable[..., House]) -> House:
    return houses()
