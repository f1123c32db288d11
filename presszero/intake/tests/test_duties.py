"""A nudge wakes no more duties than it concerns, and none that could be needed stays asleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from presszero.intake.duty import Duty
from presszero.intake.worker import _work, wake


def crew(size: int = 3) -> list[Duty]:
    return [Duty(f"deliver {n}", lambda: 0, "outbox", full=2, crew="deliver", asleep=True) for n in range(size)]


def awake(duties: list[Duty]) -> list[bool]:
    return [duty.awake.is_set() for duty in duties]


def test_one_of_a_crew_is_woken() -> None:
    duties = crew()
    wake("outbox", duties)
    assert awake(duties) == [True, False, False]


def test_while_one_is_at_work_the_next_is_woken() -> None:
    duties = crew()
    duties[0].asleep = False
    wake("outbox", duties)
    assert awake(duties) == [False, True, False]


def test_while_all_are_at_work_all_go_round_once_more() -> None:
    duties = crew()
    for duty in duties:
        duty.asleep = False
    wake("outbox", duties)
    assert awake(duties) == [True, True, True]


def test_a_channel_wakes_everybody_else_who_hears_it_and_nobody_besides() -> None:
    duties = [*crew(1), Duty("count", lambda: 0, "outbox"), Duty("split", lambda: 0, "arrivals")]
    wake("outbox", duties)
    assert awake(duties) == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_more_than_one_can_do_wakes_another_of_the_crew() -> None:
    stop, left = threading.Event(), [2, 1]
    first, second = crew(2)
    first.work = lambda: left.pop(0) if left else 0
    working = threading.Thread(target=_work, args=(first, stop, [first, second]), daemon=True)
    working.start()
    assert within_a_moment(second.awake.is_set)
    assert within_a_moment(lambda: first.asleep)
    assert left == []
    stop.set()
    first.awake.set()
    working.join(5)


def within_a_moment(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()
