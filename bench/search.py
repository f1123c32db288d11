"""Search over a million messages: rare words, usual words, common words, names, addresses, numbers, and nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from .ground import Ground
from .million import COMMON, RARE, USUAL, million
from .row import Row, at_most

P95 = 150  # milliseconds
TIMES = 30

ASKED = {
    "common word": COMMON,
    "two common words": f"where {COMMON}",
    "usual word": USUAL,
    "rare word": RARE,
    "rare and common": f"{RARE} {COMMON}",
    "word of two hundred": "w57588",
    "beginning of words": "w12",
    "no such word": "quetzalcoatl",
    "name": "Kowalski",
    "rare name": "Ada C81e728d",
    "address": "@ada.example",
    "rare address": "c81e728d9d4c@ada",
    "number": "10500000",
}


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """One row: the 95th of a hundred, over all kinds together; the slowest kind is named."""
    from presszero.conversations.queries import search
    from presszero.team.models import Membership

    shop = million(ground, say)
    member = Membership.objects.get(id=shop.member_ids[0])
    took: dict[str, list[float]] = {kind: [] for kind in ASKED}
    for turn in range(TIMES + 1):
        for kind, words in ASKED.items():
            begun = time.perf_counter()
            found = search(member, words)
            if turn:  # the first finds its pages on disk
                took[kind].append((time.perf_counter() - begun) * 1000)
            _check(kind, len(found))
    worst = {kind: _p95(times) for kind, times in took.items()}
    for kind, each in worst.items():
        say(f"{kind:<28}{each:7.1f} ms")
    slowest = max(worst, key=lambda kind: worst[kind])
    note = f"95th in a hundred of each kind; the slowest is {slowest!r}. " + "; ".join(
        f"{kind} {each:.0f}" for kind, each in worst.items()
    )
    yield at_most("search", worst[slowest], P95, "ms p95", note)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _check(kind: str, found: int) -> None:
    """A quick search that finds nothing is no search."""
    if (found == 0) != (kind == "no such word"):
        raise RuntimeError(f"{kind}: {found} found.")
