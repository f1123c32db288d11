"""Whatever happens to a conversation, its merchant's rules are asked about it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from presszero.timeline.models import Event
from presszero.timeline.reactions import hears_together

from .judging import judge
from .occasions import HEARD


@hears_together("rules", *sorted(HEARD))
def something_happened(events: Sequence[Event]) -> None:
    """All events of a round at once."""
    judge(events, timezone.now())
