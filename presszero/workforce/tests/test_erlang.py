"""The formulas: beside published figures, the chain solved outright, a simulation, and by their laws."""

from __future__ import annotations

import heapq
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.workforce.erlang import Answering, Traffic, erlang_a, erlang_b, erlang_c, fewest

HUNDRED = Traffic(100 / 1800, 180.0)  # 100 calls in half an hour, three minutes each: 10 erlang
MINUTE = Traffic(48 / 60, 60.0)

loads = st.floats(0.01, 400)
agents = st.integers(1, 450)
patiences = st.floats(1, 3600)


def test_erlang_b_as_published():
    assert erlang_b(10, 10) == pytest.approx(0.214582, abs=1e-6)
    assert erlang_b(15, 10) == pytest.approx(0.036497, abs=1e-6)


@pytest.mark.parametrize(("n", "waits"), [(11, 0.6821182), (12, 0.449388), (13, 0.285270), (15, 0.102042)])
def test_erlang_c_as_published(n: int, waits: float):
    assert erlang_c(HUNDRED, n, 20).p_wait == pytest.approx(waits, abs=1e-6)


def test_fourteen_agents_for_a_hundred_calls():
    found = fewest(lambda n: erlang_c(HUNDRED, n, 20), 0.8, 0.85)
    assert found.agents == 14
    assert found.p_wait == pytest.approx(0.1741319, abs=1e-7)
    assert found.service_level == pytest.approx(0.8883500, abs=1e-7)
    assert found.mean_wait == pytest.approx(7.83594, abs=1e-5)
    assert found.occupancy == pytest.approx(0.7142857, abs=1e-7)
    assert erlang_c(HUNDRED, 11, 20).service_level == pytest.approx(0.3896138, abs=1e-7)


@pytest.mark.parametrize(
    ("calls", "interval", "handling", "needed", "level", "wait"),
    [
        (100, 3600, 180, 8, None, None),
        (100, 3600, 300, 12, 0.8622, 14.4),
        (200, 1800, 180, 24, 0.8089, 13.4),
        (360, 3600, 240, 29, 0.8403, 11.6),
        (1000, 3600, 300, 91, 0.8144, 12.1),
    ],
)
def test_eighty_in_twenty_as_published(calls, interval, handling, needed, level, wait):
    found = fewest(lambda n: erlang_c(Traffic(calls / interval, handling), n, 20), 0.8)
    assert found.agents == needed
    if level:
        assert found.service_level == pytest.approx(level, abs=5e-5)
        assert found.mean_wait == pytest.approx(wait, abs=0.05)


@pytest.mark.parametrize(
    ("n", "waits", "gives_up", "wait"),
    [(50, 0.4678, 0.0309, 3.71), (48, 0.6015, 0.0476, 5.72), (46, 0.7297, 0.0701, 8.42)],
)
def test_erlang_a_as_published(n, waits, gives_up, wait):
    found = erlang_a(MINUTE, n, 20, 120)
    assert found.p_wait == pytest.approx(waits, abs=5e-5)
    assert found.p_abandon == pytest.approx(gives_up, abs=5e-5)
    assert found.mean_wait == pytest.approx(wait, abs=5e-3)


def test_erlang_c_is_the_pessimist():
    found = erlang_c(MINUTE, 50, 20)
    assert (found.p_wait, found.mean_wait) == pytest.approx((0.6945, 20.83), abs=5e-3)


@pytest.mark.parametrize(
    ("load", "n", "within", "patience"),
    [(10, 9, 20, 120), (10, 14, 20, 120), (48, 46, 10, 30), (3, 1, 60, 600), (0.2, 1, 5, 10), (25, 40, 0, 90)],
)
def test_erlang_a_is_the_chain_solved_outright(load, n, within, patience):
    found = erlang_a(Traffic(load / 100, 100), n, within, patience)
    solved = _solved(load / 100, 100.0, n, within, patience)
    assert (found.p_wait, found.p_abandon, found.service_level) == pytest.approx(solved, abs=1e-6)


def test_a_simulation_says_the_same():
    traffic = Traffic(8 / 60, 60)
    told = erlang_a(traffic, 8, 15, 90)
    seen = _simulated(traffic, 8, 15, 90, callers=60_000)
    assert seen == pytest.approx((told.p_wait, told.service_level, told.p_abandon, told.mean_wait / 100), abs=0.012)


@given(loads, agents, patiences, st.floats(0, 600))
@settings(max_examples=120, deadline=None)
def test_laws_of_those_who_give_up(load: float, n: int, patience: float, within: float):
    traffic = Traffic(load / 180, 180)
    found, more = (erlang_a(traffic, each, within, patience) for each in (n, n + 1))
    for each in (found.p_wait, found.p_abandon, found.service_level, found.occupancy):
        assert 0 <= each <= 1
    assert found.p_abandon == pytest.approx(found.mean_wait / patience, rel=1e-9)
    assert found.p_abandon <= found.p_wait + 1e-12
    assert found.service_level <= 1 - found.p_abandon + 1e-9
    assert found.occupancy == pytest.approx(load * (1 - found.p_abandon) / n, abs=1e-9)
    assert more.p_wait <= found.p_wait + 1e-9 and more.service_level >= found.service_level - 1e-9
    assert erlang_b(n, load) <= found.p_wait + 1e-9 and found.p_wait <= erlang_c(traffic, n, within).p_wait + 1e-9


