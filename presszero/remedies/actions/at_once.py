"""What is done here in the same moment, without a shop's program; and what is written down for a person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.commerce import reading
from presszero.commerce.actions.typing import cancel_typed
from presszero.commerce.facts import OrderChanged
from presszero.commerce.models import Credit, Order
from presszero.commerce.vocabulary import Address, Done
from presszero.core.actor import Actor
from presszero.core.money import Money
from presszero.timeline.actions import record

from ..keeping import read
from ..models import Remedy
from ..saying import name_of, place, sentence
from ..vocabulary import GIVES_MONEY, Asked, Kind
from ..ways import lines_of, payments_of
from ..wording import says
from .replacing import pack, send_back
from .settling import by_hand, finished

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is read for something else


def done_here(row: Remedy, by: Actor) -> Remedy:
    """A credit or code of our own, an address, a cancellation of what nobody paid."""
    asked = read(row.merchant_id, row.asked)
    if row.kind == Kind.ADDRESS and row.order:
        return _readdressed(row, asked, row.order, by)
    if row.kind == Kind.CANCEL and row.order:
        row.order = cancel_typed(row.order, by, row.reason)
        return finished(row, Done("accepted"), by)
    made = Credit.objects.create(
        merchant_id=row.merchant_id,
        key=row.key,
        kind=row.kind,
        customer_id=row.customer_id,
        code="" if row.kind == Kind.CREDIT else new_code(),
        currency=row.currency,
        amount=row.amount,
        left=row.amount,
        percent=asked.percent if row.kind == Kind.CODE and not row.amount else None,
        expires_at=timezone.now() + timedelta(days=asked.days) if asked.days else None,
        by=by.code,
    )
    return finished(row, Done("accepted", external_id=str(made.id), code=made.code), by)


def made_task(row: Remedy, by: Actor) -> Remedy:
    """For a person to do. What can be prepared here is: the order to pack, the return to expect."""
    asked = read(row.merchant_id, row.asked)
    if row.store is None and row.order:
        if row.kind == Kind.CANCEL:
            row.order = cancel_typed(row.order, by, row.reason)
        if row.kind in (Kind.RETURN, Kind.EXCHANGE):
            send_back(row, asked)
        if row.kind in (Kind.REPLACE, Kind.EXCHANGE):
            pack(row, asked, by)
    return by_hand(row, text_of(row, asked))


def text_of(row: Remedy, asked: Asked) -> str:
    """What is to be done, for whoever does it."""
    values = {
        "amount": says(Money(row.amount, row.currency)),
        "number": row.order.number if row.order else "",
        "shop": row.store.name if row.store else "",
        "label": ", ".join(sorted({each.label for each in payments_of(row) if each.label})),
        "what": ", ".join(f"{pieces} × {line.title}" for line, pieces in lines_of(row, asked)),
        "new": row.made_order.number if row.made_order else "",
    }
    if row.kind in GIVES_MONEY or (row.kind == Kind.CANCEL and row.amount and row.store is None):
        back = _("Pay back %(amount)s for order %(number)s") % values
        return f"{back} ({values['label']})" if values["label"] else back
    if row.kind == Kind.ADDRESS:
        where = place(asked.address or Address())
        return _("Have order %(number)s sent to %(where)s") % {**values, "where": where}
    said = _TEXTS.get(row.kind)
    if said:
        return said(bool(row.made_order)) % values
    return _own(row, asked)


def new_code() -> str:
    """Ten letters in two groups, about 49 bits: nobody guesses it, and it can be read out on the phone."""
    letters = [secrets.choice(_LETTERS) for _each in range(10)]
    return f"{''.join(letters[:5])}-{''.join(letters[5:])}"


def _own(row: Remedy, asked: Asked) -> str:
    filled = ", ".join(f"{key}: {value}" for key, value in asked.values.items())
    name = name_of(row.kind, row.merchant_id)
    return f"{name}: {filled}" if filled else sentence(row)


def _readdressed(row: Remedy, asked: Asked, order: Order, by: Actor) -> Remedy:
    order.ship_to = reading.kept(asked.address)
    order.save(update_fields=["ship_to"])
    record(
        OrderChanged(
            merchant_id=row.merchant_id, by=by, customer_id=row.customer_id, order_id=order.id,
            paid=order.paid, sent=order.sent,
        )
    )  # fmt: skip
    return finished(row, Done("accepted"), by)


_TEXTS: dict[str, Callable[[bool], str]] = {
    Kind.CANCEL: lambda made: _("Cancel order %(number)s in %(shop)s, and pay back what was paid"),
    Kind.REPLACE: lambda made: _("Pack and send order %(new)s") if made else _("Send again for %(number)s: %(what)s"),
    Kind.EXCHANGE: lambda made: (
        _("Send a return label for order %(number)s, then pack and send order %(new)s")
        if made
        else _("Exchange for order %(number)s: %(what)s")
    ),
    Kind.RETURN: lambda made: _("Send a return label for order %(number)s: %(what)s"),
    Kind.EXPEDITE: lambda made: _("Send order %(number)s faster"),
    Kind.CREDIT: lambda made: _("Make a credit of %(amount)s in %(shop)s, and send it"),
    Kind.GIFT_CARD: lambda made: _("Make a gift card of %(amount)s in %(shop)s, and send it"),
    Kind.CODE: lambda made: _("Make a discount code in %(shop)s, and send it"),
}
