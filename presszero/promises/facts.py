"""Facts about what we said would happen."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PromiseMade(Fact):
    kind = "promise.made"
    sentence = "We said when we answer"
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
