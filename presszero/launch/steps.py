"""The steps of the first day: which there are, which are left, which comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ALL = ("mailbox", "hours", "look", "web", "people", "answers")
_FOR_A_TEAM = ("people",)
DONE, SKIPPED = "done", "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: done · skipped · "" for what was not looked at yet."""

    name: str
    state: str


def steps(alone: bool, setup: Mapping[str, object]) -> list[Step]:
    """In order, for one person alone or for a team."""
    states = setup.get("steps")
    known: Mapping[str, str] = states if isinstance(states, dict) else {}
    return [Step(name, str(known.get(name, ""))) for name in ALL if not (alone and name in _FOR_A_TEAM)]


def after(name: str, all_of_them: Sequence[Step]) -> str:
    """The step behind this one; "" behind the last."""
    names = [step.name for step in all_of_them]
    place = names.index(name) + 1 if name in names else len(names)
    return names[place] if place < len(names) else ""


def before(name: str, all_of_them: Sequence[Step]) -> str:
    """The step in front of this one; "" in front of the first."""
    names = [step.name for step in all_of_them]
    place = names.index(name) if name in names else 0
    return names[place - 1] if place else ""
