"""By when they need it, read from what they wrote to us or beside their order, and noted with that order."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone

from presszero.commerce import queries as commerce
from presszero.commerce.models import Order
from presszero.commerce.models.orders import Sent
from presszero.conversations.models import Message
from presszero.core.actor import Actor
from presszero.customers import queries as customers

from .actions.expecting import Believed, expect
from .days import day_of
from .following import HISTORY
from .languages import known, written_in
from .models import Expectation
from .noticing import wanted
from .noticing.orders import meant

_ORDERS = 10
_LONGEST = 4_000  # characters: who needs something by a day says so early


def understand(merchant_id: int, message_id: int) -> Expectation | None:
    """Notes the earliest day they name, if they name one. An order that could be several is left open."""
    found = Message.objects.filter(merchant_id=merchant_id, id=message_id, inbound=True)
    message = found.select_related("entry", "conversation__customer__merchant").first()
    if message is None:
        return None
    customer = customers.today(message.conversation.customer)
    text = message.entry.text[:_LONGEST]
    languages = customer.merchant.languages or ["en"]
    language = written_in(text) or known(customer.language) or known(languages[0]) or "en"
    zone = ZoneInfo(customer.merchant.timezone)
    today = day_of(timezone.now(), zone)  # old mail that is brought in wishes for days long gone
    wishes = [each for each in wanted(text, language=language, now=message.at, zone=zone) if each.by_day >= today]
    if not wishes:
        return None
    wish = min(wishes, key=lambda each: each.by_day)
    orders = [order for order in commerce.orders_of(customer, _ORDERS) if _may_be_waited_for(order)]
    said = Believed(
        merchant_id=merchant_id,
        by_day=wish.by_day,
        source=Expectation.Source.SAID,
        customer_id=customer.id,
        firm=wish.firm,
        order_id=meant(text, orders),
        conversation_id=message.conversation.now_id,
        entry_id=message.entry_id,
        quote=wish.quote,
    )
    return expect(said, Actor("customer", customer.id))


def understand_note(merchant_id: int, order_id: int) -> Expectation | None:
    """Notes the day that they named beside their order: "needed by the 12th". What was brought in is left alone."""
    row = Order.objects.select_related("merchant").filter(merchant_id=merchant_id, id=order_id).first()
    if row is None or not row.note or not _may_be_waited_for(row) or row.created_at - row.placed_at > HISTORY:
        return None
    text = row.note[:_LONGEST]
    language = written_in(text) or known((row.merchant.languages or ["en"])[0]) or "en"
    wishes = wanted(text, language=language, now=row.placed_at, zone=ZoneInfo(row.merchant.timezone))
    if not wishes:
        return None
    wish = min(wishes, key=lambda each: each.by_day)
    said = Believed(
        merchant_id=merchant_id,
        by_day=wish.by_day,
        source=Expectation.Source.SAID,
        customer_id=row.customer_id,
        firm=wish.firm,
        order_id=row.id,
        quote=wish.quote,
    )
    return expect(said, Actor("customer", row.customer_id))


def _may_be_waited_for(order: Order) -> bool:
    return order.cancelled_at is None and order.sent not in (Sent.DELIVERED, Sent.RETURNED, Sent.NOTHING)
