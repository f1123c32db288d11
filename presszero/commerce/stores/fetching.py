"""What a store said had changed is fetched, a few things a round, one worker a store."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from presszero.channels.adapter import Unreadable

from ..actions.taking import take
from ..models import Stale, Store
from ..reading import BadNews
from ..vocabulary import Gone, StoreOrder, StoreProduct
from .adapter import AccessLost, StoreAway
from .asking import Way, asking
from .drifting import note_unreadable

BATCH = 20  # things of one store in one round
GIVEN_UP = 8  # tries; the next reconcile finds it once more
_FIRST_PAUSE = 5  # seconds, doubled by every try
_LONGEST_PAUSE = 3600


def fetch_due() -> int:
    """One round over every store with something to fetch; how many things were settled."""
    waiting = _due(timezone.now()).filter(store__paused_at=None).values_list("store_id", flat=True).distinct()
    stores = Store.objects.filter(id__in=list(waiting)).order_by("id")
    return sum(_fetch_of(store) for store in stores)


def fetch_of(store: Store, way: Way) -> int:
    """What changed in one store, a batch of it; how many things. Raises StoreAway and AccessLost."""
    rows = list(_due(timezone.now()).filter(merchant_id=store.merchant_id, store=store).order_by("id")[:BATCH])
    for row in rows:
        _fetch(store, row, way)
    return len(rows)


def _fetch_of(store: Store) -> int:
    settled = 0
    with asking(store) as way:
        settled += fetch_of(store, way) if way else 0
    return settled


def _fetch(store: Store, row: Stale, way: Way) -> None:
    try:
        found = _ask(row, way)
        take(store.merchant_id, store, found or Gone(row.what, row.external_id))
    except (StoreAway, AccessLost):
        _postpone(row)
        raise
    except (Unreadable, BadNews) as why:
        note_unreadable(store, row.what, str(why), row.external_id)
    # Said again while we asked: it stays, and is asked again.
    Stale.objects.filter(merchant_id=row.merchant_id, id=row.id, at=row.at).delete()


def _ask(row: Stale, way: Way) -> StoreOrder | StoreProduct | None:
    if row.what == "order":
        return way.adapter.order(way.settings, row.external_id)
    return way.adapter.product(way.settings, row.external_id)


def _postpone(row: Stale) -> None:
    same = Stale.objects.filter(merchant_id=row.merchant_id, id=row.id, at=row.at)
    if row.tries + 1 >= GIVEN_UP:
        same.delete()
        return
    pause = min(_FIRST_PAUSE * 2**row.tries, _LONGEST_PAUSE)
    same.update(tries=row.tries + 1, not_before=timezone.now() + timedelta(seconds=pause))


def _due(now: datetime) -> QuerySet[Stale]:
    return Stale.objects.filter(Q(not_before=None) | Q(not_before__lte=now))
