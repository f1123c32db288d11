"""A place in a list that is sorted by its last change, while the list changes under us.

What changes while we read moves to the end, so that counting pages would leave some out. We go on from the time of the
last one instead, a moment before it: a few come twice, which is harmless, and none is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """What changed after `after`, less the first `skip`. `first`: nothing was read yet."""

    after: datetime | None = None
    skip: int = 0
    first: bool = True

    @classmethod
    def of(cls, cursor: str, since: datetime | None) -> Place:
        """Raises ValueError for a cursor that is none of ours."""
        if not cursor:
            return cls(since)
        after, _bar, skip = cursor.partition("|")
        return cls(datetime.fromisoformat(after) if after else None, int(skip), first=False)

    def following(self, last: datetime, count: int, grain: timedelta) -> str:
        """The cursor after a page of `count`, whose last one changed at `last`. `grain`: how fine its times are."""
        on = last - grain
        if self.after is None or on > self.after:
            return f"{on.isoformat()}|0"
        # All of one moment: only counting helps, and half a page twice makes up for those that move away meanwhile.
        return f"{self.after.isoformat()}|{self.skip + max(1, count // 2)}"

    def past(self, count: int) -> str:
        """The cursor after a page of which nothing may be seen."""
        return f"{self.after.isoformat() if self.after else ''}|{self.skip + count}"
