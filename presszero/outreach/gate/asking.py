"""`may_contact`: whether somebody may be written to first, asked anew for each message at the moment of its sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from presszero.channels.asking import Word
from presszero.channels.models import Delivery
from presszero.conversations.models import Message
from presszero.customers.consenting import hold
from presszero.customers.models import Customer

from ..models import GateDecision, Outreach, State
from .knowing import Ask, Gathered
from .policy import NO, YES, Verdict, decide
from .saying import sentence

A_ROUND = 200  # people gathered at once
_BATCH = "SELECT stopped_at IS NOT NULL FROM outreach_batch WHERE merchant_id = %s AND id = %s FOR SHARE"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says. `sentence` is in the active language, "" with a yes; `until` with a later."""

    outcome: str  # yes · later · no
    rule: str = ""  # policy.RULES
    sentence: str = ""
    until: datetime | None = None

    @property
    def yes(self) -> bool:
        return self.outcome == YES


@transaction.atomic
def may_contact(
    person: Customer,
    channel: str,
    purpose: str,
    at: datetime,
    *,
    address: str = "",
    outreach: Outreach | None = None,
    rehearsal: bool = False,
) -> Answer:
    """Whether this customer may be written to first. `channel` is a line's kind; "" of `address` is their best.

    A yes counts as a message sent, unless it is a rehearsal or the same outreach asks again: whoever only plans asks
    with `rehearsal`. Until the caller's transaction ends, nobody else decides about this customer.
    """
    row = hold(person)
    ask = Ask(row.id, address, outreach.id if outreach else None, stopped=_stopped(outreach))
    return _answer(row, channel, purpose, ask, at, rehearsal=rehearsal)


def may_go(delivery: Delivery, at: datetime) -> Word:
    """The outbox's question of what we write first, in the transaction that would send it."""
    return asked(delivery, delivery.purpose, at)


def asked(delivery: Delivery, purpose: str, at: datetime) -> Word:
    """As `may_go`, for a purpose that the delivery need not have."""
    outreach = outreach_of(delivery)
    person = outreach.customer if outreach else _placed(delivery)
    if person is None:
        return Word(NO, sentence(Verdict(NO, "unknown")))
    row, entry = hold(person), delivery.entry
    by_person = entry.actor.startswith("member") and not entry.automatic
    ask = Ask(
        row.id, delivery.address, outreach.id if outreach else None,
        by_person=by_person, written_at=entry.at, stopped=_stopped(outreach),
    )  # fmt: skip
    said = _answer(row, delivery.line.kind, purpose, ask, at)
    return Word(said.outcome, said.sentence, said.until, said.rule)


def rehearse(
    people: Sequence[Customer], channel: str, purpose: str, at: datetime
) -> Iterator[tuple[Customer, str, Answer]]:
    """What it would say of many, each with the address it would go to; nothing is kept, nobody is held."""
    for start in range(0, len(people), A_ROUND):
        some = people[start : start + A_ROUND]
        asks = [Ask(row.now_id) for row in some]
        gathered = Gathered(some[0].merchant, channel, purpose, asks, at)
        for row, ask in zip(some, asks, strict=True):
            yield row, gathered.address(ask), _said(decide(gathered.known(ask), at), row)


def _answer(row: Customer, channel: str, purpose: str, ask: Ask, at: datetime, *, rehearsal: bool = False) -> Answer:
    gathered = Gathered(row.merchant, channel, purpose, [ask], at)
    verdict = decide(gathered.known(ask), at)
    GateDecision.objects.create(
        merchant_id=row.merchant_id,
        customer=row,
        outreach_id=ask.outreach_id,
        channel=channel,
        purpose=purpose,
        at=at,
        outcome=verdict.outcome,
        rule=verdict.rule,
        until=verdict.until,
        local=gathered.where(ask).said,
        rehearsal=rehearsal,
    )
    return _said(verdict, row)


def _said(verdict: Verdict, row: Customer) -> Answer:
    return Answer(verdict.outcome, verdict.rule, sentence(verdict, ZoneInfo(row.merchant.timezone)), verdict.until)


def _stopped(outreach: Outreach | None) -> bool:
    """Whether somebody stopped it or its batch. Who is stopping the batch now waits for us, or we for them."""
    if outreach is None:
        return False
    if Outreach.objects.filter(id=outreach.id, merchant_id=outreach.merchant_id, state=State.STOPPED).exists():
        return True
    if outreach.batch_id is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_BATCH, [outreach.merchant_id, outreach.batch_id])
        return bool(cursor.fetchone()[0])


def person_of(delivery: Delivery) -> Customer | None:
    """To whom a message goes that we write first."""
    outreach = outreach_of(delivery)
    return outreach.customer if outreach else _placed(delivery)


def outreach_of(delivery: Delivery) -> Outreach | None:
    rows = Outreach.objects.filter(merchant_id=delivery.merchant_id, entry_id=delivery.entry_id)
    return rows.select_related("customer__merchant").order_by("id").first()


def _placed(delivery: Delivery) -> Customer | None:
    placed = Message.objects.filter(merchant_id=delivery.merchant_id, entry_id=delivery.entry_id)
    found = placed.select_related("conversation__customer__merchant").order_by("id").first()
    return found.conversation.customer if found else None
