"""How far the timeline was read: the highest id, and the gaps below it that may still be filled. Pure.

Ids are drawn before commit, so a lower one may appear later. A writer has its transaction id before it draws an event's
id. So whoever drew an id in a gap has a lower transaction id than any that is *begun after we saw the gap*; once all
transactions below that one have ended, the gap stays empty. A snapshot's own xmax will not do for this: it is one past
the highest *ended* transaction, and a writer still at work may stand above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids from `first` to `last`, none of them seen.

    `begun_after`: a transaction that began after we saw the gap; None until one is noted.
    """

    first: int
    last: int
    begun_after: int | None = None


@dataclass
class Progress:
    """Where a reader stands."""

    high: int = 0
    gaps: list[Gap] = field(default_factory=list)

    @property
    def complete_to(self) -> int:
        """Every event up to here was seen, or never will be."""
        return self.gaps[0].first - 1 if self.gaps else self.high

    @property
    def undated(self) -> bool:
        return any(gap.begun_after is None for gap in self.gaps)

    def lacks(self, number: int) -> bool:
        """Whether this id was not seen yet."""
        return number > self.high or any(gap.first <= number <= gap.last for gap in self.gaps)

    def date(self, transaction: int) -> None:
        """Notes a transaction begun just now at every gap that has none."""
        self.gaps = [gap if gap.begun_after else Gap(gap.first, gap.last, transaction) for gap in self.gaps]

    def close(self, oldest_running: int) -> None:
        """Forgets gaps nobody can fill any more. `oldest_running` must be from before the last read of them."""
        self.gaps = [gap for gap in self.gaps if gap.begun_after is None or gap.begun_after > oldest_running]

    def saw(self, ids: Iterable[int]) -> None:
        """Moves on past these ids, in any order."""
        for number in sorted(ids):
            if number > self.high:
                if number > self.high + 1:
                    self.gaps.append(Gap(self.high + 1, number - 1))
                self.high = number
            else:
                self.gaps = [piece for gap in self.gaps for piece in _without(gap, number)]


def _without(gap: Gap, number: int) -> list[Gap]:
    if not gap.first <= number <= gap.last:
        return [gap]
    pieces = (Gap(gap.first, number - 1, gap.begun_after), Gap(number + 1, gap.last, gap.begun_after))
    return [piece for piece in pieces if piece.first <= piece.last]
