"""A house that is played, and customers at browsers in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from .shop_front import House, shop_page
from .shopper import Shopper, Visits


@pytest.fixture
def played() -> Iterator[House]:
    house = House().start()
    yield house
    house.stop()


@pytest.fixture
def shopper(played: House, browser: Browser) -> Iterator[Visits]:
    """What a page complains of fails the test, violations of its content policy too."""
    with ExitStack() as stack:
        made: list[Shopper] = []

        def known(policy: str = "", phone: bool = False, color_scheme: str = "light") -> Shopper:
            origin = stack.enter_context(shop_page(played, policy.format(house=played.origin)))
            context = browser.new_context(
                viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
                has_touch=phone,
                locale="en-GB",
                color_scheme="dark" if color_scheme == "dark" else "light",
            )
            stack.callback(context.close)
            made.append(Shopper(context, played, origin))
            return made[-1]

        yield known
        assert [each for shopper in made for each in shopper.complaints] == []
