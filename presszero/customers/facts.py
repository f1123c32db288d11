"""Facts about customers."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(Fact):
    kind = "customer.created"
    sentence = "First heard from them"


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(Fact):
    kind = "customer.merged"
    sentence = "{by} found that two customers are one"
    merged_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerUnmerged(Fact):
    kind = "customer.unmerged"
    sentence = "{by} took two customers apart again"
    merged_id: int


@dataclass(frozen=True, kw_only=True)
class HandleProven(Fact):
    kind = "handle.proven"
    sentence = "An address was proven to be theirs"
    handle_id: int


@dataclass(frozen=True, kw_only=True)
class HandleBounced(Fact):
    kind = "handle.bounced"
    sentence = "An address turned out to be dead"
    handle_id: int


@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Fact):
    kind = "consent.changed"
    sentence = "They changed what we may send them"
    consent_id: int
    given: bool


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Fact):
    kind = "customer.changed"
    sentence = "{by} changed what we know about them"


@dataclass(frozen=True, kw_only=True)
class ClaimAnswered(Fact):
    kind = "claim.answered"
    sentence = "Somebody answered from the address they had given"
    claim_id: int
