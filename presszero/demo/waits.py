"""Six weeks of calls and chats that waited for a person, and who is meant to work when.

They are written straight into the tables, with the moments they are told to have had: the verbs take theirs from the
clock, and a thousand calls would keep whoever starts the demo waiting. None of them has a conversation behind it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from presszero.merchants.models import Merchant
from presszero.routing.models import Queue, Turn, Waiting
from presszero.routing.queries import main_queue
from presszero.team.models import Membership
from presszero.workforce.models import Shift

DAYS = 42
A_DAY = {"call": 52, "chat": 22}
HANDLED = {"call": 230.0, "chat": 620.0}  # seconds
PATIENT = 420.0
_WEEK = (1.3, 1.15, 1.0, 1.0, 1.05, 0.7, 0.4)  # Monday first
_CLOCK = {7: 1, 8: 3, 9: 7, 10: 9, 11: 8, 12: 5, 13: 5, 14: 7, 15: 7, 16: 6, 17: 4, 18: 3, 19: 4, 20: 3, 21: 2, 22: 1}
_SHIFTS = {"Maya": ("08:00", "16:30"), "Tomas": ("11:00", "19:30")}
_FIRST = 900_000_000  # ids of subjects that are no longer there


def tell(shop: Merchant) -> None:
    """The past up to yesterday, and shifts from Monday to Friday."""
    members = list(Membership.objects.filter(merchant=shop, left_at=None).select_related("person").order_by("id"))
    queue, drawn = main_queue(shop), random.Random(42)  # noqa: S311 - the same six weeks for everybody
    rows = [_row(queue, at, kind, drawn) for at, kind in _moments(shop, drawn)]
    for number, row in enumerate(rows):
        row.subject_id = _FIRST + number
    Waiting.objects.bulk_create(rows)
    answered = [row for row in rows if row.left == Waiting.Left.ANSWERED]
    Turn.objects.bulk_create(_turn(row, drawn.choice(members), drawn) for row in answered)
    for member in members:
        if hours := _SHIFTS.get(member.first_name):
            for weekday in range(5):
                Shift.objects.create(merchant=shop, member=member, weekday=weekday, spans=[list(hours)])


def _moments(shop: Merchant, drawn: random.Random) -> Iterator[tuple[datetime, str]]:
    zone = ZoneInfo(shop.timezone)
    today = timezone.now().astimezone(zone).date()
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        for kind, many in A_DAY.items():
            busy = many * _WEEK[day.weekday()] * drawn.uniform(0.85, 1.15)
            for hour in drawn.choices(list(_CLOCK), list(_CLOCK.values()), k=round(busy)):
                yield datetime.combine(day, time(hour, drawn.randrange(60), drawn.randrange(60)), zone), kind


def _row(queue: Queue, at: datetime, kind: str, drawn: random.Random) -> Waiting:
    wait, patience = drawn.expovariate(1 / 55), drawn.expovariate(1 / PATIENT)
    return Waiting(
        merchant=queue.merchant,
        queue=queue,
        kind=kind,
        subject_id=0,
        since=at,
        began_at=at,
        due_at=at + timedelta(seconds=queue.target_seconds),
        left_at=at + timedelta(seconds=min(wait, patience)),
        left=Waiting.Left.ANSWERED if wait <= patience else Waiting.Left.ABANDONED,
    )


def _turn(row: Waiting, member: Membership, drawn: random.Random) -> Turn:
    done = row.left_at + timedelta(seconds=20 + drawn.expovariate(1 / HANDLED[row.kind])) if row.left_at else None
    return Turn(
        merchant=row.merchant,
        waiting=row,
        member=member,
        kind=row.kind,
        outcome=Turn.Outcome.TAKEN,
        offered_at=row.left_at or row.since,
        answered_at=row.left_at,
        ended_at=done,
        free_at=done,
    )
