"""Facts about remedies."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RemedyGiven(Fact):
    kind = "remedy.given"
    sentence = "{by} put it right"
    remedy_id: int
    remedy: str  # vocabulary.Kind
    minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RemedyDone(Fact):
    kind = "remedy.done"
    sentence = "It was done"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyFailed(Fact):
    kind = "remedy.failed"
    sentence = "It did not work"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyUnknown(Fact):
    kind = "remedy.unknown"
    sentence = "The store did not say whether it was done"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyUndone(Fact):
    kind = "remedy.undone"
    sentence = "{by} took it back"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyAsked(Fact):
    kind = "remedy.asked"
    sentence = "{by} asked a lead"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyGranted(Fact):
    kind = "remedy.granted"
    sentence = "{by} granted it"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RemedyRefused(Fact):
    kind = "remedy.refused"
    sentence = "{by} refused it"
    remedy_id: int


@dataclass(frozen=True, kw_only=True)
class RulePassed(Fact):
    kind = "rule.passed"
    sentence = "{by} made an exception"
    remedy_id: int
    rule: str
