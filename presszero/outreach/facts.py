"""Facts about writing first."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OutreachPlanned(Fact):
    kind = "outreach.planned"
    sentence = "We will write first"
    outreach_id: int
    notice: str  # the kind of message


@dataclass(frozen=True, kw_only=True)
class OutreachSent(Fact):
    kind = "outreach.sent"
    sentence = "We wrote first"
    outreach_id: int
    notice: str


@dataclass(frozen=True, kw_only=True)
class OutreachHeld(Fact):
    kind = "outreach.held"
    sentence = "A message waits for a better moment"
    outreach_id: int
    rule: str  # of the gate


@dataclass(frozen=True, kw_only=True)
class OutreachRefused(Fact):
    kind = "outreach.refused"
    sentence = "A message was not sent: it may not be"
    outreach_id: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class OutreachAnswered(Fact):
    kind = "outreach.answered"
    sentence = "They chose"
    outreach_id: int
    choice: str


@dataclass(frozen=True, kw_only=True)
class OutreachOvertaken(Fact):
    kind = "outreach.overtaken"
    sentence = "They asked before we could write first"
    outreach_id: int


@dataclass(frozen=True, kw_only=True)
class OutreachStopped(Fact):
    kind = "outreach.stopped"
    sentence = "A message was stopped before it went"
    outreach_id: int


@dataclass(frozen=True, kw_only=True)
class BatchStarted(Fact):
    kind = "batch.started"
    sentence = "{by} started a batch of messages"
    batch_id: int


@dataclass(frozen=True, kw_only=True)
class BatchStopped(Fact):
    kind = "batch.stopped"
    sentence = "{by} stopped a batch of messages"
    batch_id: int
