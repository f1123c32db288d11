"""What a message may offer, and whether it can still be had. Labels are in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from presszero.commerce.models import Order, OrderLine, Shipment
from presszero.core.money import Money
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from presszero.promises.models import Gap
from presszero.remedies.models import COUNTS, Remedy
from presszero.remedies.vocabulary import Asked, Kind

from .filling import says_day
from .models import Outreach
from .notices import KINDS
from .planning import Offered
from .regarding import manners_of

LASTS = timedelta(days=21)  # after it was written
NO_HURRY = timedelta(days=60)  # what "no hurry" comes to, as a day
_BROKEN = ("exception", "returned")  # states of a parcel that another one may take the place of
_ALL_THERE = ("delivered", "returned", "nothing")


@dataclass(frozen=True, slots=True)
class Case:
    """What is offered to whom. `day` is the day that we expect now, None where nobody can say."""

    merchant: Merchant
    customer: Customer
    order: Order | None
    gap: Gap | None
    day: date | None
    today: date
    language: str


def offered(notice: str, case: Case) -> list[Offered]:
    """What goes with a message of this kind, as the order and the merchant's settings allow; best first."""
    kinds = KINDS[notice].choices if notice in KINDS else ("person",)
    with override(case.language):
        return [each for kind in kinds for each in _MAKE[kind](case)]


def over(row: Outreach, at: datetime) -> str:
    """Why nothing can be chosen any more: delivered · cancelled · expired · on_time · settled; "" while it can."""
    order = row.order
    if order is not None and order.cancelled_at is not None:
        return "cancelled"
    if order is not None and order.sent in _ALL_THERE:
        return "delivered"
    if at > (row.sent_at or row.at) + LASTS:
        return "expired"
    gap = row.gap
    if gap is None or gap.closed_at is None or gap.closed_because == "agreed":
        return ""
    return "on_time" if gap.closed_because == "agrees" else "settled"


def _new_day(case: Case) -> list[Offered]:
    if case.day is None:
        return []
    return [Offered("new_day", _("%(day)s is fine") % {"day": says_day(case.day, case.language)}, day=case.day)]


def _fine(case: Case) -> list[Offered]:
    if case.day is None:
        return []
    label = _("I can wait until %(day)s") % {"day": says_day(case.day, case.language)}
    return [Offered("fine", label, day=case.day)]


def _credit(case: Case) -> list[Offered]:
    """The merchant's preset, once an order, and never more than was paid for it."""
    order, preset = case.order, manners_of(case.merchant.id).credit
    if order is None or not preset or order.currency != case.merchant.currency or order.refundable < preset:
        return []
    given = Remedy.objects.filter(merchant_id=order.merchant_id, order_id=order.id, kind=Kind.CREDIT, state__in=COUNTS)
    if given.exists():
        return []
    amount = Money(preset, order.currency)
    label = _("I wait, with %(amount)s credit") % {"amount": amount.says(case.language)}
    return [Offered("credit", label, replace(_asked(Kind.CREDIT, case), amount=amount), day=case.day)]


def _cancel(case: Case) -> list[Offered]:
    if case.order is None or case.order.sent != "not" or case.order.cancelled_at:
        return []
    return [Offered("cancel", _("Cancel the order, money back"), _asked(Kind.CANCEL, case))]


def _replace(case: Case) -> list[Offered]:
    """Where the parcel is lost or damaged: the same once more."""
    if case.order is None:
        return []
    parcels = Shipment.objects.filter(merchant_id=case.order.merchant_id, order_id=case.order.id)
    if not parcels.filter(state__in=_BROKEN).exists():
        return []
    lines = OrderLine.objects.filter(merchant_id=case.order.merchant_id, order_id=case.order.id).order_by("position")
    pieces = tuple((line.id, line.quantity - line.refunded) for line in lines if line.quantity > line.refunded)
    again = replace(_asked(Kind.REPLACE, case), lines=pieces)
    return [Offered("replace", _("Send it again"), again)] if pieces else []


def _person(case: Case) -> list[Offered]:
    return [Offered("person", _("Talk to a person"))]


def _days(case: Case) -> list[Offered]:
    """By when they need it: three days around the one we expect, and no hurry."""
    if case.day is None:
        return []
    near = [case.day - timedelta(days=back) for back in (3, 1, 0)]
    found = [
        Offered("by_day", _("By %(day)s") % {"day": says_day(day, case.language)}, day=day)
        for day in near
        if day > case.today
    ]
    return [*found, Offered("no_hurry", _("No hurry"), day=case.day + NO_HURRY)]


def _asked(kind: str, case: Case) -> Asked:
    return Asked(kind, case.merchant.id, case.customer.id, order_id=case.order.id if case.order else None)


_MAKE: Mapping[str, Callable[[Case], Sequence[Offered]]] = {
    "new_day": _new_day,
    "credit": _credit,
    "replace": _replace,
    "cancel": _cancel,
    "person": _person,
    "fine": _fine,
    "days": _days,
}
