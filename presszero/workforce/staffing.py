"""How many agents a target takes, or what so many agents reach; by both formulas. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .erlang import Answering, Traffic, erlang_a, erlang_c, fewest, reaches


@dataclass(frozen=True)
class Question:
    """`level` of the callers are to be answered within `within` seconds.

    `patience`: seconds until callers hang up, on average; None: not known. `occupancy`: the share of their time agents
    may be busy at most. `shrinkage`: the share of paid time in which somebody rostered is not there to answer.
    `agents`: as many as are given; None: as few as reach the target.
    """

    traffic: Traffic
    level: float = 0.8
    within: float = 20.0
    patience: float | None = None
    occupancy: float = 1.0
    shrinkage: float = 0.0
    agents: int | None = None

    def patient(self, agents: int) -> Answering:
        """If nobody hangs up."""
        return erlang_c(self.traffic, agents, self.within)

    def impatient(self, agents: int) -> Answering:
        """If callers hang up; only where `patience` is known."""
        if self.patience is None:
            raise ValueError("Nobody said how patient callers are.")
        return erlang_a(self.traffic, agents, self.within, self.patience)

    def reached_by(self, found: Answering) -> bool:
        return reaches(found, self.level, self.occupancy)


@dataclass(frozen=True)
class Staffed:
    """What was asked by one formula, and the same with a few agents fewer and more."""

    found: Answering
    enough: int  # the fewest that reach the target, whatever was given
    beside: list[Answering]


def by_erlang_c(asked: Question) -> Staffed:
    least = fewest(asked.patient, asked.level, asked.occupancy).agents
    return _around(asked.patient, asked, least)


def by_erlang_a(asked: Question) -> Staffed:
    least = fewest(asked.impatient, asked.level, asked.occupancy).agents
    return _around(asked.impatient, asked, least)


def rostered(agents: int, shrinkage: float) -> int:
    """So many must be on the roster that `agents` are at work: n / (1 - shrinkage), rounded up."""
    return math.ceil(round(agents / (1.0 - shrinkage), 9))


def _around(formula: Callable[[int], Answering], asked: Question, least: int) -> Staffed:
    agents = least if asked.agents is None else asked.agents
    return Staffed(formula(agents), least, [formula(each) for each in range(max(0, agents - 2), agents + 3)])
