"""Facts about what we sent."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class DeliveryChanged(Fact):
    """A delivery reached another state, by our own try or by the provider's word."""

    kind = "delivery.changed"
    sentence = "What we sent is now {state}"
    delivery_id: int
    entry_id: int
    state: str  # Delivery.State


@dataclass(frozen=True, kw_only=True)
class LineChanged(Fact):
    kind = "line.changed"
    sentence = "{by} changed a line"
    line_id: int
