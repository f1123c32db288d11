"""By when somebody is to be helped: which target holds for whom, and on which clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from presszero.channels.models import Line
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.customers.queries import family
from presszero.merchants.models import Hours
from presszero.merchants.policy import Week, add_open
from presszero.merchants.queries import week_of

from .models import Queue, Target
from .policy import Aim, most_fitting

NEW, RETURNING, WAITING_ORDER = "new", "returning", "waiting_order"
_ON_ITS_WAY = ("not", "part", "sent")  # commerce.models.Sent
_RECENT = timedelta(days=60)  # what was ordered longer ago is hardly waited for


def kind_of(customer: Customer | None, conversation: Conversation | None, at: datetime) -> str:
    """What kind of customer this is to us: new · returning · waiting_order."""
    if customer is None:
        return NEW
    ids = family(customer)
    orders = Order.objects.filter(merchant_id=customer.merchant_id, customer_id__in=ids, kind="sale")
    waiting = orders.filter(cancelled_at=None, sent__in=_ON_ITS_WAY, placed_at__gt=at - _RECENT)
    if waiting.exists():
        return WAITING_ORDER
    talks = Conversation.objects.filter(merchant_id=customer.merchant_id, customer_id__in=ids)
    if conversation is not None:
        talks = talks.exclude(id=conversation.id)
    return RETURNING if orders.exists() or talks.exists() else NEW


def target_for(queue: Queue, line: Line | None, kind: str, customers: str) -> int:
    """Seconds of open time in which they are to have a person."""
    rows = Target.objects.filter(merchant_id=queue.merchant_id)
    aims = [Aim(row.line_id, row.kind, row.customers, row.seconds) for row in rows]
    return most_fitting(aims, line.id if line else None, kind, customers) or queue.target_seconds


def due(queue: Queue, line: Line | None, since: datetime, seconds: int) -> datetime | None:
    """When the target passes, on the clock of the queue's hours or, without any, of the line's. None when never."""
    return add_open(week(queue, line), since, timedelta(seconds=seconds))


def week(queue: Queue, line: Line | None) -> Week:
    """The hours that hold: the queue's own, else the line's, else always."""
    number = queue.hours_id or (line.hours_id if line else None)
    return week_of(Hours.objects.filter(merchant_id=queue.merchant_id, id=number).first()) if number else Week()
