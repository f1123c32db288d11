"""What happened elsewhere keeps a promise, or makes that it was never said."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from presszero.conversations.models import Conversation
from presszero.conversations.queries import family
from presszero.core.actor import Actor
from presszero.customers import queries as customers
from presszero.customers.models import Customer

from ..models import Kind, Promise
from .changing import keep_one, stand_again, withdraw_one
from .holding import hold


def called(conversation: Conversation, at: datetime, by: Actor) -> int:
    """We called them at that moment: every call back that was promised here is kept. How many."""
    rows = _open(conversation.merchant_id, Kind.CALLBACK).filter(conversation_id__in=family(conversation))
    return _keep_all(rows, at, by)


def refunded(merchant_id: int, order_id: int, customer: Customer | None, at: datetime, by: Actor) -> int:
    """Money went back for an order: what was promised of it is kept, and what was promised of no order. How many."""
    about = Q(order_id=order_id)
    if customer is not None:
        about |= Q(order=None, customer_id__in=customers.family(customer))
    return _keep_all(_open(merchant_id, Kind.REFUND).filter(about), at, by)


@transaction.atomic
def unsaid(merchant_id: int, entry_id: int, by: Actor) -> int:
    """The words were taken back before they went: nothing was promised in them, and an older day stands again."""
    gone = Promise.objects.filter(merchant_id=merchant_id, entry_id=entry_id, kept_at=None, withdrawn_at=None)
    rows = list(gone.filter(renegotiated_at=None).order_by("id"))
    for made in rows:
        withdraw_one(made, by)
        for old in Promise.objects.filter(merchant_id=merchant_id, instead=made).order_by("id"):
            stand_again(hold(old), by)
    return len(rows)


def _open(merchant_id: int, kind: str) -> QuerySet[Promise]:
    return Promise.objects.filter(
        merchant_id=merchant_id, kind=kind, kept_at=None, withdrawn_at=None, renegotiated_at=None
    )


def _keep_all(rows: QuerySet[Promise], at: datetime, by: Actor) -> int:
    found = list(rows.filter(at__lte=at).order_by("id"))
    for made in found:
        keep_one(made, at, by)
    return len(found)
