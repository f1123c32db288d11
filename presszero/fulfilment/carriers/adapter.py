"""What a sender of tracking news must be able to do. One folder beside this file holds one. Frozen, no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from presszero.channels.adapter import Request
from presszero.commerce.stores.adapter import Field

from ..vocabulary import Tracked


@dataclass(frozen=True, slots=True)
class CarrierSettings:
    """A carrier as an adapter sees it: no rows, no database."""

    id: int
    kind: str
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]  # "secret" signs; "old_secret" beside it while it is being replaced
    timezone: str = "UTC"  # of the merchant: a scan without a zone is read in it


class CarrierAdapter(Protocol):
    """`verify`, `event_id` and `lane_key` run at the door: quick, no network, no database; `parse` has no network."""

    kind: str
    name: str
    makes_secret: bool  # we make the secret and show it once; else the sender makes it, or both agree on one
    fields: Sequence[Field]

    def verify(self, request: Request, carrier: CarrierSettings) -> None:
        """Raises channels.adapter.BadSignature unless the exact bytes were signed for this carrier."""

    def event_id(self, request: Request) -> str:
        """What makes this arrival unique; "" where only its bytes do."""

    def lane_key(self, body: bytes) -> str:
        """The tracking number: what is said of one parcel is taken in the order it came."""

    def parse(self, body: bytes, headers: Mapping[str, str], carrier: CarrierSettings) -> list[Tracked]:
        """What one webhook says, [] where it says nothing of a parcel. Raises channels.adapter.Unreadable."""
