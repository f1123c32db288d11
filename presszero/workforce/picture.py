"""A day of waiting as it is drawn: a column for each half-hour, in time below, late above it, given up on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from .waited import SLOTS, Some

EARLIEST, LATEST = 16, 36  # half-hours that are drawn at least


@dataclass(frozen=True)
class Column:
    """Heights are per cent of the busiest half-hour. `whole` is what the numbers stand for."""

    slot: int
    clock: str
    some: Some
    in_time: float
    late: float
    gave_up: float
    open: float  # waits still, or keeps a place


@dataclass(frozen=True)
class Picture:
    whole: Some
    until: datetime  # by the shop's clock

    @cached_property
    def span(self) -> tuple[int, int]:
        seen = [one.slot for one in self.whole.rows]
        return min([EARLIEST, *seen]), max([LATEST, *(each + 1 for each in seen)])

    @cached_property
    def columns(self) -> list[Column]:
        slots = [self.whole.at(slot) for slot in range(SLOTS)]
        busiest = max(len(some.rows) for some in slots) or 1
        return [self._column(slot, slots[slot], 100 / busiest) for slot in range(*self.span)]

    @property
    def busiest(self) -> int:
        return max((len(column.some.rows) for column in self.columns), default=0)

    def _column(self, slot: int, some: Some, unit: float) -> Column:
        in_time, late, gave_up = (len(each) * unit for each in (some.in_time, some.late, some.gave_up))
        left = max(0.0, len(some.rows) * unit - in_time - late - gave_up)
        return Column(slot, f"{slot // 2:02d}:{slot % 2 * 30:02d}", some, in_time, late, gave_up, left)
