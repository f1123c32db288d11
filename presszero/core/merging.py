"""Who stands where, when things are merged and taken apart again. Pure; customers and conversations share it."""

from __future__ import annotations

from collections.abc import Iterable


def everyone_below(loser: int, standing: Iterable[tuple[int, int]]) -> set[int]:
    """The loser, and everyone still merged into them however deep. `standing`: (loser, winner) of merges not undone."""
    into: dict[int, list[int]] = {}
    for below, above in standing:
        into.setdefault(above, []).append(below)
    found, todo = {loser}, [loser]
    while todo:
        fresh = [each for each in into.get(todo.pop(), []) if each not in found]
        found.update(fresh)
        todo.extend(fresh)
    return found
