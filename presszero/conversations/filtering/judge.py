"""Whether a filter holds for a snapshot. No statement: a rule is judged in a few millionths of a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .grammar import Condition, Filter, Group
from .operators import Test
from .snapshot import Snapshot
from .sql import NOBODY, with_me


def matches(filter: Filter, snapshot: Snapshot, now: datetime, me: int = NOBODY) -> bool:
    """As `where` finds it. `me` is the membership of whoever looks, if anybody does."""
    return _holds(filter.root, snapshot, now, me)


def judged(filter: Filter) -> Callable[[Snapshot, datetime], bool]:
    """`matches` made ready once, for filters that are asked about everything that happens. Nobody looks."""
    return _ready(filter.root)


def _ready(part: Group | Condition) -> Callable[[Snapshot, datetime], bool]:
    if isinstance(part, Condition):
        get, test, value = _leaf(part)
        return lambda snapshot, now: test(get(snapshot), value, now)
    if not part.parts:
        return lambda snapshot, now: True
    if len(part.parts) == 1:
        return _ready(part.parts[0])
    return _leaves_ready(part) if all(isinstance(each, Condition) for each in part.parts) else _group_ready(part)


def _group_ready(part: Group) -> Callable[[Snapshot, datetime], bool]:
    inside, every = [_ready(each) for each in part.parts], part.every

    def holds(snapshot: Snapshot, now: datetime) -> bool:
        for one in inside:
            if one(snapshot, now) is not every:
                return not every
        return every

    return holds


def _leaves_ready(part: Group) -> Callable[[Snapshot, datetime], bool]:
    """Most groups are of conditions alone: they are asked here, without a call more for each."""
    leaves, every = [_leaf(each) for each in part.parts if isinstance(each, Condition)], part.every

    def holds(snapshot: Snapshot, now: datetime) -> bool:
        for get, test, value in leaves:
            if test(get(snapshot), value, now) is not every:
                return not every
        return every

    return holds


def _leaf(part: Condition) -> tuple[Callable[[Any], Any], Test, Any]:
    value = with_me(part.value, NOBODY) if part.of_me else part.value
    return part.field.get, part.operator.test, value


def failing(filter: Filter, snapshot: Snapshot, now: datetime) -> list[Condition]:
    """The conditions that do not hold, to explain why a filter did not."""
    return [each for each in filter.conditions() if not _holds(each, snapshot, now, NOBODY)]


def _holds(part: Group | Condition, snapshot: Snapshot, now: datetime, me: int) -> bool:
    if isinstance(part, Condition):
        value = with_me(part.value, me) if part.of_me else part.value
        return part.operator.test(part.field.get(snapshot), value, now)
    if not part.parts:
        return True
    for each in part.parts:
        if _holds(each, snapshot, now, me) is not part.every:
            return not part.every
    return part.every
