"""What we expect and what they believe drifted apart: we write first, with choices, before they ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from presszero.channels.vocabulary import Handle as Address
from presszero.channels.vocabulary import Proof
from presszero.commerce.models import Order, Shipment
from presszero.core.actor import SYSTEM
from presszero.customers.claiming import customer_of
from presszero.customers.models import Customer
from presszero.customers.queries import today
from presszero.fulfilment.models import Scan
from presszero.promises.days import day_of
from presszero.promises.models import Gap, Promise

from .choices import Case, offered
from .models import Outreach, State
from .notices import is_on, language_for
from .planning import UNWRITTEN, Around, plan, say_instead
from .regarding import brand_of, is_over, person_because
from .wording import spoken_by

NOTICES = {"late": "late", "overdue": "late", "wanted_sooner": "wanted_sooner"}  # what a gap of a kind is told as
STALE = timedelta(days=14)  # after the day that was named nobody needs to be told that it passed
BETWEEN = timedelta(hours=20)  # before we write of the same trouble again
_UNSENT = ("not", "part")


def act_on(gap: Gap, at: datetime) -> Outreach | None:
    """Plans the message about a gap; None where nothing is to be told, or not by us."""
    order, person = gap.order, told_to(gap, at)
    if order is None or person is None:
        return None
    notice, case, before = NOTICES[gap.kind], _case(person, order, gap, at), _told_before(gap)
    told, choices = _told(gap, case), offered(notice, case)
    needs_person = person_because(person, gap, at) or ("" if case.day else "no day")
    if before is not None and _is_other_news(before, notice, case.day):
        return say_instead(before, notice, choices=choices, told=told, needs_person=needs_person) or before
    if before is not None and not _is_worth_more_words(before, case.day, at):
        return before
    return plan(
        f"{notice}:gap:{gap.id}" + (f":{case.day}" if before else ""),
        notice,
        person,
        order=order,
        promise=gap.promise,
        gap=gap,
        choices=choices,
        told=told,
        around=Around(conversation=gap.conversation, needs_person=needs_person),
        by=SYSTEM,
    )


def told_to(gap: Gap, at: datetime) -> Customer | None:
    """Whom we tell of a gap; None where it is nothing to be told, or not by us."""
    notice, order = NOTICES.get(gap.kind), gap.order
    if notice is None or order is None or gap.closed_at or is_over(order) or not _is_sure(gap, order, at):
        return None
    return whose(order) if is_on(gap.merchant_id, notice, brand_of(gap.merchant_id, order)) else None


def say_we_missed(promise: Promise, at: datetime) -> Outreach | None:
    """A call that was promised and not made: they hear from us, and a person calls."""
    person = promise.customer
    brand = brand_of(promise.merchant_id, promise.order, promise.conversation)
    if person is None or promise.due_at < at - STALE or not is_on(promise.merchant_id, "callback_missed", brand):
        return None
    case = _case(person, None, None, at)
    return plan(
        f"callback:promise:{promise.id}",
        "callback_missed",
        person,
        promise=promise,
        choices=offered("callback_missed", case),
        around=Around(conversation=promise.conversation, needs_person="broken before"),
        by=SYSTEM,
    )


def whose(order: Order) -> Customer | None:
    """Whom we write to about an order: its customer, else whoever has the address that was given with it."""
    if order.customer is not None:
        return today(order.customer)
    if not order.email or order.forgotten_at:
        return None
    return customer_of(order.merchant_id, Address("email", order.email, order.name), Proof.CLAIMED, "an order")


def _is_sure(gap: Gap, order: Order, at: datetime) -> bool:
    """We knew the order before its day came, the day is not long past, and we can see that it is not there.

    So no history that was brought in writes to anybody, and no shop that never hears of arrivals.
    """
    zone = ZoneInfo(order.merchant.timezone)
    named = gap.promised or gap.expected
    if named is None or day_of(order.created_at, zone) > named or day_of(at, zone) > named + STALE:
        return False
    parcels = Shipment.objects.filter(merchant_id=order.merchant_id, order_id=order.id)
    scanned = Scan.objects.filter(merchant_id=order.merchant_id, shipment__in=parcels)
    return order.sent in _UNSENT or parcels.filter(state="exception").exists() or scanned.exists()


def _told_before(gap: Gap) -> Outreach | None:
    """The last message about this gap."""
    rows = Outreach.objects.filter(merchant_id=gap.merchant_id, gap=gap).exclude(state=State.STOPPED)
    return rows.order_by("-id").first()


def _is_other_news(before: Outreach, notice: str, day: date | None) -> bool:
    """It is not written yet, and would name another day, or another trouble, than that of now."""
    if before.state not in UNWRITTEN or day is None:
        return False
    return (notice, day.isoformat()) != (before.notice, str(before.told.get("day", "")))


def _is_worth_more_words(before: Outreach, day: date | None, at: datetime) -> bool:
    """It was put off again since we wrote; whoever asked, or chose, is answered by a person."""
    if before.state in (*UNWRITTEN, State.OVER, State.ANSWERED) or day is None:
        return False
    later = day.isoformat() > str(before.told.get("day", ""))
    return later and at - (before.sent_at or before.at) >= BETWEEN


def _case(person: Customer, order: Order | None, gap: Gap | None, at: datetime) -> Case:
    merchant = person.merchant
    now = day_of(at, ZoneInfo(merchant.timezone))
    day = gap.planned if gap and gap.planned and gap.planned >= now else None
    return Case(merchant, person, order, gap, day, now, language_for(merchant, spoken_by(person)))


def _told(gap: Gap, case: Case) -> dict[str, Any]:
    days = {"day": case.day, "was": gap.promised or gap.expected, "wanted": gap.expected}
    return {name: day.isoformat() for name, day in days.items() if day}
