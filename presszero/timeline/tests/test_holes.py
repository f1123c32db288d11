"""Reading the timeline on without losing what is committed late."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import psycopg
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from presszero.intake.edge.database import Seat, conninfo
from presszero.intake.edge.tail import Tail
from presszero.intake.edge.topics import Happened
from presszero.timeline.holes import Progress
from tests.waiting import crowded


@given(st.lists(st.sets(st.integers(min_value=1, max_value=60)), max_size=6))
def test_gaps_are_exactly_what_was_not_seen(rounds: list[set[int]]) -> None:
    progress, seen = Progress(), set[int]()
    for ids in rounds:
        progress.saw(ids)
        seen |= ids
    missing = {n for gap in progress.gaps for n in range(gap.first, gap.last + 1)}
    assert missing == set(range(1, max(seen, default=0) + 1)) - seen
    assert all(n in seen for n in range(1, progress.complete_to + 1))


def test_a_gap_is_forgotten_only_once_nobody_who_could_fill_it_is_left() -> None:
    progress = Progress(high=5)
    progress.saw([9])
    progress.close(10**9)
    assert progress.gaps, "nothing was noted for it yet"
    progress.date(100)
    progress.close(99)
    assert progress.complete_to == 5
    progress.close(100)
    assert progress.complete_to == 9


def test_an_event_committed_late_is_heard_even_when_its_writer_began_last(transactional_db: None) -> None:
    """The late writer has the highest transaction id there is: a snapshot's xmax does not even cover it."""
    plain = psycopg.connect(conninfo(settings.DATABASES["default"]))
    late = psycopg.connect(conninfo(settings.DATABASES["default"]))
    heard: list[int] = []

    async def story() -> None:
        seat = Seat(conninfo(settings.DATABASES["default"]))

        def note(events: Sequence[Happened]) -> None:
            heard.extend(event.id for event in events)

        tail = Tail(seat, note)
        reading = asyncio.ensure_future(tail.run())
        plain.execute("SELECT pg_current_xact_id()")
        first = insert(late)
        second = insert(plain)
        plain.commit()
        tail.nudge()
        await until(lambda: second in heard)
        for _ in range(8):  # time enough to forget the gap, were it to be forgotten
            tail.nudge()
            await asyncio.sleep(0.05)
        assert first not in heard
        late.commit()
        tail.nudge()
        await until(lambda: first in heard)
        reading.cancel()
        await seat.close()

    asyncio.run(story())
    plain.close()
    late.close()
    assert len(heard) == len(set(heard))


def insert(connection: psycopg.Connection[tuple[int]]) -> int:
    found = connection.execute(
        "INSERT INTO timeline_event (merchant_id, kind, actor) VALUES (1, 'note.added', 'system') RETURNING id"
    ).fetchone()
    assert found
    return found[0]


async def until(condition, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds * crowded()):
        while not condition():
            await asyncio.sleep(0.01)
