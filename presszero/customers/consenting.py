"""What a customer allows, and where they said so. Who is about to write first waits while a word is written down."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from presszero.core.actor import Actor
from presszero.core.text import clean, one_line
from presszero.timeline.actions import record

from .facts import ConsentChanged
from .models import Consent, Customer
from .queries import today

PURPOSES = ("service", "marketing", "survey")
_LOCKS = 0x5E55  # advisory lock class of customers who are being written to, or say something about it


@dataclass(frozen=True, slots=True)
class Said:
    """One word of theirs. `channel` is a line's kind, "" every channel; `ip` only where it came from a page."""

    channel: str
    purpose: str  # service · marketing · survey
    given: bool
    source: str  # "agent", "web form", "STOP by text"
    wording: str = ""
    ip: str | None = None


@transaction.atomic
def say(customer: Customer, said: Said, *, by: Actor) -> Consent:
    """Keeps it; the older rows stay as the record. What is being sent to them now goes before it, or not at all."""
    hold(customer)
    made = Consent.objects.create(
        merchant_id=customer.merchant_id,
        customer=customer,
        channel=said.channel,
        purpose=said.purpose,
        given=said.given,
        source=one_line(said.source, 60),
        wording=clean(said.wording, 1000).strip(),
        ip=said.ip,
        by=by.code,
    )
    record(
        ConsentChanged(
            merchant_id=customer.merchant_id, by=by, customer_id=customer.id, consent_id=made.id, given=said.given
        )
    )
    return made


def hold(customer: Customer) -> Customer:
    """Until the transaction ends nobody else decides whether this person is written to. Who they are today."""
    row = today(customer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, row.id % 2**31])
    return row
