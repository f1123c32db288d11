"""What stands around a message that we write first: its brand, its matter, and whether they asked before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from presszero.commerce.models import Order
from presszero.commerce.queries.people import worth
from presszero.conversations.models import Conversation, Message
from presszero.conversations.mood import Mood, mood
from presszero.customers.models import Customer
from presszero.customers.queries import family
from presszero.fulfilment.models import Forecast
from presszero.merchants.models import Brand
from presszero.promises.models import Gap, Keeping, Promise
from presszero.remedies.models import Remedy

from .models import Manners, Outreach

LATELY = timedelta(days=14)  # words older than that say nothing of today's mood
BEFORE = timedelta(days=180)  # a promise broken longer ago is forgiven
_LOOKED_AT = 40  # messages
_SHORT = 3  # an order's number shorter than that counts only behind a "#"
_DONE = ("delivered", "returned", "nothing")
State = Conversation.State


def manners_of(merchant_id: int) -> Manners:
    """The row, or one that is not kept yet."""
    return Manners.objects.filter(merchant_id=merchant_id).first() or Manners(merchant_id=merchant_id)


def brand_of(merchant_id: int, order: Order | None, conversation: Conversation | None = None) -> Brand | None:
    """Of the order's shop, else of the line they wrote on, else the first."""
    if order is not None and order.store is not None:
        return Brand.objects.get(merchant_id=merchant_id, id=order.store.brand_id)
    if conversation is not None:
        return Brand.objects.get(merchant_id=merchant_id, id=conversation.line.brand_id)
    return Brand.objects.filter(merchant_id=merchant_id).order_by("id").first()


def is_over(order: Order) -> bool:
    """Nothing of it is waited for any more."""
    return order.cancelled_at is not None or order.sent in _DONE


def matter_of(row: Outreach) -> Conversation | None:
    """The open conversation it belongs to: the one it is about, else one in which the order was spoken of."""
    theirs = _open(row.customer)
    if row.conversation_id:
        named = theirs.filter(Q(id=row.conversation_id) | Q(id=row.conversation.root_id)).first()
        if named is not None:
            return named
    if row.order is None:
        return None
    return _open(row.customer).filter(_linked(row.order)).order_by("-last_at").first() or _naming(row)


def asked_since(customer: Customer, order: Order | None, since: datetime) -> Conversation | None:
    """Where they asked about it since then. With one order out, whatever they ask is taken to be about it."""
    wrote = Message.objects.filter(
        merchant_id=customer.merchant_id,
        conversation__customer_id__in=family(customer),
        inbound=True,
        taken_back_at=None,
        entry__automatic="",
        at__gte=since,
    ).exclude(conversation__state=State.SPAM)
    for said in wrote.select_related("entry", "conversation__root").order_by("at")[:_LOOKED_AT]:
        row: Conversation = said.conversation.root or said.conversation
        about = order is None or _names(order, f"{said.entry.subject} {said.entry.text}")
        if about or (order is not None and (_is_linked(row, order) or _only_one_out(customer, order))):
            return row
    return None


def late_since(gap: Gap) -> datetime:
    """Since when it was to be seen: the first forecast that made it doubtful, else the gap itself."""
    if gap.order_id is None:
        return gap.opened_at
    keeping = Keeping.objects.filter(merchant_id=gap.merchant_id).first() or Keeping()
    doubtful = Forecast.objects.filter(
        merchant_id=gap.merchant_id, order_id=gap.order_id, on_time__lt=keeping.sure, promised=gap.promised
    )
    first = doubtful.order_by("at").values_list("at", flat=True).first()
    return min(first, gap.opened_at) if first else gap.opened_at


def person_because(customer: Customer, gap: Gap | None, at: datetime) -> str:
    """Why a person of ours looks at it too: worth · angry · broken before; "" for no reason."""
    most = manners_of(customer.merchant_id).person_from
    if most is not None and worth(customer).spent.minor >= most:
        return "worth"
    if _is_angry(customer, at):
        return "angry"
    broken = Promise.objects.filter(
        merchant_id=customer.merchant_id, customer_id__in=family(customer), state="broken", due_at__gte=at - BEFORE
    )
    return "broken before" if broken.exclude(id=(gap and gap.promise_id) or 0).exists() else ""


def _open(customer: Customer) -> QuerySet[Conversation]:
    return Conversation.objects.filter(
        merchant_id=customer.merchant_id,
        customer_id__in=family(customer),
        root=None,
        state__in=(State.OPEN, State.SNOOZED),
    ).select_related("line")


def _linked(order: Order) -> Q:
    """Something of ours was said or done there about the order."""
    where = {"merchant_id": order.merchant_id, "order_id": order.id, "conversation__isnull": False}
    ids: set[int] = set()
    for model in (Outreach, Promise, Remedy, Gap):
        found = model._default_manager.filter(**where).select_related("conversation")
        ids |= {each.conversation.now_id for each in found.order_by("-id")[:20]}
    return Q(id__in=ids)


def _is_linked(row: Conversation, order: Order) -> bool:
    return Conversation.objects.filter(_linked(order), merchant_id=row.merchant_id, id=row.now_id).exists()


def _naming(row: Outreach) -> Conversation | None:
    """One in which they named its number."""
    assert row.order is not None
    wrote = Message.objects.filter(
        merchant_id=row.merchant_id, conversation__in=_open(row.customer), inbound=True, taken_back_at=None
    )
    for said in wrote.select_related("entry", "conversation__line").order_by("-at")[:_LOOKED_AT]:
        if _names(row.order, f"{said.entry.subject} {said.entry.text}"):
            found: Conversation = said.conversation
            return found
    return None


def _names(order: Order, words: str) -> bool:
    key = order.number_key
    if not key:
        return False
    sign = "#" if len(key) < _SHORT else "#?"
    return bool(re.search(rf"(?<!\w){sign}{re.escape(key)}(?!\w)", words[:4000], re.IGNORECASE))


def _only_one_out(customer: Customer, order: Order) -> bool:
    """They wait for this order alone."""
    theirs = Order.objects.filter(merchant_id=order.merchant_id, customer_id__in=family(customer), cancelled_at=None)
    return not theirs.exclude(id=order.id).exclude(sent__in=_DONE).exists()


def _is_angry(customer: Customer, at: datetime) -> bool:
    wrote = Message.objects.filter(
        merchant_id=customer.merchant_id,
        conversation__customer_id__in=family(customer),
        inbound=True,
        taken_back_at=None,
        entry__automatic="",
        at__gte=at - LATELY,
    )
    last = wrote.order_by("-at", "-id").values_list("entry__text", flat=True).first()
    return bool(last) and mood(last or "") is Mood.BAD
