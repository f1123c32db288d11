"""Planning a message that we write first: a row, once, with what they may choose. It is written when it may be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.customers.models import Customer
from presszero.customers.queries import today
from presszero.promises.models import Gap, Promise
from presszero.remedies.keeping import kept
from presszero.remedies.vocabulary import Asked
from presszero.timeline.actions import record, wake

from .facts import OutreachPlanned, OutreachStopped
from .models import Batch, Choice, Outreach, State
from .notices import purpose_of

WAKES = "outreach"
UNWRITTEN = (State.PLANNED, State.HELD)


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing they may tap. `kind` as in models.Choice."""

    kind: str
    label: str
    asked: Asked | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What else a message has to do with; `purpose` "" is the notice's own."""

    conversation: Conversation | None = None
    batch: Batch | None = None
    purpose: str = ""
    channel: str = ""  # "": the one they prefer
    not_before: datetime | None = None
    needs_person: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)  # columns of models.Outreach


@transaction.atomic
def plan(
    key: str,
    notice: str,
    customer: Customer,
    *,
    order: Order | None = None,
    promise: Promise | None = None,
    gap: Gap | None = None,
    choices: Sequence[Offered] = (),
    told: Mapping[str, Any] | None = None,
    around: Around = Around(),
    by: Actor,
) -> Outreach:
    """Plans it, once for a key: the same key again is the row that is there, unchanged.

    `told`: what it says, as JSON: {"day": "2026-11-27", "was": …, "wanted": …, "item": …, "amount": minor units,
    "currency": …}; days are days in the merchant's time zone.
    """
    values: dict[str, Any] = {
        "notice": notice,
        "purpose": around.purpose or purpose_of(notice),
        "customer": today(customer),
        "order": order,
        "promise": promise,
        "gap": gap,
        "conversation": around.conversation,
        "batch": around.batch,
        "channel": around.channel,
        "needs_person": around.needs_person,
        "not_before": around.not_before or timezone.now(),
        "told": dict(told or {}),
        "by": by.code,
        **around.more,
    }
    row, new = Outreach.objects.get_or_create(merchant_id=customer.merchant_id, key=key[:80], defaults=values)
    if not new:
        return row
    Choice.objects.bulk_create(_choice(row, place, each) for place, each in enumerate(choices))
    record(OutreachPlanned(**about(row), by=by, outreach_id=row.id, notice=notice))
    wake(WAKES)
    return row


@transaction.atomic
def say_instead(
    row: Outreach, notice: str, *, choices: Sequence[Offered], told: Mapping[str, Any], needs_person: str = ""
) -> Outreach | None:
    """Planned and not written yet: it says this now, and stays the one message. None if it was written meanwhile."""
    rows = Outreach.objects.filter(merchant_id=row.merchant_id, id=row.id, state__in=UNWRITTEN, entry=None)
    now = rows.select_for_update(no_key=True, of=("self",)).first()
    if now is None:
        return None
    now.choices.all().delete()  # nobody has seen them
    Choice.objects.bulk_create(_choice(now, place, each) for place, each in enumerate(choices))
    now.notice, now.purpose = notice, purpose_of(notice)
    now.told, now.needs_person = dict(told), needs_person
    now.save(update_fields=["notice", "purpose", "told", "needs_person"])
    wake(WAKES)
    return now


@transaction.atomic
def stop(row: Outreach, because: str, *, by: Actor, state: str = State.OVER) -> bool:
    """It is not written any more: what it was about has passed, or somebody stopped it. Whether anything changed."""
    rows = Outreach.objects.filter(merchant_id=row.merchant_id, id=row.id, state__in=UNWRITTEN, entry=None)
    if not rows.update(state=state, because=because[:300]):
        return False
    record(OutreachStopped(**about(row), by=by, outreach_id=row.id))
    return True


def hold_unwritten(gap: Gap) -> None:
    """What is planned about a gap and not written yet changes by one hand at a time, until the transaction ends."""
    rows = Outreach.objects.filter(merchant_id=gap.merchant_id, gap=gap, state__in=UNWRITTEN, entry=None)
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("id").values_list("id"))


def about(row: Outreach) -> dict[str, Any]:
    """The ids that every fact of a message carries."""
    return {
        "merchant_id": row.merchant_id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "order_id": row.order_id,
    }


def _choice(row: Outreach, place: int, each: Offered) -> Choice:
    return Choice(
        merchant_id=row.merchant_id,
        outreach=row,
        position=place,
        kind=each.kind,
        label=each.label[:200],
        asked=kept(each.asked) if each.asked else {},
        day=each.day,
    )
