"""Rules about scans: which one says where a parcel is, and what its order's books call that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from .vocabulary import ENDED, Stage

# Of commerce.models.Shipment.state; a label alone moves nothing, and a parcel that waits at a counter is under way.
_STATES = {
    Stage.ACCEPTED: "in_transit",
    Stage.IN_TRANSIT: "in_transit",
    Stage.OUT_FOR_DELIVERY: "out_for_delivery",
    Stage.PICKUP: "in_transit",
    Stage.ATTEMPTED: "in_transit",
    Stage.DELIVERED: "delivered",
    Stage.EXCEPTION: "exception",
    Stage.RETURNING: "exception",
    Stage.RETURNED: "returned",
    Stage.CANCELLED: "cancelled",
}
_DECIDES = ENDED | {Stage.RETURNING}
_FAR = {stage: far for far, stage in enumerate(Stage)}
OVER = frozenset({"delivered", "returned", "cancelled"})  # of Shipment.state: nothing more is foretold


class Seen(Protocol):
    """A scan, as a row or as a carrier told it."""

    @property
    def stage(self) -> str: ...

    @property
    def at(self) -> datetime: ...


S = TypeVar("S", bound=Seen)


def where(scans: Sequence[S]) -> tuple[Stage, S] | None:
    """Where a parcel is, and the scan that says so, from all its scans in any order; None without any.

    What ends a way is not undone by a depot's late word. What arrives after it was sent back has arrived with us.
    """
    known = [each for each in scans if each.stage in _FAR]
    decisive = [each for each in known if each.stage in _DECIDES]
    if not known:
        return None
    last = max(decisive or known, key=lambda each: (each.at, _FAR[Stage(each.stage)]))
    stage = Stage(last.stage)
    if stage is Stage.DELIVERED and _was_returning(decisive, last):
        stage = Stage.RETURNED
    return stage, last


def state_of(stage: Stage) -> str:
    """As Shipment.state; "" where nothing changes."""
    return _STATES.get(stage, "")


def plain_number(tracking: str) -> str:
    """A tracking number as machines write it: no spaces or hyphens, capitals."""
    return "".join(sign for sign in tracking if sign.isalnum()).upper()


def _was_returning(decisive: Iterable[Seen], last: Seen) -> bool:
    return any(each.stage == Stage.RETURNING and each.at < last.at for each in decisive)
