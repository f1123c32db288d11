"""No event is lost, none is heard twice, and one listener's trouble is nobody else's."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection

from presszero.core.actor import SYSTEM
from presszero.merchants.models import Merchant
from presszero.timeline import reactions
from presszero.timeline.actions import make_partitions, record
from presszero.timeline.facts import Fact
from presszero.timeline.models import Cursor, Event, Parked

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, kw_only=True)
class Rang(Fact):
    kind = "test.rang"
    sentence = "The bell rang"
    number: int


@dataclass(frozen=True, kw_only=True)
class Hummed(Fact):
    kind = "test.hummed"
    sentence = "Something hummed"


@pytest.fixture
def merchant() -> Merchant:
    return Merchant.objects.create(name="Juniper & Co.", slug="juniper")


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What a listener of this test heard; a number of 13 makes it fail."""
    numbers: list[int] = []

    def react(event: Event) -> None:
        if event.data["number"] == 13:
            raise ValueError("thirteen")
        numbers.append(event.data["number"])

    reactions.hears("test.bell", "test.rang")(react)
    reactions.consume(reactions.listeners["test.bell"])
    yield numbers
    del reactions.listeners["test.bell"]


def ring(merchant: Merchant, *numbers: int) -> None:
    record(*(Rang(merchant_id=merchant.id, by=SYSTEM, number=n) for n in numbers))


def ring_other(merchant: Merchant, count: int) -> None:
    record(*(Hummed(merchant_id=merchant.id, by=SYSTEM) for _ in range(count)))


def consume() -> int:
    return reactions.consume(reactions.listeners["test.bell"])


def closed() -> bool:
    """Whether every gap is given up soon: a transaction of any database of the cluster may hold that up a moment."""
    for _ in range(100):
        consume()
        if not Cursor.objects.get(listener="test.bell").gaps:
            return True
        time.sleep(0.05)
    return False


def another_connection() -> psycopg.Connection[tuple[object, ...]]:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "client_encoding"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters)


INSERT = (
    "INSERT INTO timeline_event (merchant_id, kind, actor, data) VALUES (%s, 'test.rang', 'system', %s) RETURNING id"
)


def test_events_are_heard_in_order_and_once(merchant: Merchant, heard: list[int]) -> None:
    ring(merchant, 1, 2, 3)
    assert consume() == 3
    assert consume() == 0
    assert heard == [1, 2, 3]


def test_an_id_drawn_early_and_committed_late_is_still_heard(merchant: Merchant, heard: list[int]) -> None:
    with another_connection() as slow:
        slow.execute(INSERT, [merchant.id, '{"number": 1}'])
        ring(merchant, 2)
        consume()
        assert heard == [2]
        assert len(Cursor.objects.get(listener="test.bell").gaps) == 1
        slow.commit()
    consume()
    assert heard == [2, 1]
    assert closed()


def test_a_late_writer_with_the_newest_transaction_is_still_heard(merchant: Merchant, heard: list[int]) -> None:
    """A snapshot's xmax is one past the highest ended transaction: a writer still at work may stand above it."""
    with another_connection() as slow:
        ring(merchant, 1)
        consume()
        slow.execute(INSERT, [merchant.id, '{"number": 2}'])
        with another_connection() as quick:
            quick.execute("SELECT setval('timeline_event_seq', nextval('timeline_event_seq'))")
            quick.execute(INSERT, [merchant.id, '{"number": 3}'])
            quick.commit()
        for _ in range(4):
            consume()
        assert heard == [1, 3]
        slow.commit()
    for _ in range(3):
        consume()
    assert heard == [1, 3, 2]


def test_a_hole_of_a_rolled_back_write_is_dropped_once_its_time_has_passed(
    merchant: Merchant, heard: list[int]
) -> None:
    with another_connection() as undone:
        undone.execute(INSERT, [merchant.id, '{"number": 1}'])
        ring(merchant, 2)
        consume()
        undone.rollback()
    ring(merchant, 3)
    consume()
    consume()
    assert heard == [2, 3]
    assert closed()


def test_a_long_transaction_elsewhere_delays_nobody(merchant: Merchant, heard: list[int]) -> None:
    with another_connection() as long:
        long.execute("SELECT pg_current_xact_id()")
        for number in range(1, 6):
            ring(merchant, number)
            consume()
            assert heard == list(range(1, number + 1))


