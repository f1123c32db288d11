"""What carriers tell about a parcel. Frozen, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where a parcel is, whatever its carrier calls it."""

    ANNOUNCED = "announced"  # a label was made
    ACCEPTED = "accepted"  # the carrier has it
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PICKUP = "pickup"  # waits where it can be collected
    ATTEMPTED = "attempted"  # nobody was there
    DELIVERED = "delivered"
    EXCEPTION = "exception"  # damaged, held, lost on the way: the words say what
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


KNOWN = frozenset(each.value for each in Stage)
ENDED = frozenset({Stage.DELIVERED, Stage.RETURNED, Stage.CANCELLED})


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan of one parcel."""

    id: str  # the carrier's, or made of its moment and words; the same scan told again has the same
    stage: str  # a Stage
    at: datetime  # when it happened
    words: str = ""  # the carrier's own sentence
    place: str = ""  # "Leipzig, DE"


@dataclass(frozen=True, slots=True)
class Tracked:
    """What one webhook says about one parcel: all its scans so far, or the newest alone."""

    tracking: str  # the number on the label
    carrier: str = ""  # "DHL", as the sender names it
    service: str = ""
    expected_at: datetime | None = None  # the carrier's own word
    scans: tuple[Scanned, ...] = ()
