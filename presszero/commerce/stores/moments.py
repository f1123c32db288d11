"""A shop's times as ours: ISO 8601, with the zone that each shop says."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from presszero.channels.adapter import Unreadable


def when(said: Any, zone: tzinfo | None = None) -> datetime | None:
    """None for nothing. `zone`: of a time that says none. Raises Unreadable for what is no time, or has no zone."""
    if not said:
        return None
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as why:
        raise Unreadable(f"{str(said)[:40]!r} is no time.") from why
    if found.tzinfo is None and zone is None:
        raise Unreadable(f"{str(said)[:40]!r} has no time zone.")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def must(said: Any, zone: tzinfo | None = None) -> datetime:
    """The same, of what a thing cannot be without."""
    found = when(said, zone)
    if found is None:
        raise Unreadable("A time is missing.")
    return found
