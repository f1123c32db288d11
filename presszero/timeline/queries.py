"""Reading the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from presszero.merchants.models import Merchant

from .models import Event, Parked


def newest() -> int:
    """The id of the newest event of all: a page drawn now knows everything up to it."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def of_conversations(merchant: Merchant, ids: Iterable[int], limit: int = 500) -> list[Event]:
    """What happened in these conversations, oldest first; the newest `limit` of it."""
    rows = Event.objects.filter(merchant_id=merchant.id, conversation_id__in=list(ids)).order_by("-id")[:limit]
    return list(reversed(rows))


def of_customers(merchant: Merchant, ids: Iterable[int], limit: int = 200) -> list[Event]:
    """Everything that happened with these customers, newest first."""
    return list(Event.objects.filter(merchant_id=merchant.id, customer_id__in=list(ids)).order_by("-id")[:limit])


def parked(merchant: Merchant) -> list[Parked]:
    """Reactions that failed and were not solved yet, newest first."""
    return list(Parked.objects.filter(merchant=merchant, solved_at=None).order_by("-id")[:200])
