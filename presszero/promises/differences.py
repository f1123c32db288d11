"""Differences written down: gaps opened, changed and closed, promises marked; a few statements for hundreds of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.db.models.functions import Coalesce
from django.utils import timezone

from presszero.core.actor import SYSTEM, Actor
from presszero.timeline.actions import record_all
from presszero.timeline.facts import Fact

from .comparing import Difference, worse
from .facts import GapChanged, GapClosed, GapOpened, PromiseAtRisk, PromiseSafe
from .models import Gap, Promise
from .sides import Sides, risk_of

Found = tuple[Sides, Difference | None]
_FIELDS = (
    "kind", "chance", "changed_at", "expected", "promised", "planned", "promise", "expectation", "conversation",
    "closed_at", "closed_because", "by",
)  # fmt: skip


class _Of(TypedDict):
    merchant_id: int
    by: Actor
    order_id: int
    customer_id: int | None
    conversation_id: int | None


def write(merchant_id: int, found: Sequence[Found]) -> None:
    """The caller holds the orders. What is so already is not written again."""
    now = timezone.now()
    facts = _mark(merchant_id, found, now) + _open(merchant_id, found, now) + _change(merchant_id, found, now)
    record_all(facts)


def _mark(merchant_id: int, found: Sequence[Found], now: datetime) -> list[Fact]:
    """Promises become doubtful, or are no longer."""
    marked: dict[str, list[Sides]] = defaultdict(list)
    for row, difference in found:
        because = risk_of(row, difference)
        if row.promise_id and because != (row.at_risk or ""):
            marked[because].append(row)
    told: list[Fact] = []
    for because, rows in marked.items():
        theirs = Promise.objects.filter(merchant_id=merchant_id, id__in=[row.promise_id for row in rows])
        if because:
            theirs.update(risk_at=Coalesce("risk_at", now), risk_because=because)
        else:
            theirs.update(risk_at=None, risk_because="")
        for row in rows:
            of, promise_id = _of(merchant_id, row), row.promise_id or 0
            if not because:
                told.append(PromiseSafe(**of, promise_id=promise_id))
            elif row.at_risk is None:
                told.append(PromiseAtRisk(**of, promise_id=promise_id, because=because))
    return told


def _open(merchant_id: int, found: Sequence[Found], now: datetime) -> list[Fact]:
    """New ones, but for what somebody has settled and which is no worse since."""
    new = [(row, difference) for row, difference in found if difference and row.gap_id is None]
    rows = Gap.objects.filter(merchant_id=merchant_id, order_id__in=[row.order for row, _ in new])
    last = {gap.order_id: gap for gap in rows.order_by("order_id", "-id").distinct("order_id")}
    made = []
    for row, difference in new:
        if not _is_settled(last.get(row.order), row, difference):
            gap = Gap(merchant_id=merchant_id, order_id=row.order, customer_id=row.customer)
            made.append((_filled(gap, row, difference, now), row))
    Gap.objects.bulk_create([gap for gap, _row in made])
    return [GapOpened(**_of(merchant_id, row), gap_id=gap.id, gap_kind=gap.kind) for gap, row in made]


def _is_settled(last: Gap | None, row: Sides, difference: Difference) -> bool:
    if last is None or last.closed_because != "person" or last.promise_id != row.promise_id:
        return False
    was = Difference(last.kind, last.expected, last.promised, last.planned, last.chance)
    return not worse(was, difference)


def _change(merchant_id: int, found: Sequence[Found], now: datetime) -> list[Fact]:
    """Those that are open: different now, or gone."""
    rows = [each for each in found if each[0].gap_id and each[0].was != each[1]]
    gaps = Gap.objects.filter(merchant_id=merchant_id).in_bulk([row.gap_id for row, _ in rows])
    told: list[Fact] = []
    for row, difference in rows:
        gap, of, was = gaps[row.gap_id or 0], _of(merchant_id, row), row.was
        if difference is None or was is None:
            because = "over" if row.over else "agrees"
            gap.closed_at, gap.closed_because, gap.by = now, because, SYSTEM.code
            told.append(GapClosed(**of, gap_id=gap.id, because=because))
        elif _is_much_the_same(was, difference):
            gap.chance = difference.chance
        else:
            _filled(gap, row, difference, now)
            if worse(was, difference) or was.expected != difference.expected:
                told.append(GapChanged(**of, gap_id=gap.id, gap_kind=gap.kind))
    Gap.objects.bulk_update(gaps.values(), _FIELDS)
    return told


def _is_much_the_same(was: Difference, found: Difference) -> bool:
    """A plan that moves by a day goes on being measured against the day that was told."""
    if worse(was, found) or (was.expected, was.promised) != (found.expected, found.promised):
        return False
    return not (was.planned and found.planned and found.planned < was.planned)


def _filled(gap: Gap, row: Sides, found: Difference, now: datetime) -> Gap:
    gap.kind, gap.chance, gap.changed_at = found.kind, found.chance, now
    gap.expected, gap.promised, gap.planned = found.expected, found.promised, found.planned
    gap.promise_id, gap.expectation_id = row.promise_id, row.expectation_id
    gap.conversation_id = gap.conversation_id or row.conversation
    return gap


def _of(merchant_id: int, row: Sides) -> _Of:
    return {
        "merchant_id": merchant_id,
        "by": SYSTEM,
        "order_id": row.order,
        "customer_id": row.customer,
        "conversation_id": row.conversation,
    }
