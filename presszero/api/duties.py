"""What the worker does for the API: sends to webhooks, and throws away what is old."""

from __future__ import annotations

import time
from datetime import datetime

from presszero.intake import duties
from presszero.intake.duty import Duty

from . import repeats
from .webhooks import actions, sending

SENDERS = 4  # threads that tell webhooks, of which the failing ones get two at most

_last_tidied = 0.0


def add() -> None:
    """Adds ours to the worker's own."""
    duties.more += [lambda n=n: _sender(n) for n in range(SENDERS)]  # type: ignore[misc]  # n is bound, not asked for
    duties.due += [sending.let_go, tidy]


def tidy(now: datetime) -> int:
    """Forgets old answers and old tellings, every few minutes; how many."""
    global _last_tidied
    if time.monotonic() - _last_tidied < 300:
        return 0
    _last_tidied = time.monotonic()
    return repeats.forget(now) + actions.forget(now)


def _sender(number: int) -> Duty:
    return Duty(f"webhooks {number + 1}", sending.send_due, "webhooks", 1.0, full=1, crew="webhooks")
