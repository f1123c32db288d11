"""How a day of waiting went, by half-hours: who was answered in time, who later, who gave up; and who they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from presszero.insights import days
from presszero.merchants.models import Merchant
from presszero.routing.models import Waiting

from .watching import now_of, zeros

SLOTS = 48
KINDS = ("call", "chat")
# A kept place is one wait: when they are called back it is told by the row of that call.
_WAITED = """
SELECT w.id, w.kind, floor(extract(epoch FROM (w.began_at AT TIME ZONE %(zone)s)::time) / 1800)::int,
  coalesce(c.root_id, c.id), w.left, w.left_at IS NOT NULL AND (w.due_at IS NULL OR w.left_at <= w.due_at),
  extract(epoch FROM coalesce(w.left_at, %(now)s) - w.since)::float8, w.cart_value, w.currency
FROM routing_waiting w
LEFT JOIN conversations_conversation c ON c.merchant_id = w.merchant_id AND c.id = w.conversation_id
WHERE w.merchant_id = %(merchant)s AND w.began_at >= %(start)s AND w.began_at < %(end)s
ORDER BY w.began_at, w.id
"""


@dataclass(frozen=True)
class One:
    """One wait. `seconds` until it was over, or until now."""

    id: int
    kind: str
    slot: int
    conversation_id: int | None
    left: str
    in_time: bool
    seconds: float
    cart: int | None = None  # minor units
    currency: str = ""


@dataclass(frozen=True)
class Some:
    """Waits, and what may be asked of them. Who still waits, or keeps a place, counts in neither share."""

    rows: Sequence[One] = field(default_factory=tuple)

    @property
    def answered(self) -> list[One]:
        return [one for one in self.rows if one.left == Waiting.Left.ANSWERED]

    @property
    def in_time(self) -> list[One]:
        return [one for one in self.answered if one.in_time]

    @property
    def late(self) -> list[One]:
        return [one for one in self.answered if not one.in_time]

    @property
    def gave_up(self) -> list[One]:
        return [one for one in self.rows if one.left == Waiting.Left.ABANDONED]

    @property
    def level(self) -> float | None:
        """Answered in time, of all who were answered or gave up; None where nobody was."""
        over = len(self.answered) + len(self.gave_up)
        return len(self.in_time) / over if over else None

    @property
    def abandonment(self) -> float | None:
        over = len(self.answered) + len(self.gave_up)
        return len(self.gave_up) / over if over else None

    @property
    def mean_wait(self) -> float | None:
        """Seconds, of those who were answered."""
        return sum(one.seconds for one in self.answered) / len(self.answered) if self.answered else None

    @property
    def carts(self) -> dict[str, int]:
        """What was in the carts of those who gave up, where the shop tells us: currency → minor units."""
        found: dict[str, int] = {}
        for one in self.gave_up:
            if one.cart and one.currency:
                found[one.currency] = found.get(one.currency, 0) + one.cart
        return found

    def of(self, kind: str) -> Some:
        return Some([one for one in self.rows if one.kind == kind])

    def at(self, slot: int) -> Some:
        return Some([one for one in self.rows if one.slot == slot])

    @property
    def conversations(self) -> list[int]:
        """Newest first, each once."""
        return list(dict.fromkeys(one.conversation_id for one in reversed(self.rows) if one.conversation_id))


def day_of(merchant: Merchant, day: date, now: datetime) -> Some:
    """Everybody who began to wait on a day of the shop's."""
    zone = days.zone_of(merchant.timezone)
    start, end = days.bounds(day, zone)
    with connection.cursor() as cursor:
        cursor.execute(_WAITED, {"merchant": merchant.id, "start": start, "end": end, "now": now, "zone": str(zone)})
        return Some([One(*row) for row in cursor.fetchall()])


def behind(merchant: Merchant, what: str, day: date, now: datetime) -> list[int] | None:
    """The conversations that a number was counted from; None where there is no such number."""
    name, _colon, more = what.partition(":")
    if name in ("waiting", "talking", "menu"):
        return _behind_now(merchant, name, more, now)
    if name == "zero":
        start, end = days.bounds(day, days.zone_of(merchant.timezone))
        return [each for spot in zeros(merchant, start, end) if spot.node == more for each in spot.conversations]
    kind, _colon, slot = more.partition(":")
    if kind not in (*KINDS, "") or (slot and not (slot.isascii() and slot.isdigit() and int(slot) < SLOTS)):
        return None
    found = day_of(merchant, day, now)
    found = found.of(kind) if kind else found
    found = found.at(int(slot)) if slot else found
    return _of(found, name)


def same_day_before(day: date) -> date:
    """The same weekday a week before."""
    return day - timedelta(days=7)


def _of(found: Some, name: str) -> list[int] | None:
    picked: dict[str, Iterable[One]] = {
        "came": found.rows,
        "answered": found.answered,
        "in-time": found.in_time,
        "late": found.late,
        "gave-up": found.gave_up,
    }
    return Some(list(picked[name])).conversations if name in picked else None


def _behind_now(merchant: Merchant, name: str, more: str, now: datetime) -> list[int]:
    present = now_of(merchant, now)
    if name == "waiting":
        rows = [each for each in present.waiting if more in ("", each.queue)]
        return list(dict.fromkeys(each.conversation_id for each in rows if each.conversation_id))
    if name == "talking":
        return list(dict.fromkeys(present.talking))
    return [each for spot in present.menu if spot.node == more or not more for each in spot.conversations]
