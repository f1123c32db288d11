"""Facts about rules."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RuleFired(Fact):
    kind = "rule.fired"
    sentence = "A rule acted"
    rule_id: int
    firing_id: int
    outcome: str  # Firing.Outcome
    depth: int  # rules whose doing led to it, this one not counted
