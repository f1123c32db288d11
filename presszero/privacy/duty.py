"""What a worker does for privacy: erasures that are due, copies that were asked for, and the night's retention."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from . import actions, exporting, retention

WHEN_ASKED = "privacy"  # the channel that wakes it

_AGAIN_EVERY = 600.0  # seconds between looks whether a backup came back
_last_look = -_AGAIN_EVERY


def work() -> int:
    """One round; how much was done."""
    global _last_look
    now = timezone.now()
    if time.monotonic() - _last_look >= _AGAIN_EVERY:
        _last_look = time.monotonic()
        actions.erase_again(now)
        retention.drop_old_copies(now)
    if timedelta(hours=2) <= timedelta(hours=now.hour) < timedelta(hours=6) and retention.due(now):
        retention.purge(now)
    return actions.erase_due(now) + exporting.write_due(now)


def wake() -> None:
    """Somebody asked for something; after the caller's commit."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY privacy")
