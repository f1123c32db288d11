"""Which hours somebody may pick to be called at: half-hours in which somebody is there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from presszero.merchants.policy import Week, is_open

SLOT = timedelta(minutes=30)
MOST = 40  # offered at once
DAYS = 7  # looked ahead


def slots(week: Week, now: datetime) -> Iterator[datetime]:
    """Beginnings of half-hours, in the line's own time zone, from the next but one on. `now` is aware."""
    zone = ZoneInfo(week.timezone)
    local = now.astimezone(zone)
    at = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    given = 0
    for _step in range(DAYS * 48):
        at += SLOT
        if at - local < SLOT / 2 or not is_open(week, at):
            continue
        if week.always_open and not 8 <= at.hour < 20:
            continue  # nobody asks to be called at four in the morning
        yield at
        given += 1
        if given == MOST:
            return
