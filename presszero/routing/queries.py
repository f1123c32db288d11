"""Who is ready?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .actions import GONE_AFTER
from .models import Presence
from .policy import Candidate


def ready_now(merchant_id: int, loads: Mapping[int, int], now: datetime) -> list[Candidate]:
    """Members who said they are ready and have a desk open. `loads`: member id → open conversations."""
    rows = Presence.objects.filter(
        merchant_id=merchant_id, ready=True, seen_at__gt=now - GONE_AFTER, member__left_at=None
    ).select_related("member")
    return [
        Candidate(r.member_id, loads.get(r.member_id, 0), r.member.capacity, r.last_turn_at)
        for r in rows
        if r.member.role != "read_only"
    ]
