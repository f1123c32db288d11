"""Saying what will be done by when: one open day an order, so that nobody is told two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.commerce.models import Order
from presszero.commerce.models.orders import Sent
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record
from presszero.ui.formats import dated

from ..days import day_of, end_of_day
from ..facts import PromiseMade
from ..models import Kind, Promise, PromiseKind, Where
from .answering import Owed, owe
from .holding import about, hold_orders

FURTHEST = timedelta(days=730)
_GONE = (Sent.DELIVERED, Sent.RETURNED)


class AnotherDay(Refused):
    """Of this order another day stands. `stands` is that promise: it can be renegotiated, not doubled."""

    def __init__(self, stands: Promise, day: str) -> None:
        self.stands = stands
        super().__init__(
            _("They were told %(day)s for this order.") % {"day": day},
            _("Agree on the new day with them instead: it takes the place of the old one."),
        )


class NotThatDay(Refused):
    """A day that has passed, or one so far away that it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is promised, to whom, and where it was said. Of a whole day, `due_at` is any moment of it."""

    merchant_id: int
    customer_id: int | None
    kind: str  # models.Kind, or own:<id>
    due_at: datetime
    whole_day: bool
    where: str  # models.Where
    conversation_id: int | None = None
    order_id: int | None = None
    entry_id: int | None = None
    quote: str = ""


@transaction.atomic
def make(what: Made, by: Actor) -> Promise:
    """Keeps a promise that somebody made. The same day said again is the promise that stands. Raises Refused."""
    zone, due = _due(what)
    if what.kind == Kind.ANSWER:
        return _answer(what, due, by)
    _check_kind(what)
    order = _order(what)
    if order is not None and what.kind == Kind.DELIVERY:
        stands = standing_day(what.merchant_id, order.id)
        if stands is not None:
            return _same_day(stands, due, zone)
        if order.cancelled_at or order.sent in _GONE:
            raise Refused(_("This order is over: nothing of it is still on its way."), _("Look at its parcels."))
    return put(what, due, by, customer_id=order.customer_id if order and order.customer_id else what.customer_id)


def promise_callback(conversation: Conversation, due_at: datetime, by: Actor) -> Promise:
    """We call them back by then. Raises Refused."""
    return make(
        Made(
            merchant_id=conversation.merchant_id,
            customer_id=conversation.customer_id,
            kind=Kind.CALLBACK,
            due_at=due_at,
            whole_day=False,
            where=Where.AGENT,
            conversation_id=conversation.now_id,
        ),
        by,
    )


def put(what: Made, due: datetime, by: Actor, *, customer_id: int | None) -> Promise:
    """Writes the row and tells it; the caller holds the order and has looked at everything."""
    made = Promise.objects.create(
        merchant_id=what.merchant_id,
        customer_id=customer_id,
        conversation_id=what.conversation_id,
        order_id=what.order_id,
        kind=what.kind,
        due_at=due,
        whole_day=what.whole_day,
        where=what.where,
        entry_id=what.entry_id,
        quote=one_line(what.quote, 300),
        by=by.code,
    )
    record(
        PromiseMade(
            **about(made), by=by, promise_id=made.id, entry_id=made.entry_id, due_epoch=int(made.due_at.timestamp())
        )
    )
    return made


def standing_day(merchant_id: int, order_id: int) -> Promise | None:
    """The one day that stands for an order; the caller holds the order."""
    return Promise.objects.filter(
        merchant_id=merchant_id,
        order_id=order_id,
        kind=Kind.DELIVERY,
        kept_at=None,
        withdrawn_at=None,
        renegotiated_at=None,
    ).first()


def moment(due_at: datetime, whole_day: bool, zone: ZoneInfo) -> datetime:
    """What we are held to: of a day, its end there. Raises NotThatDay."""
    due = end_of_day(day_of(due_at, zone), zone) if whole_day else due_at
    if not timezone.now() < due <= timezone.now() + FURTHEST:
        raise NotThatDay(_("This day has passed, or is too far away."), _("Pick one within two years."))
    return due


def zone_of(merchant_id: int) -> ZoneInfo:
    """Where the merchant counts days."""
    return ZoneInfo(Merchant.objects.values_list("timezone", flat=True).get(id=merchant_id))


def _due(what: Made) -> tuple[ZoneInfo, datetime]:
    zone = zone_of(what.merchant_id)
    return zone, moment(what.due_at, what.whole_day, zone)


def _answer(what: Made, due: datetime, by: Actor) -> Promise:
    row = Conversation.objects.filter(merchant_id=what.merchant_id, id=what.conversation_id or 0).first()
    if row is None:
        raise Refused(_("An answer is promised in a conversation."))
    quote = one_line(what.quote, 300)
    return owe(row, Owed(due, what.whole_day, what.where or Where.AGENT, what.entry_id, quote), by)


def _check_kind(what: Made) -> None:
    if what.kind in Kind.values:
        return
    name, _colon, number = what.kind.partition(":")
    own = PromiseKind.objects.filter(
        merchant_id=what.merchant_id, id=int(number) if number.isdecimal() else 0, off_at=None
    )
    if name != "own" or not own.exists():
        raise Refused(_("There is no such kind of promise."), _("Pick one of the list."))


def _order(what: Made) -> Order | None:
    if what.order_id is None:
        return None
    hold_orders(what.merchant_id, [what.order_id])
    found = Order.objects.filter(merchant_id=what.merchant_id, id=what.order_id).first()
    if found is None:
        raise Refused(_("There is no such order."))
    return found


def _same_day(stands: Promise, due: datetime, zone: ZoneInfo) -> Promise:
    day = day_of(stands.due_at, zone)
    if day == day_of(due, zone):
        return stands
    raise AnotherDay(stands, dated(day, "l j F"))
