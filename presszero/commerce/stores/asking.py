"""One worker at a time asks a store, and what goes wrong while it is asked goes to its trouble and its pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from presszero.core.locks import alone
from presszero.core.sealing import CannotOpen

from ..models import Store
from . import pacing, trouble
from .adapter import AccessLost, StoreAdapter, StoreAway, StoreSettings
from .registry import UnknownStore, adapter

USUAL_REST = 20.0  # seconds after a call that came to nothing
IN_TROUBLE = 3  # calls in a row that came to nothing, until somebody is told
WITHOUT_ACCESS = 60.0  # a person has to act; looking now and then sees when they did

_LOCKS = 0x570E  # advisory lock class of asking stores


@dataclass(frozen=True, slots=True)
class Way:
    """To a store, for as long as the block lasts."""

    adapter: StoreAdapter
    settings: StoreSettings


@contextmanager
def asking(store: Store) -> Iterator[Way | None]:
    """The way to a store; None when another worker has it, or it wants to be left alone.

    StoreAway and AccessLost end the block, and are written down; everything else is the caller's.
    """
    if pacing.resting(store.id):
        yield None
        return
    with alone(_LOCKS, store.id) as got_it:
        if not got_it:
            yield None
            return
        try:
            yield Way(adapter(store.kind), store.for_adapter())
            pacing.answered(store.id)
            trouble.well(store)
        except StoreAway as why:
            pacing.rest(store.id, USUAL_REST if why.retry_after is None else why.retry_after)
            # One that only asks for patience is well.
            if why.retry_after is None and pacing.stumbled(store.id) >= IN_TROUBLE:
                trouble.ails(store, str(why))
        except (AccessLost, CannotOpen, UnknownStore) as why:
            pacing.rest(store.id, WITHOUT_ACCESS)
            trouble.ails(store, str(why))
