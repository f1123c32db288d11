"""Facts about suggestions."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OfferConsidered(Fact):
    """All is well again. Says nothing of the draw: whoever reads it cannot know who is held out."""

    kind = "offer.considered"
    sentence = "All is well again"


@dataclass(frozen=True, kw_only=True)
class OfferSuggested(Fact):
    kind = "offer.suggested"
    sentence = "Something was suggested"
    suggestion_id: int


@dataclass(frozen=True, kw_only=True)
class OfferUsed(Fact):
    kind = "offer.used"
    sentence = "{by} offered it"
    suggestion_id: int


@dataclass(frozen=True, kw_only=True)
class OfferDismissed(Fact):
    kind = "offer.dismissed"
    sentence = "{by} left the suggestion aside"
    suggestion_id: int
