"""Whether a rule that matches may act: never round in circles, never more than somebody could follow. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DEPTH = 3  # rules that may follow from each other
PER_HOUR = 20  # firings in one conversation
ANSWER_AGAIN = timedelta(hours=24)  # between two answers of rules to one customer
FAILURES = 5  # in a row; then the rule is switched off
HISTORY = timedelta(days=3)  # a fact told later than this is not news


class Verdict(StrEnum):
    GO = "go"
    QUIET = "quiet"  # it has done its part here; nothing to tell
    ROUND = "round"  # it would act on its own doing
    DEEP = "deep"
    OFTEN = "often"


@dataclass(frozen=True, slots=True)
class Past:
    """What a rule and a conversation have behind them. `chain`: rules whose doing led here, the first one first."""

    chain: Sequence[int] = ()
    last: datetime | None = None  # this rule, in this conversation
    in_hour: int = 0  # all rules, in this conversation


def may_fire(rule: int, past: Past, at: datetime, *, once: bool = False, rest: timedelta | None = None) -> Verdict:
    """What stands against it, if anything."""
    if past.last is not None and (once or rest is not None and at - past.last < rest):
        return Verdict.QUIET
    if rule in past.chain:
        return Verdict.ROUND
    if len(past.chain) >= DEPTH:
        return Verdict.DEEP
    return Verdict.OFTEN if past.in_hour >= PER_HOUR else Verdict.GO
