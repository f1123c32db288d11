"""What becomes of a promise: kept, broken, withdrawn, agreed anew, at risk, safe again. Each exactly once at a time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.timeline.actions import record

from ..days import day_of
from ..facts import (
    PromiseAtRisk,
    PromiseBroken,
    PromiseKept,
    PromiseRenegotiated,
    PromiseReopened,
    PromiseSafe,
    PromiseWithdrawn,
)
from ..models import Expectation, Gap, Kind, Promise, Where
from .differing import differ
from .expecting import Believed, close_open_gap, expect
from .hearing import would_be_told
from .holding import about, hold, is_of_parcels, order_of
from .making import Made, moment, put, standing_day, zone_of


class NoLongerStands(Refused):
    """It was kept, given up or replaced meanwhile."""


@transaction.atomic
def keep_one(promise: Promise, at: datetime, by: Actor) -> Promise:
    """It was done at that moment. What the clock had broken by then, though it was done in time, is put right."""
    made = _standing(promise)
    late = at > made.due_at
    made.kept_at, made.kept_by = at, by.code
    made.broken_at = made.broken_at if late else None
    made.save(update_fields=["kept_at", "kept_by", "broken_at"])
    record(PromiseKept(**about(made), by=by, promise_id=made.id, late=late))
    _no_longer_differs(made, by)
    return made


@transaction.atomic
def withdraw_one(promise: Promise, by: Actor) -> Promise:
    """It no longer counts, and nothing takes its place. Raises NoLongerStands."""
    made = _standing(promise)
    made.withdrawn_at = timezone.now()
    made.save(update_fields=["withdrawn_at"])
    record(PromiseWithdrawn(**about(made), by=by, promise_id=made.id))
    _no_longer_differs(made, by)
    return made


@transaction.atomic
def renegotiate(
    promise: Promise, due_at: datetime, *, where: str, by: Actor, entry_id: int | None = None, quote: str = ""
) -> Promise:
    """Another day was agreed: it takes the place of the old one, and is what they believe from now on. Raises Refused.

    The same day again is the promise that stands.
    """
    made = _standing(promise)
    zone = zone_of(made.merchant_id)
    due = moment(due_at, made.whole_day, zone)
    if due == made.due_at:
        return made
    made.renegotiated_at = timezone.now()
    made.save(update_fields=["renegotiated_at"])
    what = Made(
        merchant_id=made.merchant_id,
        customer_id=made.customer_id,
        kind=made.kind,
        due_at=due,
        whole_day=made.whole_day,
        where=where,
        conversation_id=made.conversation_id,
        order_id=made.order_id,
        entry_id=entry_id,
        quote=quote,
    )
    new = put(what, due, by, customer_id=made.customer_id)
    replace(made, new, by)
    close_open_gap(made, "agreed", by)
    if is_of_parcels(made):
        expect(_told(new, day_of(due, zone)), by)
    return new


@transaction.atomic
def reopen_one(promise: Promise, by: Actor) -> Promise:
    """It was marked as kept or withdrawn by mistake: it stands again. Raises Refused where another day stands."""
    made = hold(promise)
    if made.renegotiated_at:
        raise NoLongerStands(_("Another day was agreed since."), _("Change that one."))
    return made if made.is_open else stand_again(made, by)


def stand_again(made: Promise, by: Actor) -> Promise:
    """The caller holds it. Raises NoLongerStands where another day stands for its order."""
    if made.kind == Kind.DELIVERY and made.order_id and standing_day(made.merchant_id, made.order_id):
        raise NoLongerStands(_("They were told another day for this order since."), _("Change that one."))
    made.kept_at = made.withdrawn_at = made.renegotiated_at = made.instead = None
    made.kept_by = ""
    made.save(update_fields=["kept_at", "kept_by", "withdrawn_at", "renegotiated_at", "instead"])
    record(PromiseReopened(**about(made), by=by, promise_id=made.id))
    return made


@transaction.atomic
def risk(promise: Promise, because: str, by: Actor = SYSTEM) -> bool:
    """It is doubtful; `because` as Promise.risk_because. Whether that is new."""
    made = hold(promise)
    if not made.is_open or made.broken_at or (made.risk_at and made.risk_because == because):
        return False
    begins = made.risk_at is None
    made.risk_at, made.risk_because = made.risk_at or timezone.now(), because
    made.save(update_fields=["risk_at", "risk_because"])
    if begins:
        record(PromiseAtRisk(**about(made), by=by, promise_id=made.id, because=because))
    return begins


@transaction.atomic
def safe(promise: Promise, by: Actor = SYSTEM) -> bool:
    """It is not doubtful any more. Whether that is new."""
    made = hold(promise)
    if not made.is_open or made.risk_at is None:
        return False
    made.risk_at, made.risk_because = None, ""
    made.save(update_fields=["risk_at", "risk_because"])
    record(PromiseSafe(**about(made), by=by, promise_id=made.id))
    return True


@transaction.atomic
def break_one(promise: Promise, now: datetime) -> int:
    """Its moment has passed: 1 when that is new. Where nobody would tell us that it was kept, it is only doubtful."""
    made = hold(promise)
    if not made.is_open or made.broken_at or made.due_at > now:
        return 0
    order = order_of(made) if is_of_parcels(made) else None
    if order is not None and not would_be_told(order, now):
        risk(made, "unheard")
        return 0
    made.broken_at = now
    made.save(update_fields=["broken_at"])
    record(PromiseBroken(**about(made), by=SYSTEM, promise_id=made.id))
    if order is None:
        differ(made, Gap.Kind.OVERDUE)
    return 1


def replace(old: Promise, new: Promise, by: Actor) -> None:
    """`new` stands where `old` stood; the caller holds both and has ended the old one as renegotiated."""
    old.instead = new
    old.save(update_fields=["instead"])
    record(PromiseRenegotiated(**about(old), by=by, promise_id=old.id, instead_id=new.id))


def _no_longer_differs(made: Promise, by: Actor) -> None:
    """Of parcels, sync says so: it knows the plan."""
    if not is_of_parcels(made):
        close_open_gap(made, "over", by)


def _standing(promise: Promise) -> Promise:
    made = hold(promise)
    if not made.is_open:
        raise NoLongerStands(_("This promise no longer stands."), _("Look at how it stands now."))
    return made


def _told(new: Promise, day: date) -> Believed:
    shown = new.where == Where.CHECKOUT
    return Believed(
        merchant_id=new.merchant_id,
        by_day=day,
        source=Expectation.Source.CHECKOUT if shown else Expectation.Source.MESSAGE,
        customer_id=new.customer_id,
        order_id=new.order_id,
        conversation_id=new.conversation_id,
        entry_id=new.entry_id,
        quote=new.quote,
    )
