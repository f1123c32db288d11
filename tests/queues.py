"""Rows of routing that an address may name."""

from __future__ import annotations

import itertools

from presszero.routing.actions.arranging import Arranged, arrange_queue, make_skill, set_target
from presszero.routing.models import Queue, Skill, Target
from tests import cast

_numbers = itertools.count(1)


def queue(shop: cast.Shop) -> Queue:
    """Where people wait for the returns team."""
    return arrange_queue(shop.merchant, None, Arranged(f"Returns {next(_numbers)}"), by=shop.tomas)


def target(shop: cast.Shop) -> Target:
    """New customers have a person within two minutes."""
    return set_target(shop.merchant, Target(customers="new", seconds=120), by=shop.tomas)


def skill(shop: cast.Shop) -> Skill:
    """Not everybody speaks German."""
    return make_skill(shop.merchant, f"German {next(_numbers)}", "de", by=shop.tomas)
