"""Palette and search over a million messages: rare, usual and common words, names, addresses, numbers, filters among
the words, and nothing. The search is measured as the page asks it, with what was found marked; the palette as the whole
answer to a pause in typing, which may not be larger than ten kilobytes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from .ground import Ground
from .million import COMMON, OPEN_SHARE, RARE, USUAL, million
from .row import Row, at_most
from .shop import Shop

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
    "filter alone": "is:open",
    "filter by day": f"before:{date.today() - timedelta(days=3)}",
    "filter and common word": f"is:open {COMMON}",
    "person and common word": f"from:c81e728d9d4c {COMMON}",
    "tag alone": "tag:late",
    "tag and common word": f"tag:late {COMMON}",
    "exact words": f'"my {COMMON}" {USUAL}',
    "exact words never said": f'"{COMMON} where is"',
    "filter nothing fits": f"is:urgent {COMMON}",
    "subject and usual word": f'subject:"{COMMON} 77" {USUAL}',
}
NOTHING = {"no such word", "exact words never said", "filter nothing fits"}
TYPED = (
    "",
    "r",
    "re",
    "refund",
    "xylo",
    COMMON,
    "kowalski",
    "c81e728d9d4c@ada",
    "tom",
    "tag late",
    "tomorrow 9",
    "is:open",
)
FIRST_OPEN = 10_000_000 + OPEN_SHARE
LARGEST = 10_000  # bytes of a palette


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the 95th in a hundred of searches and of palettes, every kind as often as another."""
    from presszero.conversations.queries.finding import find
    from presszero.team.models import Membership

    shop = million(ground, say)
    _tag_some(ground, shop)
    member = Membership.objects.select_related("person", "merchant").get(id=shop.member_ids[0])
    took: dict[str, list[float]] = {kind: [] for kind in ASKED}
    for turn in range(TIMES + 1):
        for kind, words in ASKED.items():
            begun = time.perf_counter()
            found = find(member, words)
            if turn:  # the first finds its pages on disk
                took[kind].append((time.perf_counter() - begun) * 1000)
            _check(kind, len(found.rows))
    yield _row("search", took, say)
    yield _row("palette", _palettes(shop, say), say)


def _palettes(shop: Shop, say: Callable[[str], None]) -> dict[str, list[float]]:
    """Whole answers, by what was typed, with a conversation on the screen."""
    from django.test import Client

    from presszero.team.gate import COOKIE

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies[COOKIE] = shop.tokens[0]
    took: dict[str, list[float]] = {typed: [] for typed in TYPED}
    largest = 0
    for turn in range(TIMES + 1):
        for typed in TYPED:
            begun = time.perf_counter()
            answered = browser.get("/palette", {"q": typed, "conversation": str(FIRST_OPEN)})
            if turn:
                took[typed].append((time.perf_counter() - begun) * 1000)
            if answered.status_code != 200 or b"option" not in answered.content:
                raise RuntimeError(f"{typed!r}: the palette answered {answered.status_code} with nothing.")
            largest = max(largest, len(answered.content))
    say(f"the largest palette has {largest:,} bytes")
    if largest > LARGEST:
        raise RuntimeError(f"A palette of {largest:,} bytes.")
    return took


def _row(name: str, took: dict[str, list[float]], say: Callable[[str], None]) -> Row:
    worst = {kind: _p95(times) for kind, times in took.items()}
    for kind, each in worst.items():
        say(f"{name} {kind!r:<28}{each:7.1f} ms")
    slowest = max(worst, key=lambda kind: worst[kind])
    mixed = _p95([each for times in took.values() for each in times])
    kinds = "; ".join(f"{kind or 'nothing typed'} {each:.0f}" for kind, each in worst.items())
    load = f"by the clock, while the machine had a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    note = f"95th in a hundred of all kinds mixed, {load}; the slowest kind is {slowest!r}. Of each: {kinds}"
    return at_most(name, mixed, P95, "ms p95", note)


def _tag_some(ground: Ground, shop: Shop) -> None:
    """One in two thousand conversations is tagged late."""
    with ground.as_owner_of_all() as connection:
        connection.execute(
            """WITH made AS (INSERT INTO conversations_tag (merchant_id, name, colour) VALUES (%(merchant)s, 'late', '')
              RETURNING id)
            INSERT INTO conversations_tagged (merchant_id, conversation_id, tag_id, by, at, removed_by)
            SELECT %(merchant)s, c.id, made.id, 'system', now(), '' FROM conversations_conversation c, made
            WHERE c.merchant_id = %(merchant)s AND c.id %% 2000 = 0""",
            {"merchant": shop.merchant_id},
        )
        connection.execute("ANALYZE conversations_tagged")


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _check(kind: str, found: int) -> None:
    """A quick search that finds nothing is no search."""
    if (found == 0) != (kind in NOTHING):
        raise RuntimeError(f"{kind}: {found} found.")
