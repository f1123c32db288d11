"""Learning what they believe, and settling where that differs from what will happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.timeline.actions import record

from ..facts import ExpectationNoted, ExpectationWithdrawn, GapClosed
from ..models import Expectation, Gap, Kind, Promise
from .holding import hold_orders, is_of_parcels


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What somebody believes or needs, about an order or a matter. `by_day` is the last day that is still good."""

    merchant_id: int
    by_day: date
    source: str  # Expectation.Source
    customer_id: int | None = None
    kind: str = Kind.DELIVERY
    firm: bool = False
    order_id: int | None = None
    conversation_id: int | None = None
    entry_id: int | None = None
    quote: str = ""


@transaction.atomic
def expect(what: Believed, by: Actor) -> Expectation:
    """Notes it; the newest of an order counts. What the newest says already is not noted again."""
    if what.order_id:
        hold_orders(what.merchant_id, [what.order_id])
    newest = _newest(what)
    if newest and (newest.by_day, newest.source, newest.firm) == (what.by_day, what.source, what.firm):
        return newest
    made = Expectation.objects.create(
        merchant_id=what.merchant_id,
        customer_id=what.customer_id,
        order_id=what.order_id,
        conversation_id=what.conversation_id,
        kind=what.kind,
        by_day=what.by_day,
        firm=what.firm,
        source=what.source,
        entry_id=what.entry_id,
        quote=one_line(what.quote, 300),
        by=by.code,
    )
    record(
        ExpectationNoted(
            merchant_id=made.merchant_id,
            customer_id=made.customer_id,
            conversation_id=made.conversation_id,
            order_id=made.order_id,
            by=by,
            expectation_id=made.id,
            source=made.source,
        )
    )
    return made


@transaction.atomic
def forget_expectation(expectation: Expectation, by: Actor) -> Expectation:
    """It was misunderstood: what they said before it counts again."""
    rows = Expectation.objects.select_for_update(of=("self",)).filter(merchant_id=expectation.merchant_id)
    made = rows.get(id=expectation.id)
    if made.withdrawn_at is None:
        made.withdrawn_at = timezone.now()
        made.save(update_fields=["withdrawn_at"])
        record(
            ExpectationWithdrawn(
                merchant_id=made.merchant_id,
                customer_id=made.customer_id,
                conversation_id=made.conversation_id,
                order_id=made.order_id,
                by=by,
                expectation_id=made.id,
            )
        )
    return made


@transaction.atomic
def close_gap(gap: Gap, by: Actor) -> Gap:
    """A person has settled it: it opens again only when something changes for the worse. Raises Refused."""
    if gap.order_id:
        hold_orders(gap.merchant_id, [gap.order_id])
    made = Gap.objects.select_for_update(of=("self",)).get(merchant_id=gap.merchant_id, id=gap.id)
    if made.closed_at:
        raise Refused(_("It is settled already."))
    close(made, "person", by)
    return made


def close_open_gap(promise: Promise, because: str, by: Actor) -> None:
    """The gap about this promise, or about its order, is over."""
    rows = Gap.objects.filter(merchant_id=promise.merchant_id, closed_at=None)
    mine = Q(order_id=promise.order_id) if is_of_parcels(promise) else Q(order=None, promise=promise)
    for gap in rows.filter(mine).select_for_update(of=("self",)):
        close(gap, because, by)


def close(gap: Gap, because: str, by: Actor) -> None:
    """Writes it and tells it; the caller holds the gap."""
    gap.closed_at, gap.closed_because, gap.by = timezone.now(), because, by.code
    gap.save(update_fields=["closed_at", "closed_because", "by"])
    record(
        GapClosed(
            merchant_id=gap.merchant_id,
            customer_id=gap.customer_id,
            conversation_id=gap.conversation_id,
            order_id=gap.order_id,
            by=by,
            gap_id=gap.id,
            because=because,
        )
    )


def _newest(what: Believed) -> Expectation | None:
    """Of the order and kind; of the matter, where no order is known."""
    rows = Expectation.objects.filter(merchant_id=what.merchant_id, kind=what.kind, withdrawn_at=None)
    if what.order_id:
        return rows.filter(order_id=what.order_id).order_by("-id").first()
    if what.conversation_id:
        return rows.filter(conversation_id=what.conversation_id, order=None).order_by("-id").first()
    return None
