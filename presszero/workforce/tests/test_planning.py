"""A week of half-hours, shifts that cover it, and times as they are typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.workforce.planning import Planned, Slot, Terms
from presszero.workforce.proposing import DAYS_A_WEEK, HALF_HOURS_A_WEEK, propose
from presszero.workforce.rostering import NoTimes, understood

MONDAY = date(2026, 11, 23)
TERMS = Terms(level=0.8, within=20, handling=180, patience=120, occupancy=0.85, shrinkage=0.3)
HUNDRED = Slot(MONDAY, 20, 100.0, True, 20, TERMS)  # 100 calls in half an hour, and the twenty they take


def test_a_half_hour_needs_what_the_formulas_say():
    assert (HUNDRED.patient, HUNDRED.most) == (14, 20)
    assert (HUNDRED.impatient, HUNDRED.least) == (12, 18)
    assert HUNDRED.gap == 0 and HUNDRED.clock == "10:00"
    assert replace(HUNDRED, roster=17).gap == 1 and replace(HUNDRED, roster=23).gap == -3
    assert replace(HUNDRED, open=False).most == 0


def test_one_more_helps_and_twenty_are_fourteen():
    patient, impatient = HUNDRED.with_more(0)
    assert patient.level == pytest.approx(0.8883500, abs=1e-6) and patient.wait == pytest.approx(7.83594, abs=1e-4)
    levels = [HUNDRED.with_more(more)[0].level for more in range(-2, 7)]
    assert levels == sorted(levels) and len(set(levels)) == len(levels)
    assert impatient.level > patient.level and impatient.gives_up > 0


def test_a_week_is_weighed_by_who_comes():
    quiet = Slot(MONDAY, 30, 1.0, True, 0, TERMS)
    patient, impatient = Planned(TERMS, [HUNDRED, quiet, replace(quiet, open=False)]).what_if(0)
    assert patient.calls == 101
    assert patient.level == pytest.approx(0.88835 * 100 / 101, abs=1e-5)
    assert patient.wait == float("inf") and impatient.wait < 10
    assert Planned(TERMS, [replace(quiet, open=False)]).what_if(0)[0].level == 1
    assert [slot.number for slot in Planned(TERMS, [HUNDRED, quiet]).short] == [30]


@given(st.lists(st.lists(st.integers(0, 4), min_size=48, max_size=48), min_size=7, max_size=7), st.integers(0, 8))
@settings(max_examples=30, deadline=None)
def test_a_proposal_breaks_no_rule_and_leaves_nothing_for_who_is_free(rows: list[list[int]], members: int):
    needed = {MONDAY + timedelta(days=n): row for n, row in enumerate(rows)}
    found = propose(needed, range(members))
    for member in range(members):
        mine = [shifts[member] for shifts in found.shifts.values() if member in shifts]
        assert len(mine) <= DAYS_A_WEEK and sum(end - start for start, end in mine) <= HALF_HOURS_A_WEEK
        assert all(0 <= start < end <= 48 for start, end in mine)
    missing = 0
    for day, row in needed.items():
        there = [sum(start <= n < end for start, end in found.shifts[day].values()) for n in range(48)]
        missing += sum(max(0, wanted - here) for wanted, here in zip(row, there, strict=True))
    assert found.missing == missing


def test_enough_people_cover_everything():
    row = [0] * 18 + [3] * 16 + [0] * 14
    found = propose({MONDAY + timedelta(days=n): row for n in range(5)}, range(3))
    assert found.missing == 0
    assert all(shifts == {0: (18, 34), 1: (18, 34), 2: (18, 34)} for shifts in found.shifts.values())


def test_times_as_they_are_typed():
    assert understood(" 13-17:30,9:00 – 12 ") == [["09:00", "12:00"], ["13:00", "17:30"]]
    assert understood("") == [] and understood("0-24") == [["00:00", "24:00"]]
    for words in ("9", "17-9", "9:75-12", "9-25", "nine", "9-12, 11-14"):
        with pytest.raises(NoTimes):
            understood(words)
