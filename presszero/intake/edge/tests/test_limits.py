"""How much a stranger may ask, by a clock of our own."""

from __future__ import annotations

from ..limits import KEYS, Rate


def test_l6_a_rate_gives_its_burst_and_then_so_many_a_second() -> None:
    now = 0.0
    rate = Rate(3, 0.5, lambda: now)
    assert [rate.take("ada") for _ in range(4)] == [0, 0, 0, 2.0]
    assert rate.take("ben") == 0
    now = 2.0
    assert (rate.take("ada"), rate.take("ada")) == (0, 2.0)
    now = 1000.0
    assert [rate.take("ada") for _ in range(4)] == [0, 0, 0, 2.0]
    assert rate.take("large", 50) == 0 and rate.take("large") > 0  # larger than the burst: once, and it is paid for


def test_l6_a_rate_remembers_so_many_and_no_more() -> None:
    rate = Rate(1, 0.001)
    for number in range(KEYS + 500):
        rate.take(number)
    assert len(rate) == KEYS
    assert rate.take(KEYS + 400) > 0
