"""What the demo shop has promised: kept, doubtful and broken, and an expectation that the plan does not meet.

What stands open is said by the verbs everybody uses. What was promised in the past came in with the orders, and is
written down with the days on which it was said and done.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from presszero.channels.models import Line
from presszero.commerce.models import Order, Shipment
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.fulfilment.forecasting import forecast_many
from presszero.fulfilment.lessons import learn
from presszero.outreach.acting import act_on
from presszero.outreach.choosing import take
from presszero.outreach.sending import send
from presszero.promises.actions import Believed, Made, break_due, expect, make, risk
from presszero.promises.days import day_of, end_of_day
from presszero.promises.following import follow
from presszero.promises.models import Expectation, Gap, Kind, Promise, Where
from presszero.promises.syncing import sync_all
from presszero.team.models import Membership

from .cast import ADA, BEN, Person
from .stories import GRACE, PAUL

_OPEN = ("not", "part", "sent")


@transaction.atomic
def give_word(line: Line) -> None:
    """Everything, once the orders stand there."""
    shop, now = line.merchant, datetime.now(UTC)
    team = {each.first_name: each for each in Membership.objects.filter(merchant=shop).select_related("person")}
    _kept_before(shop.id, ZoneInfo(shop.timezone), [team["Maya"], team["Tomas"]])
    learn(shop, now)
    forecast_many(shop, None, now)
    open_ = Order.objects.filter(merchant=shop, sent__in=_OPEN, cancelled_at=None)
    follow(shop.id, list(open_.values_list("id", flat=True)))
    _said(line, team["Maya"], now)
    break_due(now)
    sync_all(shop.id, now)
    _write_first(shop.id, datetime.combine(day_of(now, ZoneInfo(shop.timezone)), time(12), ZoneInfo(shop.timezone)))


def _kept_before(merchant_id: int, zone: ZoneInfo, people: list[Membership]) -> None:
    """The shop's days at checkout, and what two colleagues said, with what became of it."""
    arrived = Shipment.objects.filter(merchant_id=merchant_id, state="delivered", order__promised_by__isnull=False)
    rows = []
    for number, parcel in enumerate(arrived.select_related("order").order_by("id")):
        order, there = parcel.order, parcel.delivered_at or parcel.sent_at
        assert order.promised_by is not None and there is not None
        agent = people[number % 2] if number % 4 == 1 else None
        day = order.promised_by - timedelta(days=1 if agent else 0)
        due = end_of_day(day, zone)
        rows.append(
            Promise(
                merchant_id=merchant_id,
                customer_id=order.customer_id,
                order=order,
                kind=Kind.DELIVERY,
                due_at=due,
                whole_day=True,
                where=Where.AGENT if agent else Where.CHECKOUT,
                by=agent.actor.code if agent else SYSTEM.code,
                at=order.placed_at,
                kept_at=there,
                kept_by=SYSTEM.code,
                broken_at=due if there > due else None,
            )
        )
    Promise.objects.bulk_create(rows)


def _said(line: Line, maya: Membership, now: datetime) -> None:
    """On a day like today."""
    zone = ZoneInfo(line.merchant.timezone)
    today = day_of(now, zone)
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    boots = _matter(line, ADA, "Boots still not here")
    late = Order.objects.get(merchant_id=line.merchant_id, number="#1042")
    they_leave = Believed(
        merchant_id=line.merchant_id,
        by_day=saturday - timedelta(days=1),
        source=Expectation.Source.SAID,
        customer_id=boots.customer_id,
        order_id=late.id,
        conversation_id=boots.id,
        firm=True,
        quote="We leave for the mountains on Saturday",
    )
    expect(they_leave, SYSTEM)
    boots_day = _make(boots, Kind.DELIVERY, _noon(saturday - timedelta(days=1), zone), maya, "by Friday", late)
    risk(boots_day, "person", maya.actor)
    soon = (now + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    _make(_matter(line, BEN, "Wrong size, twice"), Kind.CALLBACK, soon, maya, "I'll ring you this afternoon")
    money = _make(
        _matter(line, PAUL, "Sole came off after a month"), Kind.REFUND, _noon(today + timedelta(days=2), zone), maya,
        "within three days",
    )  # fmt: skip
    Promise.objects.filter(id=money.id).update(due_at=end_of_day(today - timedelta(days=1), zone))
    _make(_matter(line, GRACE, "Order 1088: change the address"), Kind.CALLBACK, soon + timedelta(hours=1), maya, "")


def _write_first(merchant_id: int, noon: datetime) -> None:
    """One of those who wait hears of it from us, at an hour at which one may write, and picks the new day."""
    late = Gap.objects.filter(merchant_id=merchant_id, kind=Gap.Kind.LATE, closed_at=None, order__sent="not")
    gaps = late.select_related("order__merchant", "order__store", "order__customer", "promise", "conversation")
    row = next((row for gap in gaps.order_by("order__number") if (row := act_on(gap, noon))), None)
    if row is None or not send(merchant_id, row.id, noon):
        return
    row.refresh_from_db()
    new_day = row.choices.filter(kind="new_day").first()
    if new_day and row.entry_id:
        take(row, new_day.id, datetime.now(UTC))


def _make(
    row: Conversation, kind: str, due: datetime, by: Membership, quote: str, order: Order | None = None
) -> Promise:
    whole = kind != Kind.CALLBACK
    what = Made(
        merchant_id=row.merchant_id,
        customer_id=row.customer_id,
        kind=kind,
        due_at=due,
        whole_day=whole,
        where=Where.AGENT if whole else Where.CALL,
        conversation_id=row.id,
        order_id=order.id if order else None,
        quote=quote,
    )
    return make(what, by.actor)


def _matter(line: Line, who: Person, subject: str) -> Conversation:
    rows = Conversation.objects.filter(merchant=line.merchant, subject__endswith=subject, root=None)
    found = rows.order_by("-last_at").first()
    assert found is not None, f"{who.name} wrote about {subject}"
    return found


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone)
