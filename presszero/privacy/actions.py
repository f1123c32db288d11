"""Asking for an erasure, calling it off, holding it back; and doing what is due."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import SYSTEM, Actor
from presszero.core.locks import alone
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers import queries as customers
from presszero.customers.models import Customer, Handle
from presszero.timeline.actions import record

from . import policy
from .erasing import everywhere, graves
from .erasing.person import person_of
from .erasing.remembered import handle_digest
from .erasing.steps import STEPS
from .facts import CustomerErased, ErasureAsked, ErasureCalledOff
from .models import Asked, Erasure, LegalHold, Proven, Tombstone

log = logging.getLogger(__name__)

_LOCKS = 0x6E0E  # advisory lock class of erasures


class OnHold(Refused):
    """Somebody said that nothing of this person may go."""


@dataclass(frozen=True)
class Request:
    """What was asked of us, how, when, and how we know that it was them."""

    asked: str = Asked.OURSELVES
    proven: str = Proven.NOT_NEEDED
    asked_on: date | None = None  # None: today


@transaction.atomic
def erase(customer: Customer, request: Request, *, by: Actor, at_once: bool = False) -> Erasure:
    """Takes everything out that says who this person was, a day from now or at once. Raises OnHold, Refused.

    A person who asked must be known to be the one: `Refused` otherwise. The same person twice is one erasure.
    """
    now = timezone.now()
    row = Customer.objects.select_for_update().get(merchant_id=customer.merchant_id, id=customer.now_id)
    check(row, request)
    if held(row):
        raise OnHold(_("Nothing of this person may be erased now: there is a legal hold."), _("Lift it first."))
    waiting = Erasure.objects.filter(
        merchant_id=row.merchant_id, customer=row, done_at=None, called_off_at=None
    ).first()
    if waiting:
        if at_once:
            Erasure.objects.filter(merchant_id=row.merchant_id, id=waiting.id).update(due_at=now)
        return waiting
    made = Erasure.objects.create(
        merchant_id=row.merchant_id, customer=row, asked=request.asked, proven=request.proven, by=by.code,
        asked_on=request.asked_on or timezone.localdate(), due_at=now if at_once else now + policy.CALL_OFF,
    )  # fmt: skip
    said = {"asked": request.asked, "proven": request.proven, "due": made.due_at.isoformat()}
    audit("customer.erase", f"customer:{row.id}", by=by, merchant=row.merchant, after=said)
    record(ErasureAsked(merchant_id=row.merchant_id, by=by, customer_id=row.id, erasure_id=made.id))
    return made


@transaction.atomic
def call_off(erasure: Erasure, *, by: Actor) -> None:
    """Until it begins. Raises Refused."""
    row = Erasure.objects.select_for_update().get(merchant_id=erasure.merchant_id, id=erasure.id)
    if row.started_at or row.called_off_at:
        raise Refused(_("This erasure has begun; it cannot be called off any more."))
    Erasure.objects.filter(merchant_id=row.merchant_id, id=row.id).update(
        called_off_at=timezone.now(), called_off_by=by.code
    )
    audit("customer.erase_called_off", f"customer:{row.customer_id}", by=by, merchant=row.merchant)
    record(ErasureCalledOff(merchant_id=row.merchant_id, by=by, customer_id=row.customer_id, erasure_id=row.id))


@transaction.atomic
def hold(customer: Customer, why: str, *, by: Actor) -> LegalHold:
    """Nothing of this person goes, by hand or by rule, until the hold is lifted. Raises Refused without a reason."""
    why = one_line(why, 300)
    if not why:
        raise Refused(_("Say why it must stay."))
    row = Customer.objects.select_for_update().get(merchant_id=customer.merchant_id, id=customer.now_id)
    standing = LegalHold.objects.filter(merchant_id=row.merchant_id, customer=row, lifted_at=None).first()
    if standing:
        return standing
    made = LegalHold.objects.create(merchant_id=row.merchant_id, customer=row, why=why, by=by.code)
    audit("customer.hold", f"customer:{row.id}", by=by, merchant=row.merchant, after={"hold": made.id})
    return made


@transaction.atomic
def lift(hold: LegalHold, *, by: Actor) -> None:
    """What waited for it may go again."""
    rows = LegalHold.objects.filter(merchant_id=hold.merchant_id, id=hold.id, lifted_at=None)
    if rows.update(lifted_at=timezone.now(), lifted_by=by.code):
        audit("customer.hold_lifted", f"customer:{hold.customer_id}", by=by, merchant=hold.merchant)


def held(customer: Customer) -> LegalHold | None:
    """The hold that stands on this person, whichever of their merged selves it was put on."""
    family = customers.family(customer)
    rows = LegalHold.objects.filter(merchant_id=customer.merchant_id, customer_id__in=family, lifted_at=None)
    return rows.order_by("id").first()


def check(customer: Customer, request: Request) -> None:
    """Raises Refused where somebody asked and nobody made sure who it was."""
    if request.asked not in Asked or request.proven not in Proven:
        raise Refused(_("Say how they asked, and how you know that it was them."))
    if request.asked != Asked.OURSELVES and request.proven == Proven.NOT_NEEDED:
        raise Refused(_("Make sure that it is them first."), _("Answer to an address we know, or send them a code."))
    if request.proven == Proven.ADDRESS and not any(h.proof == "verified" for h in customers.handles(customer)):
        raise Refused(_("None of their addresses is confirmed yet."), _("Send them a code, and ask again."))
    if request.asked_on and request.asked_on > timezone.localdate():
        raise Refused(_("They cannot have asked after today."))


def erase_due(now: datetime) -> int:
    """Does the erasures that are due; how many were finished."""
    waiting = Erasure.objects.filter(due_at__lte=now, done_at=None, called_off_at=None).order_by("due_at")
    return sum(_carry_out(row) for row in waiting.select_related("customer", "merchant")[:20])


def erase_again(now: datetime) -> int:
    """After a backup came back: whoever was erased since it was made, and is there again, is erased again. How many."""
    graves.bring_back()
    found = 0
    for merchant_id in Tombstone.objects.filter(of="handle").values_list("merchant_id", flat=True).distinct():
        graves_of = dict(Tombstone.objects.filter(merchant_id=merchant_id, of="handle").values_list("digest", "at"))
        for handle in Handle.objects.filter(merchant_id=merchant_id).select_related("customer").iterator(1000):
            at = graves_of.get(handle_digest(handle.kind, handle.address))
            if at and handle.created_at < at:
                found += _again(handle.customer, now)
    return found


def _again(customer: Customer, now: datetime) -> int:
    row = customers.today(customer)
    if held(row) or Erasure.objects.filter(customer=row, done_at=None, called_off_at=None).exists():
        return 0
    Erasure.objects.create(
        merchant_id=row.merchant_id, customer=row, asked=Asked.OURSELVES, proven=Proven.NOT_NEEDED, by=SYSTEM.code,
        asked_on=timezone.localdate(), due_at=now, again=True,
    )  # fmt: skip
    return 1


def _carry_out(erasure: Erasure) -> int:
    with alone(_LOCKS, erasure.id) as got_it:
        row = Erasure.objects.select_related("customer", "merchant").get(id=erasure.id)
        if not got_it or row.done_at or row.called_off_at or held(row.customer):
            return 0
        try:
            _take(row)
        except (DatabaseError, OSError, ValueError) as why:
            log.error("Erasure %d stopped at step %d: %s", row.id, row.step, type(why).__name__)
            Erasure.objects.filter(id=row.id).update(failed=type(why).__name__)
            return 0
    return 1


def _take(row: Erasure) -> None:
    """Step by step, each in its own transaction, so that a worker that dies goes on where it was."""
    mine = Erasure.objects.filter(merchant_id=row.merchant_id, id=row.id)
    mine.filter(started_at=None).update(started_at=timezone.now())
    for number, (name, step) in enumerate(STEPS, start=1):
        if number <= row.step:
            continue
        with transaction.atomic():
            person = person_of(row.customer)
            row.counts = {**row.counts, name: step(person)}
            last = number == len(STEPS)
            left = (
                {"left": everywhere.hits(row.merchant_id, person.everywhere), "done_at": timezone.now()} if last else {}
            )
            mine.update(step=number, counts=row.counts, failed="", **left)
            if last:
                record(
                    CustomerErased(
                        merchant_id=row.merchant_id, by=SYSTEM, customer_id=row.customer_id, erasure_id=row.id
                    )
                )
                audit(
                    "customer.erased", f"customer:{row.customer_id}", by=SYSTEM, merchant=row.merchant, after=row.counts
                )
