"""Having a store tell us of changes: where it is to call, and what becomes of one that cannot."""

from __future__ import annotations

from django.conf import settings

from presszero.core.text import one_line

from ..models import Store
from .adapter import AccessLost, StoreAdapter, StoreAway

DEAF = "deaf"  # in Store.settings: why it cannot tell us of changes


def door_of(store: Store) -> str:
    """Where the store tells us of changes."""
    return f"{settings.ORIGIN}/in/{store.kind}/{store.token}"


def listen(way: StoreAdapter, store: Store) -> None:
    """Again is harmless, and needed: platforms stop calling whoever did not answer for a while.

    A store that cannot call us, on a laptop say, is asked every few minutes instead (see reconciling).
    """
    deaf = ""
    try:
        way.subscribe(store.for_adapter(), door_of(store))
    except (StoreAway, AccessLost) as why:
        deaf = one_line(str(why), 500)
    if store.settings.get(DEAF, "") != deaf:
        others = {name: value for name, value in store.settings.items() if name != DEAF}
        store.settings = {**others, DEAF: deaf} if deaf else others
        Store.objects.filter(merchant_id=store.merchant_id, id=store.id).update(settings=store.settings)
