"""How long to wait, before a store is asked again and before it is looked at again. Pure."""

from __future__ import annotations

from datetime import timedelta

GIVES_UP = timedelta(hours=24)  # the customer was told; after that a person does it
# "There is no such refund" is believed from here on: before, the first ask may be under way still.
WINDOW = timedelta(minutes=2)
_MOST = timedelta(minutes=30)
_LOOKS = tuple(timedelta(seconds=s) for s in (3, 15, 60, 130, 300, 900, 1800))
_LOOKS_LATER = timedelta(hours=6)
LOOKS_AT_MOST = 40  # about nine days; a person settles what is unknown then


def wait_again(tries: int, said: float | None, chance: float) -> timedelta:
    """After so many tries that were surely not taken. `said`: seconds the store asked for; `chance` 0 to 1, jitter."""
    wait = min(_MOST, timedelta(seconds=2 << min(max(tries - 1, 0), 12)))
    own = wait * (0.8 + 0.4 * chance)
    return max(own, timedelta(seconds=min(said, GIVES_UP.total_seconds()))) if said else own


def wait_look(looks: int) -> timedelta:
    """Until the store is looked at once more, after so many looks."""
    return _LOOKS[looks] if looks < len(_LOOKS) else _LOOKS_LATER
