"""Who is meant to be there: read for a week, changed for one week or for every week."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team.models import Membership, Role

from .expecting import SLOTS
from .models import Shift

Spans = Sequence[Sequence[str]]
_SPAN = re.compile(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*\Z")


class NoTimes(Refused):
    """Not times of a day."""


@dataclass(frozen=True)
class Working:
    """A member's day. `only`: for this date alone, whatever other weeks are like."""

    spans: Spans
    only: bool = False

    @property
    def says(self) -> str:
        return ", ".join(f"{start}–{end}" for start, end in self.spans)


Roster = Mapping[int, Mapping[date, Working]]  # member id → day → when


def understood(words: str) -> list[list[str]]:
    """ "9-17:30, 19:00–21:00" as spans in order. Raises NoTimes with how to write it."""
    spans = []
    for part in filter(None, (each.strip() for each in words.split(","))):
        found = _SPAN.match(part)
        hours = [int(each or 0) for each in found.groups()] if found else [0, 0, 0, 0]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if not found or not start < end <= 24 * 60 or hours[1] > 59 or hours[3] > 59:
            raise NoTimes(_("Write it like 9:00-17:30; several with a comma; nothing for a day off."))
        spans.append([f"{start // 60:02d}:{start % 60:02d}", f"{end // 60:02d}:{end % 60:02d}"])
    spans.sort()
    if any(one[1] > two[0] for one, two in zip(spans, spans[1:], strict=False)):
        raise NoTimes(_("These times overlap."))
    return spans


def members_of(merchant: Merchant) -> list[Membership]:
    """Everybody who may be given work, by name."""
    rows = Membership.objects.filter(merchant=merchant, left_at=None).exclude(role=Role.READ_ONLY)
    return list(rows.select_related("person").order_by("person__name", "id"))


def roster(merchant: Merchant, monday: date) -> Roster:
    """A week's shifts, day by day. Members without any are not in it."""
    rows = Shift.objects.filter(Q(on=None) | Q(on__gte=monday, on__lt=monday + timedelta(days=7)), merchant=merchant)
    found: dict[int, dict[date, Working]] = {}
    for row in sorted(rows.filter(member__left_at=None), key=lambda each: each.on is not None):
        day = row.on or monday + timedelta(days=row.weekday)
        found.setdefault(row.member_id, {})[day] = Working(row.spans, row.on is not None)
    return found


def there(shifts: Roster, day: date) -> list[int]:
    """How many are on the roster in each half-hour of a day; who comes or goes within one counts for its half."""
    count = [0.0] * SLOTS
    for days in shifts.values():
        for start, end in days[day].spans if day in days else ():
            begins, ends = _minutes(start), _minutes(end)
            for slot in range(begins // 30, -(-ends // 30)):
                count[slot] += max(0, min(ends, slot * 30 + 30) - max(begins, slot * 30)) / 30
    return [round(each) for each in count]


@transaction.atomic
def keep(merchant: Merchant, wanted: Mapping[tuple[int, date], Spans], *, every_week: bool, by: Actor) -> int:
    """Writes the days that differ from what counts there now; returns how many. Each is in the record."""
    changed = 0
    mondays = sorted({day - timedelta(days=day.weekday()) for _member, day in wanted})
    now = {monday: roster(merchant, monday) for monday in mondays}
    allowed = {member.id for member in members_of(merchant)}
    for (member, day), spans in wanted.items():
        before = now[day - timedelta(days=day.weekday())].get(member, {}).get(day, Working([]))
        if member not in allowed or (_same(before.spans, spans) and not (every_week and before.only)):
            continue
        _write(merchant, member, day, spans, every_week)
        what = {"day": day.isoformat() if not every_week else f"weekday {day.weekday()}"}
        record(
            "roster.changed",
            f"member:{member}",
            by=by,
            merchant=merchant,
            before={**what, "times": before.says},
            after={**what, "times": Working(spans).says},
        )
        changed += 1
    return changed


def from_half_hours(start: int, end: int) -> list[list[str]]:
    """Half-hours since midnight as one span."""
    return [[f"{each // 2:02d}:{each % 2 * 30:02d}" for each in (start, end)]]


def _write(merchant: Merchant, member: int, day: date, spans: Spans, every_week: bool) -> None:
    mine = Shift.objects.filter(merchant=merchant, member_id=member)
    if every_week:
        mine.filter(on=day).delete()  # what counted for this day alone gives way
    Shift.objects.update_or_create(
        merchant=merchant,
        member_id=member,
        weekday=day.weekday(),
        on=None if every_week else day,
        defaults={"spans": [list(each) for each in spans]},
    )


def _same(one: Spans, two: Spans) -> bool:
    return _listed(one) == _listed(two)


def _listed(spans: Iterable[Sequence[str]]) -> list[list[str]]:
    return [list(each) for each in spans]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
