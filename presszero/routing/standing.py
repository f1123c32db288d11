"""How a member stands: ready, away and why, on a call, writing one up. Derived; only what they said is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists

from presszero.team.models import Membership

from .actions.presence import WRAPS_UP
from .models import Presence, Turn
from .policy import CALL


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: ready · away · talks · wraps. `until`: when it ends by itself, where that is known."""

    state: str
    reason: str = ""
    until: datetime | None = None

    @property
    def ready(self) -> bool:
        """They said that they are, whatever they do just now."""
        return self.state != "away"


def standing(member: Membership, now: datetime) -> Standing:
    """How they stand at this moment."""
    mine = {"merchant_id": member.merchant_id, "member": member}
    talks = Turn.objects.filter(**mine, kind=CALL, outcome=Turn.Outcome.TAKEN, ended_at=None)
    row = Presence.objects.filter(**mine).annotate(talks=Exists(talks)).first()
    if row is not None and row.talks:
        return Standing("talks")
    if row is None or (row.until is None and not row.ready):
        return Standing("away", row.reason if row else "")
    if row.until is not None and row.until > now:
        wraps = row.ready and row.reason == WRAPS_UP
        return Standing("wraps" if wraps else "away", row.reason, row.until)
    return Standing("ready")