@given(loads, agents, st.floats(0, 600))
@settings(max_examples=120, deadline=None)
def test_endless_patience_is_erlang_c(load: float, n: int, within: float):
    traffic = Traffic(load / 180, 180)
    if n > load * 1.05:
        patient, nearly = erlang_c(traffic, n, within), erlang_a(traffic, n, within, 1e9)
        assert (nearly.p_wait, nearly.service_level) == pytest.approx((patient.p_wait, patient.service_level), abs=1e-5)
    assert erlang_a(traffic, n, within, 0).p_wait == pytest.approx(erlang_b(n, load))


@given(loads, st.floats(0.05, 0.999), st.floats(0, 300), st.floats(0.3, 1), st.one_of(st.none(), patiences))
@settings(max_examples=80, deadline=None)
def test_the_fewest_are_enough_and_one_less_is_not(load, level, within, occupancy, patience):
    def answering(n: int) -> Answering:
        return erlang_a(traffic, n, within, patience) if patience else erlang_c(traffic, n, within)

    traffic = Traffic(load / 200, 200)
    found = fewest(answering, level, occupancy)
    assert found.service_level >= level - 1e-9 and found.occupancy <= occupancy + 1e-9
    fewer = answering(found.agents - 1) if found.agents else None
    assert fewer is None or fewer.service_level < level or fewer.occupancy > occupancy


def test_ten_thousand_agents_do_not_overflow():
    traffic = Traffic(9_900 / 300, 300)
    found, patient = erlang_a(traffic, 10_000, 20, 120), erlang_c(traffic, 10_000, 20)
    assert 0 < found.p_abandon < 0.01 and 0.2 < patient.p_wait < 0.5
    assert erlang_c(Traffic(1, 1), 10_000, 20).p_wait == 0
    drowned = erlang_a(Traffic(1e6, 3600), 10_000, 20, 3600)
    assert drowned.p_abandon == pytest.approx(1 - 10_000 / 3.6e9) and drowned.service_level == pytest.approx(
        0, abs=1e-6
    )


def test_too_few_for_erlang_c():
    for n in (0, 9, 10):
        found = erlang_c(HUNDRED, n, 20)
        assert (found.p_wait, found.service_level, found.mean_wait) == (1, 0, math.inf)
    assert erlang_a(HUNDRED, 0, 20, 60) == Answering(0, 1, 0, 60, 0, 1)


def test_nobody_calls():
    assert fewest(lambda n: erlang_c(Traffic(0, 180), n, 20), 0.8).agents == 0
    assert fewest(lambda n: erlang_a(Traffic(0, 180), n, 20, 60), 0.8) == Answering(0, 0, 1, 0, 0, 0)


def _solved(rate: float, handling: float, n: int, within: float, patience: float) -> tuple[float, float, float]:
    """P(wait), P(abandon) and the level from the birth-and-death chain; waiting by its own, absorbing chain."""
    states = n + 300
    step = np.diag(np.full(states - 1, rate), 1)
    for k in range(1, states):
        step[k, k - 1] = min(k, n) / handling + max(0, k - n) / patience
    step -= np.diag(step.sum(axis=1))
    balance = np.vstack([step.T, np.ones(states)])
    share = np.linalg.lstsq(balance, np.append(np.zeros(states), 1.0), rcond=None)[0]
    ahead = np.arange(states - n)
    gives_up = float((share[n:] * ahead).sum() / patience / rate)
    in_time = share[n:] @ _served(n / handling, patience, within, len(ahead))
    return float(share[n:].sum()), gives_up, float(share[:n].sum() + in_time)


def _served(freed: float, patience: float, within: float, places: int) -> np.ndarray:
    """For each place in the queue: served within the time. Uniformised steps of (place, still there)."""
    speed = freed + places / patience
    gives_up = 1 / patience / speed
    into, forward = np.zeros(places), np.zeros((places, places))
    into[0] = freed / speed  # the next one is served when somebody is free
    for k in range(places):
        moves = (freed + k / patience) / speed
        forward[k, k] = 1 - moves - gives_up
        if k:
            forward[k, k - 1] = moves
    mean, expected, served = speed * within, np.zeros(places), np.zeros(places)
    for at in range(int(mean + 12 * math.sqrt(mean) + 30)):
        chance = math.exp(at * math.log(mean) - mean - math.lgamma(at + 1)) if mean else 0.0
        expected += chance * served
        served = into + forward @ served
    return expected


def _simulated(traffic: Traffic, n: int, within: float, patience: float, callers: int):
    """Shares that waited, were answered in time and gave up, and the mean wait in hundreds of seconds."""
    drawn = random.Random(7)
    free_at = [0.0] * n
    now, waited, level, gone, waits = 0.0, 0, 0, 0, 0.0
    for _ in range(callers):
        now += drawn.expovariate(traffic.rate)
        wait, patient = max(0.0, free_at[0] - now), drawn.expovariate(1 / patience)
        waited += wait > 0
        waits += min(wait, patient)
        if wait > patient:
            gone += 1
            continue
        level += wait <= within
        heapq.heapreplace(free_at, now + wait + drawn.expovariate(1 / traffic.handling))
    return waited / callers, level / callers, gone / callers, waits / callers / 100
