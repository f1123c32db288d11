"""Every night what changed in a store is read again, since a webhook may be lost on the way and nobody would know."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from ..models import BackFill, Drift, Store
from . import filling
from .listening import DEAF

AT_NIGHT = range(2, 6)  # hours, the merchant's own
AT_LEAST = timedelta(hours=20)
AT_MOST = timedelta(hours=30)  # a machine that is off at night reconciles by day
WHEN_DEAF = timedelta(minutes=15)  # a store that cannot reach us is asked instead
OVERLAP = timedelta(days=1)  # a webhook may have been late, and clocks differ
KEPT = timedelta(days=180)  # what the report was made of


def reconcile_due(now: datetime) -> int:
    """Begins the nightly reading of every store whose time has come; how many."""
    reading = BackFill.objects.filter(store=OuterRef("id"), finished_at=None, stopped_at=None)
    long_ago = Q(reconciled_at=None) | Q(reconciled_at__lt=now - WHEN_DEAF)
    rows = Store.objects.filter(long_ago, paused_at=None).exclude(Exists(reading)).select_related("merchant")
    due = [store for store in rows if is_due(store, now)]
    for store in due:
        filling.begin(store, since=(store.reconciled_at or store.created_at) - OVERLAP)
    return len(due)


def is_due(store: Store, now: datetime) -> bool:
    """Whether it has been long enough, and is night where the merchant is; or has been too long."""
    since = now - (store.reconciled_at or store.created_at)
    if store.settings.get(DEAF):
        return since >= WHEN_DEAF
    is_night = now.astimezone(ZoneInfo(store.merchant.timezone)).hour in AT_NIGHT
    return since >= AT_MOST or (since >= AT_LEAST and is_night)


def forget(now: datetime) -> None:
    """Old differences, and how far was read when, are of no use to anybody."""
    Drift.objects.filter(at__lt=now - KEPT).delete()
    BackFill.objects.filter(finished_at__lt=now - KEPT, since__isnull=False).delete()
