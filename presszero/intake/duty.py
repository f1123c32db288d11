"""One thing a worker does over and over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

POLL = 2.0  # seconds; what a duty waits at most when nobody wakes it


@dataclass
class Duty:
    """One thing done over and over: `work` returns how much it did.

    Less than `full` says that nothing is left, and lets it sleep until woken by `channel`; whoever is woken while at
    work goes round once more. Duties of one `crew` do the same work: one that sleeps is woken, and the next by it.
    """

    name: str
    work: Callable[[], int]
    channel: str
    poll: float = POLL
    full: int = 1
    crew: str = ""
    asleep: bool = False
    awake: threading.Event = field(default_factory=threading.Event)
