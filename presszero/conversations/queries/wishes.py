"""What a customer said of a matter: how much it matters, by when, and how to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..models import Wish

Wished = tuple[int | None, datetime | None, str]  # matters, needed_by, channel


def wished(merchant_id: int, family: Sequence[int]) -> Wished:
    """The newest of each, over everything that is part of the conversation."""
    matters, needed_by, channel = None, None, ""
    rows = Wish.objects.filter(merchant_id=merchant_id, conversation_id__in=family).order_by("-id")
    for said in rows.values_list("matters", "needed_by", "channel")[:100]:
        matters, needed_by, channel = matters or said[0], needed_by or said[1], channel or said[2]
    return matters, needed_by, channel
