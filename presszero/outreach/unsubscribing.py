"""Leaving: the link in everything we write first, what it stops, and what a customer chooses to get.

The link names a person, a channel and a purpose, and is signed (HMAC-SHA-256 over SECRET_KEY, older keys count still):
nobody can make one for somebody else. Whoever holds it may forbid anything; allow only what goes to where it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.models import Delivery
from presszero.channels.registry import adapter
from presszero.core.actor import Actor
from presszero.customers.consenting import PURPOSES, Said, hold, say
from presszero.customers.models import Consent, Customer
from presszero.customers.queries import consents, today
from presszero.merchants.models import Brand

from .gate.asking import person_of
from .regarding import manners_of

_STOPS = {"service": PURPOSES, "marketing": ("marketing", "survey"), "survey": ("marketing", "survey")}
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link stands for."""

    customer: Customer  # who they are today, with the merchant
    brand: Brand
    channel: str  # a line's kind
    purpose: str


def link(customer: Customer, brand: Brand, channel: str, purpose: str) -> str:
    """The address of their page; the same for the same four."""
    words = (customer.merchant_id, customer.id, brand.id, channel, purpose)
    return f"{settings.ORIGIN}/u/{_signer().sign('-'.join(map(str, words)))}"


def ticket(token: str) -> Ticket | None:
    """None for a token that we did not sign, and for somebody who is gone."""
    if len(token) > _LONGEST:
        return None
    try:
        merchant, person, brand, channel, purpose = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    who = Customer.objects.filter(merchant_id=int(merchant), id=int(person)).first()
    under = Brand.objects.filter(merchant_id=int(merchant), id=int(brand)).first()
    if who is None or under is None:
        return None
    now = Customer.objects.select_related("merchant").get(merchant_id=who.merchant_id, id=today(who).id)
    return Ticket(now, under, channel, purpose)


def along(delivery: Delivery) -> dict[str, str]:
    """For the outbox: the link that goes in the headers of what we write first."""
    person = person_of(delivery)
    if person is None:
        return {}
    return {"unsubscribe": link(person, delivery.line.brand, delivery.line.kind, delivery.purpose)}


def foot(customer: Customer, brand: Brand, channel: str, purpose: str) -> str:
    """What stands under what we write first, in the active language: why, how to leave, and where we live."""
    if adapter(channel).handle_kind == "phone":
        return _("Answer STOP to get no more.")
    lines = [
        _("You are a customer of %(brand)s: that is why you get this.") % {"brand": brand.name}
        if purpose == "service"
        else _("You said yes to this at %(brand)s: that is why you get it.") % {"brand": brand.name},
        _("Choose what we may send: %(link)s") % {"link": link(customer, brand, channel, purpose)},
        manners_of(brand.merchant_id).postal_address.strip(),
    ]
    return "\n".join(line for line in lines if line)


def allowed(which: Ticket) -> dict[str, bool]:
    """For each purpose whether it may go out on the link's channel, as far as their own word decides."""
    words = {(row.channel, row.purpose): row for row in consents(which.customer)}
    found = {}
    for purpose in PURPOSES:
        rows = [row for channel in (which.channel, "") if (row := words.get((channel, purpose)))]
        newest = max(rows, key=lambda row: row.id, default=None)
        found[purpose] = newest.given if newest else purpose == "service"
    return found


@transaction.atomic
def leave(which: Ticket, *, source: str, ip: str | None) -> list[Consent]:
    """One click: what this link was sent for stops at once, and what is less than it. Twice is once."""
    hold(which.customer)
    said = dict.fromkeys(_STOPS.get(which.purpose, PURPOSES), False)
    return _say(which, said, source, ip, "")


@transaction.atomic
def choose(which: Ticket, wanted: Mapping[str, bool], *, ip: str | None, wordings: Mapping[str, str]) -> list[Consent]:
    """What they ticked, purpose by purpose; `wordings` are the sentences they read. Only what changes is kept."""
    hold(which.customer)
    return [
        row
        for purpose in PURPOSES
        if purpose in wanted
        for row in _say(which, {purpose: wanted[purpose]}, "preferences page", ip, wordings.get(purpose, ""))
    ]


def _say(which: Ticket, said: Mapping[str, bool], source: str, ip: str | None, wording: str) -> list[Consent]:
    now, written = allowed(which), {row.purpose for row in consents(which.customer) if row.channel == which.channel}
    by = Actor("customer", which.customer.id)
    return [
        say(which.customer, Said(which.channel, purpose, given, source, wording, ip), by=by)
        for purpose, given in said.items()
        if now[purpose] != given or purpose not in written and not given
    ]


def _signer() -> Signer:
    return Signer(salt="presszero.outreach.unsubscribing", sep=".")
