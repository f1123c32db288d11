"""What an erasure takes out of promises and expectations, and what a person's own copy says of them.

Their words go. That something was promised by a day, and kept or not, stays as a number: it names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from .models import Expectation, Promise


def forget(merchant_id: int, customers: Sequence[int], conversations: Sequence[int], orders: Iterable[int]) -> int:
    """Empties what was quoted; how many rows."""
    theirs = Q(customer_id__in=customers) | Q(conversation_id__in=conversations) | Q(order_id__in=list(orders))
    promises = Promise.objects.filter(theirs, merchant_id=merchant_id).exclude(quote="")
    expectations = Expectation.objects.filter(theirs, merchant_id=merchant_id).exclude(quote="")
    return promises.update(quote="") + expectations.update(quote="")


def told(merchant_id: int, customers: Sequence[int]) -> dict[str, Any]:
    """For their own copy: what we promised them and what became of it, and what we believe that they expect."""
    theirs = {"merchant_id": merchant_id, "customer_id__in": customers}
    promises = Promise.objects.filter(**theirs).order_by("id")
    expectations = Expectation.objects.filter(**theirs, withdrawn_at=None).order_by("id")
    return {
        "promises": list(
            promises.values("kind", "due_at", "where", "quote", "at", "state", "kept_at", "order__number")
        ),
        "expectations": list(expectations.values("kind", "by_day", "firm", "source", "quote", "at", "order__number")),
    }
