"""Order and service messages, where the merchant switched them on: what happened, what happens next, and by when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from presszero.commerce.models import Order, Refund, Shipment
from presszero.core.actor import SYSTEM
from presszero.fulfilment.models import Forecast
from presszero.promises.days import day_of
from presszero.promises.models import Keeping, Promise, Where
from presszero.timeline.models import Event

from .acting import whose
from .choices import Case, offered
from .models import Notice, Outreach
from .notices import ASKS, KINDS, is_on, language_for
from .planning import plan
from .regarding import brand_of
from .wording import spoken_by, working_day

NEWS = timedelta(days=2)  # what happened longer ago was brought in, and is told to nobody
BANKS = 5  # working days


def wanted(merchant_ids: Collection[int]) -> dict[int, set[str]]:
    """Which kinds of messages each of these merchants may send; one who sends none is left out."""
    found: dict[int, set[str]] = {}
    usual = {name for name, kind in KINDS.items() if kind.on}
    for merchant_id in merchant_ids:
        found[merchant_id] = set(usual)
    rows = Notice.objects.filter(merchant_id__in=merchant_ids, on=True).values_list("merchant_id", "kind")
    for merchant_id, kind in rows:
        found[merchant_id].add(kind)
    asking = Keeping.objects.filter(merchant_id__in=merchant_ids, ask_after_order=True)
    for merchant_id in asking.values_list("merchant_id", flat=True):
        found[merchant_id].add(ASKS)
    return found


def tell(event: Event, on: Collection[str]) -> Outreach | None:
    """The message that a fact is worth, if its merchant sends such ones."""
    make = _MAKE.get(event.kind)
    return make(event, on) if make else None


def _placed(event: Event, on: Collection[str]) -> Outreach | None:
    """One message: the question where it is asked, since it says the same and more."""
    if not {ASKS, "order_placed"} & set(on):
        return None
    order = _order(event)
    if order is None or order.source == "sheet" or not _is_news(order.placed_at, event.at) or order.kind != "sale":
        return None
    return _tell(ASKS if ASKS in on else "order_placed", order, f"placed:order:{order.id}", {})


def _sent(event: Event, on: Collection[str]) -> Outreach | None:
    parcel = _parcel(event, "sent" in on)
    if parcel is None or parcel.sent_at is None or not _is_news(parcel.sent_at, event.at):
        return None
    return _tell("sent", parcel.order, f"sent:shipment:{parcel.id}", {})


def _scanned(event: Event, on: Collection[str]) -> Outreach | None:
    if event.data.get("stage") != "out_for_delivery":
        return None
    parcel = _parcel(event, "out_for_delivery" in on)
    if parcel is None or parcel.state != "out_for_delivery":
        return None
    return _tell("out_for_delivery", parcel.order, f"van:shipment:{parcel.id}", {})


def _delivered(event: Event, on: Collection[str]) -> Outreach | None:
    """Once all of it is there."""
    parcel = _parcel(event, "delivered" in on)
    if parcel is None or parcel.order.sent != "delivered" or not _is_news(parcel.delivered_at, event.at):
        return None
    return _tell("delivered", parcel.order, f"delivered:order:{parcel.order_id}", {})


def _refunded(event: Event, on: Collection[str]) -> Outreach | None:
    if "refund_made" not in on:
        return None
    found = Refund.objects.filter(
        merchant_id=event.merchant_id, order_id=event.order_id or 0, amount=event.data["minor"]
    )
    rows = found.exclude(state="failed").select_related("order__merchant", "order__store", "order__customer")
    row = rows.order_by("-id").first()
    if row is None or not _is_news(row.at, event.at):
        return None
    day = working_day(row.order.merchant, BANKS)
    told = {"day": day.isoformat(), "amount": row.amount, "currency": row.currency}
    return _tell("refund_made", row.order, f"refund:{row.id}", told)


def _agreed(event: Event, on: Collection[str]) -> Outreach | None:
    """A new day that nobody has told them yet: the shop changed it."""
    if "new_day" not in on:
        return None
    found = Promise.objects.filter(merchant_id=event.merchant_id, id=event.data.get("instead_id") or 0)
    row = found.select_related("order__merchant", "order__store", "order__customer").first()
    untold = row is not None and row.entry_id is None and row.where in (Where.CHECKOUT, Where.MACHINE)
    if row is None or not untold or row.order is None or row.kind != "delivery" or not row.is_open:
        return None
    day = day_of(row.due_at, ZoneInfo(row.order.merchant.timezone))
    return _tell("new_day", row.order, f"day:promise:{row.id}", {"day": day.isoformat()})


def _tell(notice: str, order: Order, key: str, told: Mapping[str, Any]) -> Outreach | None:
    person = whose(order)
    if person is None or not is_on(order.merchant_id, notice, brand_of(order.merchant_id, order)):
        return None
    day = expected(order)
    said = {"day": day.isoformat(), **told} if day else dict(told)
    choices = offered(notice, case_of(order, person, day)) if KINDS[notice].choices else []
    return plan(key, notice, person, order=order, choices=choices, told=said, by=SYSTEM)


def case_of(order: Order, person: Any, day: date | None) -> Case:
    """What may be offered to them with this order, of which we expect that day."""
    language = language_for(order.merchant, spoken_by(person))
    return Case(order.merchant, person, order, None, day, working_day(order.merchant, 0), language)


def expected(order: Order) -> date | None:
    """The day that stands for it, as we said it; else the one that most of such parcels keep."""
    standing = Promise.objects.filter(
        merchant_id=order.merchant_id, order_id=order.id, kind="delivery", state__in=("open", "at_risk")
    ).first()
    if standing is not None:
        return day_of(standing.due_at, ZoneInfo(order.merchant.timezone))
    if order.promised_by is not None:
        return order.promised_by
    forecast = Forecast.objects.filter(merchant_id=order.merchant_id, order_id=order.id, newest=True).first()
    return forecast.p90 if forecast else None


def _is_news(at: datetime | None, heard: datetime) -> bool:
    return at is not None and heard - at <= NEWS


def _order(event: Event) -> Order | None:
    rows = Order.objects.filter(merchant_id=event.merchant_id, id=event.order_id or 0, cancelled_at=None)
    return rows.select_related("merchant", "store", "customer").first()


def _parcel(event: Event, is_told: bool) -> Shipment | None:
    if not is_told:
        return None
    rows = Shipment.objects.filter(merchant_id=event.merchant_id, id=event.data.get("shipment_id") or 0)
    return rows.select_related("order__merchant", "order__store", "order__customer").first()


_MAKE: Mapping[str, Callable[[Event, Collection[str]], Outreach | None]] = {
    "order.placed": _placed,
    "shipment.sent": _sent,
    "shipment.scanned": _scanned,
    "shipment.delivered": _delivered,
    "refund.made": _refunded,
    "promise.renegotiated": _agreed,
}
