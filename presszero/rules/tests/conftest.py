"""The shop, and rules written the short way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.conversations.models import Tag
from presszero.rules import actions
from presszero.rules.models import Rule
from presszero.rules.reactions import something_happened
from presszero.timeline.models import Event
from tests import cast
from tests.cast import Shop

Make = Callable[..., Rule]


@pytest.fixture
def shop(db: None) -> Shop:
    return cast.juniper()


@pytest.fixture
def late(shop: Shop) -> Tag:
    return Tag.objects.create(merchant=shop.merchant, name="late")


@pytest.fixture
def make(shop: Shop) -> Make:
    """make("Late", on="arrived", filter={…}, steps=[…]): a rule that is on; `of` another shop's."""

    def made(name: str = "Late", on: str | list[str] = "arrived", of: Shop | None = None, **more: Any) -> Rule:
        whose = of or shop
        when = {"on": [on] if isinstance(on, str) else on, **more.pop("when", {})}
        reads = {"when": when, "filter": {}, "steps": [], "stop": False, "once": False, "rest": "", **more}
        by = next(iter(whose.team.values()))
        rule = actions.save(Rule(merchant=whose.merchant), name, reads, by=by)
        actions.switch(rule, True, by=by, at=timezone.now() - timedelta(days=60))
        return rule

    return made


class Ears:
    """Hears the timeline as the worker does, round by round, until nothing new comes of it."""

    def __init__(self) -> None:
        self.heard = 0

    def listen(self, rounds: int = 20) -> int:
        """How many rounds it took."""
        for number in range(rounds):
            events = list(Event.objects.filter(id__gt=self.heard).order_by("id"))
            if not events:
                return number
            self.heard = events[-1].id
            something_happened(events)
        raise AssertionError(f"it still goes on after {rounds} rounds")


@pytest.fixture
def ears() -> Ears:
    return Ears()
