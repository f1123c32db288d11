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
class MediaFetched(Fact):
    """A file that the provider still had is here now; or it is clear that it will not come by itself."""

    kind = "media.fetched"
    sentence = "A file of a text was looked for"
    entry_id: int
    here: bool


@dataclass(frozen=True, kw_only=True)
class LineChanged(Fact):
    kind = "line.changed"
    sentence = "{by} changed a line"
    line_id: int
