"""One thing a worker does over and over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

POLL = 2.0  # seconds; what a duty waits at most when nobody wakes it


@dataclass
class Duty:
    """One thing done over and over: `work` returns how much it did; 0 lets it sleep until woken by `channel`."""

    name: str
    work: Callable[[], int]
    channel: str
    poll: float = POLL
    awake: threading.Event = field(default_factory=threading.Event)
