"""What service costs, by the merchant's own rates: of an hour, of a contact, of a month.

A rate counts from its day until the next one of the same kind. What was worked before any rate has no price, and is
said so rather than guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import Actor
from presszero.core.money import MOST, Money
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant

from . import days, serving
from .models import Cost

HOUR, MONTH = "hour", "month"


class BadRate(Refused):
    """No amount that a rate can be, or no day that it can begin on."""


@dataclass(frozen=True)
class Rates:
    """Every rate of a merchant, in minor units of their currency; the newest first."""

    by_what: Mapping[str, Sequence[tuple[date, int]]]

    def on(self, what: str, day: date) -> int | None:
        """What counts on a day; None where nothing was set by then."""
        return next((minor for since, minor in self.by_what.get(what, ()) if since <= day), None)

    def contact(self, channel: str, day: date) -> int | None:
        """Of one message of theirs by this channel."""
        return self.on(contact(channel), day)

    def fixed(self, those: Iterable[date]) -> int:
        """A month's fixed cost, for these days: each carries its part of the month it stands in."""
        exact = sum((Fraction(self.on(MONTH, day) or 0, _length(day)) for day in those), Fraction(0))
        return int(exact + Fraction(1, 2))

    @property
    def has_hours(self) -> bool:
        """Whether an hour costs anything anywhere."""
        return any(what.startswith(HOUR) for what in self.by_what)


def contact(channel: str) -> str:
    """The kind of rate that a contact by this channel has."""
    return f"contact:{channel}"


def of_member(member_id: int) -> str:
    """The kind of rate that an hour of this member has."""
    return f"hour:member:{member_id}"


def rates_of(merchant: Merchant) -> Rates:
    """In the currency they count in today; what was set in another does not count."""
    found: dict[str, list[tuple[date, int]]] = {}
    for row in Cost.objects.filter(merchant=merchant, currency=merchant.currency).order_by("-since"):
        found.setdefault(row.what, []).append((row.since, row.minor))
    return Rates(found)


@transaction.atomic
def set_rate(merchant: Merchant, what: str, amount: Money, since: date, *, by: Actor) -> Cost:
    """From this day on it costs so much. What was worked since is counted anew. Raises BadRate."""
    if not 0 <= amount.minor <= MOST or amount.currency != merchant.currency:
        raise BadRate(
            _("A rate is an amount of %(currency)s, and not below nothing.") % {"currency": merchant.currency}
        )
    if since.year < 2000 or since.year > 2100:
        raise BadRate(_("This is no day that a rate can begin on."), _("Pick the day it counts from."))
    before = Cost.objects.filter(merchant=merchant, what=what, since=since).first()
    given = {"currency": amount.currency, "minor": amount.minor, "by": by.code}
    row, _made = Cost.objects.update_or_create(merchant=merchant, what=what, since=since, defaults=given)
    said = _said(before) if before else None
    record("cost.set", f"cost:{row.id}", by=by, merchant=merchant, before=said, after=_said(row))
    if what.startswith(HOUR):
        serving.price_again(merchant, since)
    return row


@transaction.atomic
def remove(row: Cost, *, by: Actor) -> None:
    """As if it had never been set: the rate before it counts on."""
    record("cost.remove", f"cost:{row.id}", by=by, merchant=row.merchant, before=_said(row))
    Cost.objects.filter(merchant_id=row.merchant_id, id=row.id).delete()
    if row.what.startswith(HOUR):
        serving.price_again(row.merchant, row.since)


def _said(row: Cost) -> dict[str, object]:
    return {"what": row.what, "minor": row.minor, "currency": row.currency, "since": row.since.isoformat()}


def _length(day: date) -> int:
    """How many days its month has."""
    first = day.replace(day=1)
    return (days.next_month(first) - first).days
