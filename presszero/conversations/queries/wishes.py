"""What a customer said of a matter: how much it matters, by when, and how to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..models import Wish

AGENT = "agent"  # a Wish.source: a person of ours put it right, and says all of it

Wished = tuple[int | None, datetime | None, str]  # matters, needed_by, channel


def wished(merchant_id: int, family: Sequence[int]) -> Wished:
    """The newest of each, over everything that is part of the conversation, down to where an agent put it right."""
    matters, needed_by, channel = None, None, ""
    rows = Wish.objects.filter(merchant_id=merchant_id, conversation_id__in=family).order_by("-id")
    for said in rows[:100]:
        matters, needed_by, channel = matters or said.matters, needed_by or said.needed_by, channel or said.channel
        if said.source == AGENT:
            break
    return matters, needed_by, channel
