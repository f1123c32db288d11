"""What a caller may be told by a machine. Their number is a hint and opens nothing: an order is told to who keys in its
number and all digits of its postcode, and to nobody who tried often.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from presszero.commerce.models import Order
from presszero.commerce.policy import number_key
from presszero.promises.queries import day_told
from presszero.team.throttle import Limit, tried, tries

from . import moments
from .menu.sayings import saying
from .menu.vocabulary import Known
from .models import Call
from .policy import proves
from .queries import is_open_now, queue_of

_LATEST = timedelta(days=400)  # older orders are a person's to talk about
# Wrong tries: of one caller's number, of all who withhold theirs on a line, and of one order by whomever.
_BY_NUMBER = Limit("call-order", 3, timedelta(hours=1))
_WITHHELD = Limit("call-order-withheld", 30, timedelta(hours=1))
_OF_ORDER = Limit("call-order-of", 6, timedelta(days=1))


def answer(call: Call, what: str, given: Mapping[str, str], at: datetime) -> Known:
    """open · closed of hours; found · none · person of an order; staffed of people; "" of anything else."""
    if what == "hours":
        return Known("open" if is_open_now(queue_of(call.line, 0), call.line, at) else "closed")
    if what == "order":
        return _order(call, given.get("number", ""), given.get("postcode", ""), at)
    return Known("")


def _order(call: Call, number: str, postcode: str, at: datetime) -> Known:
    """Wrong once too often, by this caller or of this order, and only a person can say more: right or not."""
    if _too_often(call, number, at, counts=False):
        return Known("person")
    rows = Order.objects.filter(merchant_id=call.merchant_id, number_key=number_key(number), forgotten_at=None)
    found = [row for row in rows.filter(placed_at__gt=at - _LATEST).order_by("-id")[:5] if _fits(row, postcode)]
    if len(found) == 1:
        return Known("found", _told(call, found[0]))
    return Known("person" if _too_often(call, number, at, counts=True) else "none")


def _fits(order: Order, postcode: str) -> bool:
    known = (order.ship_to or {}).get("postcode") or (order.bill_to or {}).get("postcode") or ""
    return proves(postcode, str(known))


def _too_often(call: Call, number: str, at: datetime, *, counts: bool) -> bool:
    caller = _BY_NUMBER if call.number else _WITHHELD
    subjects = [
        (caller, f"{call.merchant_id}:{call.number or call.line_id}"),
        (_OF_ORDER, f"{call.merchant_id}:{number_key(number)}"),
    ]
    count = tries if counts else tried
    return max(count(limit, subject, at) - limit.most for limit, subject in subjects) >= 0


def _told(call: Call, order: Order) -> dict[str, str]:
    """Its number, how it stands, and the one day they were told; nothing else of it is said by a machine."""
    language = call.language or "en"
    state = "cancelled" if order.cancelled_at else order.sent
    day = None if order.cancelled_at or order.sent in ("delivered", "returned") else _day(call, order)
    said = saying(f"order_{state}", language).text
    when = saying("order_day", language, day=moments.day(day, language)).text if day else ""
    return {"order.number": order.number_key, "order.state": said, "order.day": when}


def _day(call: Call, order: Order) -> date | None:
    return day_told(call.merchant_id, order.id) or order.promised_by
