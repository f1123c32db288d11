"""A store's answer to what was asked for a remedy, written down; and what commerce learns by it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.commerce.actions.taking import take
from presszero.commerce.models import Credit, Order
from presszero.commerce.vocabulary import Changed, Done
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.timeline.actions import wake

from ..holding import held
from ..keeping import read
from ..models import Attempt, Remedy, State
from ..patience import GIVES_UP, wait_again, wait_look
from ..vocabulary import Kind
from ..ways import asks
from .at_once import text_of
from .settling import by_hand, failed, finished, unknown
from .writing import WAKES

log = logging.getLogger(__name__)
_CREDITS = (Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE)


@transaction.atomic
def answered(seen: Remedy, attempt: Attempt, answer: Done, now: datetime, chance: float) -> Remedy:
    """Settles the remedy by the answer. accepted · refused · later · unknown, see commerce.vocabulary.Done."""
    row = held(seen)
    attempt.ended_at, attempt.answer, attempt.reason = now, answer.state, clean(answer.reason, 500)
    attempt.save(update_fields=["ended_at", "answer", "reason"])
    if row.state not in (State.DOING, State.UNKNOWN):
        return row
    return _SETTLE[answer.state](row, attempt, answer, now, chance)


def tell_commerce(row: Remedy, answer: Done) -> None:
    """The order as it stands after it; in a transaction of its own, so that news and remedies wait in no circle."""
    if row.store is None or answer.state != "accepted":
        return
    try:
        if answer.news is not None:
            taken = take(row.merchant_id, row.store, answer.news)
            _made(row, taken if isinstance(taken, Order) else None)
        elif row.order and row.order.external_id:
            take(row.merchant_id, row.store, Changed("order", row.order.external_id))
    except Refused:
        log.exception("what the store said after remedy %d", row.id)


def _made(row: Remedy, order: Order | None) -> None:
    """A new order is the replacement; the first one again is not."""
    if order and order.id != row.order_id and row.kind in (Kind.REPLACE, Kind.EXCHANGE):
        Remedy.objects.filter(merchant_id=row.merchant_id, id=row.id).update(made_order=order)
        Order.objects.filter(merchant_id=row.merchant_id, id=order.id, origin=None).update(origin=row.order_id)


def _accepted(row: Remedy, attempt: Attempt, answer: Done, now: datetime, chance: float) -> Remedy:
    if attempt.step + 1 < len(asks(row)):
        row.url, row.code = answer.url[:1000] or row.url, answer.code[:60] or row.code
        row.state, row.not_before, row.looks = State.GIVEN, None, 0
        row.save(update_fields=["url", "code", "state", "not_before", "looks"])
        wake(WAKES)
        return row
    finished(row, replace(answer, url=answer.url or row.url))
    if row.kind in _CREDITS and row.store:
        _keep_credit(row)
    return row


def _refused(row: Remedy, attempt: Attempt, answer: Done, now: datetime, chance: float) -> Remedy:
    """For good. Where the first half was done already, a person does the rest."""
    if attempt.step:
        return by_hand(row, text_of(row, read(row.merchant_id, row.asked)), answer.reason)
    return failed(row, answer.reason or _("The shop refused it."))


def _later(row: Remedy, attempt: Attempt, answer: Done, now: datetime, chance: float) -> Remedy:
    if row.given_at and now - row.given_at > GIVES_UP:
        return by_hand(row, text_of(row, read(row.merchant_id, row.asked)), answer.reason)
    row.state, row.outcome = State.GIVEN, clean(answer.reason, 500)
    row.not_before = now + wait_again(row.tries, answer.retry_after, chance)
    row.save(update_fields=["state", "outcome", "not_before"])
    return row


def _unknown(row: Remedy, attempt: Attempt, answer: Done, now: datetime, chance: float) -> Remedy:
    row.looks, row.not_before = 0, now + wait_look(0)
    return unknown(row, answer.reason or _("The shop did not say whether it was done."))


def _keep_credit(row: Remedy) -> None:
    asked = read(row.merchant_id, row.asked)
    given = row.given_at or row.at
    Credit.objects.get_or_create(
        merchant_id=row.merchant_id,
        key=row.key,
        defaults={
            "store": row.store,
            "external_id": row.external_id,
            "kind": row.kind,
            "customer_id": row.customer_id,
            "code": row.code,
            "currency": row.currency,
            "amount": row.amount,
            "left": row.amount,
            "percent": asked.percent if row.kind == Kind.CODE and not row.amount else None,
            "expires_at": given + timedelta(days=asked.days) if asked.days else None,
            "by": row.by,
        },
    )


_SETTLE = {"accepted": _accepted, "refused": _refused, "later": _later, "unknown": _unknown}
