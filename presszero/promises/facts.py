"""Facts about what we said would happen."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PromiseMade(Fact):
    kind = "promise.made"
    sentence = "We said by when"
    promise_id: int
    entry_id: int | None  # where it was said; None: in the head of the chat
    due_epoch: int  # seconds since 1970


@dataclass(frozen=True, kw_only=True)
class PromiseKept(Fact):
    kind = "promise.kept"
    sentence = "What we said was kept"
    promise_id: int
    late: bool  # after the moment we had named


@dataclass(frozen=True, kw_only=True)
class PromiseBroken(Fact):
    kind = "promise.broken"
    sentence = "The time we had named has passed"
    promise_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseWithdrawn(Fact):
    kind = "promise.withdrawn"
    sentence = "A named time no longer counts"
    promise_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseAtRisk(Fact):
    kind = "promise.at_risk"
    sentence = "A promise is at risk"
    promise_id: int
    because: str  # forecast · clock · person


@dataclass(frozen=True, kw_only=True)
class PromiseSafe(Fact):
    kind = "promise.safe"
    sentence = "A promise is no longer at risk"
    promise_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseRenegotiated(Fact):
    kind = "promise.renegotiated"
    sentence = "Another day was agreed"
    promise_id: int
    instead_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseReopened(Fact):
    kind = "promise.reopened"
    sentence = "A promise stands again"
    promise_id: int


@dataclass(frozen=True, kw_only=True)
class ExpectationNoted(Fact):
    kind = "expectation.noted"
    sentence = "We learned what they expect"
    expectation_id: int
    source: str


@dataclass(frozen=True, kw_only=True)
class ExpectationWithdrawn(Fact):
    kind = "expectation.withdrawn"
    sentence = "What we had understood of their wish no longer counts"
    expectation_id: int


@dataclass(frozen=True, kw_only=True)
class GapOpened(Fact):
    kind = "gap.opened"
    sentence = "What they expect and what will happen differ"
    gap_id: int
    gap_kind: str


@dataclass(frozen=True, kw_only=True)
class GapChanged(Fact):
    kind = "gap.changed"
    sentence = "What they expect and what will happen differ more than before"
    gap_id: int
    gap_kind: str


@dataclass(frozen=True, kw_only=True)
class GapClosed(Fact):
    kind = "gap.closed"
    sentence = "What they expect and what will happen agree again"
    gap_id: int
    because: str  # agrees · agreed · over · person