def test_a_failing_reaction_is_parked_and_the_rest_go_on(merchant: Merchant, heard: list[int]) -> None:
    ring(merchant, 12, 13, 14)
    consume()
    assert heard == [12, 14]
    parked = Parked.objects.get()
    assert parked.error == "ValueError: thirteen"
    assert reactions.retry(parked) is False
    assert Parked.objects.get().tries == 2


def test_events_that_concern_nobody_are_read_past_only_now_and_then(merchant: Merchant, heard: list[int]) -> None:
    before = Cursor.objects.get(listener="test.bell").high
    ring_other(merchant, 3)
    assert reactions.consume_all(["test.bell"]) == 0
    assert Cursor.objects.get(listener="test.bell").high == before
    ring(merchant, 1)
    assert reactions.consume_all(["test.bell"]) == 4
    assert heard == [1]
    ring_other(merchant, reactions.NEAR)
    ring(merchant, 2)
    assert reactions.consume_all(["test.bell"]) == reactions.NEAR + 1
    assert heard == [1, 2]


def test_what_commits_late_is_heard_by_one_who_was_left_behind(merchant: Merchant, heard: list[int]) -> None:
    with another_connection() as slow:
        slow.execute(INSERT, [merchant.id, '{"number": 1}'])
        ring_other(merchant, 1)
        assert reactions.consume_all(["test.bell"]) == 0
        ring(merchant, 2)
        reactions.consume_all(["test.bell"])
        assert heard == [2]
        assert reactions.consume_all(["test.bell"]) == 0
        slow.commit()
    reactions.consume_all(["test.bell"])
    assert heard == [2, 1]


def test_a_gap_is_dated_even_when_nothing_new_was_read(merchant: Merchant, heard: list[int]) -> None:
    with another_connection() as slow:
        slow.execute(INSERT, [merchant.id, '{"number": 1}'])
        ring(merchant, 2)
        consume()
        consume()
        (gap,) = Cursor.objects.get(listener="test.bell").gaps
        assert gap[2] is not None
        consume()
        assert Cursor.objects.get(listener="test.bell").gaps == [gap]
        slow.rollback()
    assert closed()


def test_a_cursor_restored_into_another_cluster_does_not_fall_silent(merchant: Merchant, heard: list[int]) -> None:
    ring(merchant, 1)
    consume()
    lost = [[1, 1, 2**60]]  # a transaction id of a cluster long gone
    Cursor.objects.update(gaps=lost)
    ring(merchant, 2)
    consume()
    ring(merchant, 3)
    consume()
    assert heard == [1, 2, 3]
    assert closed()


def test_eight_writers_lose_nothing_and_nothing_comes_twice(merchant: Merchant, heard: list[int]) -> None:
    done = threading.Event()

    def write(first: int) -> None:
        with another_connection() as session:
            for number in range(first, first + 40):
                session.execute(INSERT, [merchant.id, f'{{"number": {number + 100}}}'])
                session.rollback() if number % 5 == 0 else session.commit()

    writers = [threading.Thread(target=write, args=(n * 1000,)) for n in range(8)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        consume()
    done.set()
    while consume():
        pass
    wanted = sorted(n * 1000 + i + 100 for n in range(8) for i in range(40) if i % 5)
    assert sorted(heard) == wanted


def test_the_timeline_is_append_only(merchant: Merchant, heard: list[int]) -> None:
    ring(merchant, 1)
    with another_connection() as session, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        session.execute("UPDATE timeline_event SET actor = 'member:9'")
    with another_connection() as session, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        session.execute("DELETE FROM timeline_event")


def test_partitions_are_made_ahead(merchant: Merchant) -> None:
    make_partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'timeline_event'::regclass")
        assert cursor.fetchone()[0] >= 3


def test_many_are_heard_at_once_and_the_one_that_breaks_it_is_parked_alone(merchant: Merchant) -> None:
    rounds: list[list[int]] = []

    def react(events: list[Event]) -> None:
        numbers = [event.data["number"] for event in events]
        if 13 in numbers:
            raise ValueError("thirteen")
        rounds.append(numbers)

    reactions.hears_together("test.chime", "test.rang")(react)
    listener = reactions.listeners["test.chime"]
    try:
        reactions.consume(listener)
        ring(merchant, 1, 2, 3)
        reactions.consume(listener)
        ring(merchant, 4, 13, 5)
        reactions.consume(listener)
        assert rounds == [[1, 2, 3], [4], [5]]
        assert Parked.objects.get().error == "ValueError: thirteen"
        assert reactions.retry(Parked.objects.get()) is False
    finally:
        del reactions.listeners["test.chime"]
