"""Waiting for what somebody else does: another process, a thread, a page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def crowded() -> float:
    """How many programs share each core by now: 1.0 and up. What takes a second on a quiet machine may take so many."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def until(seen: Callable[[], T], seconds: float = 15, what: str = "it") -> T:
    """What `seen` says once it says something; fails when it does not in time. `seconds`: on a quiet machine."""
    began = time.monotonic()
    while not (found := seen()):
        assert time.monotonic() - began < seconds * crowded(), f"{what} did not happen within {seconds} seconds"
        time.sleep(0.05)
    return found
