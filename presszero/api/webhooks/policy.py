"""When to try again, and when to give up. Pure."""

from __future__ import annotations

from datetime import timedelta

# After the first try, the second … : three days in all, as the Standard Webhooks scheme suggests.
_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
_JITTER = 0.2
GIVES_UP_ON_IT = timedelta(days=5)  # a webhook that failed all that time is switched off


def wait_after(tries: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed tries; None when it is enough. `chance` is 0 to 1, for the jitter."""
    if tries > len(_WAITS):
        return None
    return _WAITS[tries - 1] * (1 - _JITTER / 2 + _JITTER * chance)


def took(status: int | None) -> bool:
    """Whether they have it: any 2xx, and nothing else."""
    return status is not None and 200 <= status < 300
