"""How long a store is left alone because it asked for that: one that is asked too often shuts us out altogether.

Known to this process alone: another one that asks too early is told so by the store itself.
"""

from __future__ import annotations

import threading
import time

LONGEST = 3600.0  # seconds; no store is left alone for longer than this at once

_until: dict[int, float] = {}
_stumbles: dict[int, int] = {}
_lock = threading.Lock()


def rest(store_id: int, seconds: float) -> None:
    """Leaves a store alone for so long from now."""
    with _lock:
        _until[store_id] = max(_until.get(store_id, 0.0), time.monotonic() + min(max(seconds, 0.0), LONGEST))


def resting(store_id: int) -> float:
    """Seconds until the store may be asked again; 0 when it may be now."""
    with _lock:
        left = _until.get(store_id, 0.0) - time.monotonic()
        if left <= 0:
            _until.pop(store_id, None)
        return max(left, 0.0)


def awake(store_id: int) -> None:
    """A person asked: no waiting any more."""
    with _lock:
        _until.pop(store_id, None)


def stumbled(store_id: int) -> int:
    """It could not be asked; how many times in a row by now. One answer that fails is no trouble yet."""
    with _lock:
        _stumbles[store_id] = _stumbles.get(store_id, 0) + 1
        return _stumbles[store_id]


def answered(store_id: int) -> None:
    """It could be asked."""
    with _lock:
        _stumbles.pop(store_id, None)
