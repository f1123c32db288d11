"""axe in the chat's frame, which it does not enter from the page around it."""

from __future__ import annotations

from playwright.sync_api import Frame

from tests.journeys.test_every_page import axe

from .shopper import Shopper

_RUN = """async () => (await axe.run({ resultTypes: ["violations"] })).violations.map(
    (v) => `${v.id} ${v.nodes[0].html} ${v.nodes[0].failureSummary}`)"""


def frame_of(shopper: Shopper) -> Frame:
    return next(each for each in shopper.page.frames if "/chat/" in each.url)


def broken(where: Frame) -> list[str]:
    """What axe has to say."""
    where.evaluate(axe())
    found: list[str] = where.evaluate(_RUN)
    return found
