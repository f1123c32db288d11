"""Reads about requests and what they left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant

from . import policy
from .models import Erasure, LegalHold, Purge, SubjectExport

_SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """Something a person asked for, and by when the law wants it done."""

    row: Erasure | SubjectExport
    is_erasure: bool
    answer_by: date
    late: bool


def erasures_of(customer: Customer) -> list[Erasure]:
    """Newest first."""
    family = customers.family(customer)
    return list(
        Erasure.objects.filter(merchant_id=customer.merchant_id, customer_id__in=family).order_by("-id")[:_SHOWN]
    )


def copies_of(customer: Customer) -> list[SubjectExport]:
    """Newest first."""
    family = customers.family(customer)
    rows = SubjectExport.objects.filter(merchant_id=customer.merchant_id, customer_id__in=family)
    return list(rows.order_by("-id")[:_SHOWN])


def requests(merchant: Merchant, today: date) -> list[Waiting]:
    """Everything asked of the shop, newest first; what is open carries its clock."""
    rows = [
        *_told(Erasure.objects.filter(merchant=merchant).select_related("customer").order_by("-id")[:_SHOWN], today)
    ]
    rows += _told(
        SubjectExport.objects.filter(merchant=merchant).select_related("customer").order_by("-id")[:_SHOWN], today
    )
    return sorted(rows, key=lambda each: each.row.at, reverse=True)[:_SHOWN]


def held_of(merchant_id: int, ids: Iterable[int]) -> set[int]:
    """Those of these customers who stand under a legal hold now."""
    rows = LegalHold.objects.filter(merchant_id=merchant_id, customer_id__in=list(ids), lifted_at=None)
    return set(rows.values_list("customer_id", flat=True))


def purges(merchant: Merchant) -> list[Purge]:
    """What the nights took, newest first."""
    return list(Purge.objects.filter(merchant=merchant).order_by("-id")[:_SHOWN])


def _told(rows: object, today: date) -> Iterator[Waiting]:
    for row in rows:  # type: ignore[attr-defined] # a queryset of either model
        by = policy.answer_by(row.asked_on)
        is_erasure = isinstance(row, Erasure)
        done = row.done_at or row.called_off_at if is_erasure else row.ready_at
        yield Waiting(row, is_erasure, by, not done and by < today)
