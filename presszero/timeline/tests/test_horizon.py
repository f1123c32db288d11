"""Who keeps nothing but an id is told every event: some a moment later, none never."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from presszero.merchants.models import Merchant
from presszero.timeline import reactions
from presszero.timeline.horizon import horizon
from presszero.timeline.models import Event

from .test_reactions import INSERT, another_connection, ring

pytestmark = pytest.mark.django_db(transaction=True)
LISTENER = "test.watch"


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    """With an event from before, and a listener of the worker's, once `rounds` begin."""
    merchant = Merchant.objects.create(name="Juniper & Co.", slug="juniper")
    ring(merchant, 0)
    reactions.hears(LISTENER, "test.rang")(lambda event: None)
    yield merchant
    del reactions.listeners[LISTENER]


def rounds() -> int:
    """The horizon after another round of the worker's."""
    reactions.consume(reactions.listeners[LISTENER])
    return horizon()


def reaches(number: int) -> bool:
    """Soon: a transaction of any database of the cluster may hold it up a moment."""
    ends = time.monotonic() + 20
    while horizon() < number and time.monotonic() < ends:
        time.sleep(0.05)
    return horizon() == number


def newest() -> int:
    return Event.objects.latest("id").id


def test_while_nobody_writes_everything_is_certain_though_nobody_listens(merchant: Merchant) -> None:
    with another_connection() as undone:
        undone.execute(INSERT, [merchant.id, '{"number": 1}'])
        undone.rollback()
    ring(merchant, 2)
    assert reaches(newest())


def test_an_id_drawn_by_the_youngest_writer_is_waited_for(merchant: Merchant) -> None:
    """The older writer ends first, and no transaction that has ended stands above the one still at work."""
    with another_connection() as old, another_connection() as young:
        old.execute("SELECT pg_current_xact_id()")
        late = young.execute(INSERT, [merchant.id, '{"number": 1}']).fetchone() or ()
        old.execute(INSERT, [merchant.id, '{"number": 2}'])
        old.commit()
        assert (horizon(),) < late < (newest(),)
        young.commit()
    assert reaches(newest())


def test_a_listener_that_begins_vouches_only_for_what_it_saw(merchant: Merchant) -> None:
    with another_connection() as slow:
        late = slow.execute(INSERT, [merchant.id, '{"number": 1}']).fetchone() or ()
        ring(merchant, 2)
        assert (rounds(),) < late
        slow.commit()
    rounds()
    assert reaches(newest())


def test_while_somebody_writes_what_a_listener_saw_whole_is_certain(merchant: Merchant) -> None:
    rounds()
    with another_connection() as long:
        long.execute("SELECT pg_current_xact_id()")
        ring(merchant, 1, 2)
        assert rounds() == newest()
