"""Reading the record: what was done, newest first, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from presszero.merchants.models import Merchant

from .actions import verify
from .models import Look, Record

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows. `actor`: a code of core.actor; `kind`: what a verb begins with, "role"; "" and None for all."""

    actor: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """`broken` is the first row that does not fit, None while all is whole; `since` is when the chain begins."""

    since: datetime | None
    rows: int
    broken: Record | None


def recorded(merchant: Merchant, wanted: Wanted) -> QuerySet[Record]:
    """Newest first."""
    rows = Record.objects.filter(merchant=merchant)
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.kind:
        rows = rows.filter(verb__startswith=f"{wanted.kind}.")
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows.order_by("-id")


def kinds(merchant: Merchant) -> list[str]:
    """What the verbs of the last thousand rows begin with, in order."""
    newest = Record.objects.filter(merchant=merchant).order_by("-id").values_list("verb", flat=True)[:1000]
    return sorted({verb.partition(".")[0] for verb in newest})


def chain_of(merchant: Merchant) -> Chain:
    """Looks at every row: a moment for each ten thousand."""
    rows = Record.objects.filter(merchant=merchant, place__isnull=False)
    first = rows.order_by("place").first()
    broken = verify(merchant)
    found = Record.objects.filter(merchant=merchant, id=broken).first() if broken else None
    return Chain(first.at if first else None, rows.count(), found)


def looks_at(merchant: Merchant, customers: Iterable[int], limit: int = 100) -> list[Look]:
    """Who looked at these customers, newest first."""
    return list(Look.objects.filter(merchant=merchant, customer_id__in=list(customers)).order_by("-at", "-id")[:limit])
