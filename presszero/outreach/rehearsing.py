"""The worker's part of a batch: the dry run, the rows of those it is for, and its end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from presszero.channels.models import Line
from presszero.commerce.models import Order
from presszero.core.actor import from_code
from presszero.customers.models import Customer

from .batches import LATE, progress, without_picks, writing_kinds
from .choices import offered
from .gate import Answer, rehearse
from .models import Batch, Outreach
from .planning import Around, plan
from .reaching import ways_to
from .regarding import brand_of
from .telling import case_of, expected
from .whom import Pick

A_ROUND = 50  # rows laid out while the batch is held: whoever stops it waits so long at most
SAMPLES = 3
_NAMED = 20  # people of each rule, for whoever asks who


def work(at: datetime | None = None) -> int:
    """One round of whatever batches wait for; how much was done. A worker calls this until it is 0."""
    now = at or timezone.now()
    waiting = Batch.objects.filter(ended_at=None, stopped_at=None).select_related("merchant").order_by("id")
    asked = waiting.filter(starts_at=None, rehearsed_at=None, rehearsal__has_key="asked").first()
    if asked is not None:
        return _rehearse(asked, now)
    return sum(_go_on(row, now) for row in waiting.filter(starts_at__isnull=False)[:20])


def _rehearse(row: Batch, at: datetime) -> int:
    """Whom it would reach now. Words changed meanwhile make it worth nothing, so nothing is kept then."""
    picks: list[Pick] = [(who, order) for who, order in row.rehearsal["picks"]]
    outcomes: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    named: dict[str, list[int]] = defaultdict(list)
    samples: list[list[int | None]] = []
    orders = dict(picks)
    for person, said in _answers(row, list(orders), at):
        outcomes[said.outcome] += 1
        if said.yes:
            samples += [[person.id, orders[person.id]]] if len(samples) < SAMPLES else []
            continue
        rules[said.rule] += 1
        named[said.rule] += [person.id] if len(named[said.rule]) < _NAMED else []
    found: dict[str, Any] = {**row.rehearsal, "rules": dict(rules), "who": named, "samples": samples}
    found |= {outcome: outcomes[outcome] for outcome in ("yes", "later", "no")}
    mine = Batch.objects.filter(id=row.id, merchant_id=row.merchant_id, rehearsal__asked=row.rehearsal["asked"])
    mine.filter(starts_at=None).update(rehearsal=found, rehearsed_at=timezone.now())
    return 1


def _answers(row: Batch, ids: Sequence[int], at: datetime) -> list[tuple[Customer, Answer]]:
    """What the gate says of each, by the way that each would be written to."""
    people = list(Customer.objects.filter(merchant_id=row.merchant_id, id__in=ids).select_related("merchant"))
    by_way: dict[str, list[Customer]] = defaultdict(list)
    only = row.channel or _only_way(row)
    for person in people:
        by_way[only or _way(row, person)].append(person)
    return [
        (person, said)
        for channel, those in by_way.items()
        for person, _address, said in rehearse(those, channel, row.purpose, at)
    ]


def _only_way(row: Batch) -> str:
    """The kind of line that all go by, where the merchant has one only; "" otherwise."""
    rows = Line.objects.filter(merchant_id=row.merchant_id, paused_at=None, kind__in=writing_kinds())
    kinds = sorted(set(rows.values_list("kind", flat=True)))
    return kinds[0] if len(kinds) == 1 else "" if kinds else "email"


def _way(row: Batch, person: Customer) -> str:
    ways = ways_to(Outreach(merchant_id=row.merchant_id, customer=person), brand_of(row.merchant_id, None))
    return ways[0].line.kind if ways else "email"


def _go_on(row: Batch, at: datetime) -> int:
    """The rows that are still to be made; its end, once nothing is left of it."""
    made = _lay_out(row)
    if made:
        return made
    if row.starts_at and row.starts_at <= at and progress(row).left == 0:
        ended = Batch.objects.filter(merchant_id=row.merchant_id, id=row.id, ended_at=None, stopped_at=None)
        return ended.update(ended_at=at, rehearsal=without_picks(row.rehearsal))
    return 0


@transaction.atomic
def _lay_out(seen: Batch) -> int:
    """A row for each of those the dry run found, a few at a time, under the lock that stopping takes too."""
    rows = Batch.objects.select_for_update(of=("self",)).select_related("merchant")
    row = rows.get(merchant_id=seen.merchant_id, id=seen.id)
    if row.stopped_at or row.ended_at:
        return 0
    there = set(Outreach.objects.filter(merchant_id=row.merchant_id, batch=row).values_list("key", flat=True))
    picks = [(who, order) for who, order in row.rehearsal["picks"] if _key(row, who) not in there][:A_ROUND]
    theirs = Customer.objects.filter(merchant_id=row.merchant_id).select_related("merchant")
    people = theirs.in_bulk([who for who, _order in picks])
    bought = Order.objects.filter(merchant_id=row.merchant_id).select_related("merchant", "store")
    orders = bought.in_bulk([order for _who, order in picks if order])
    for who, number in picks:
        _plan(row, people[who], orders.get(number) if number else None)
    return len(picks)


def _plan(row: Batch, person: Customer, order: Order | None) -> None:
    day = expected(order) if order else None
    choices = offered(LATE, case_of(order, person, day)) if order and row.notice == LATE else []
    plan(
        _key(row, person.id),
        row.notice,
        person,
        order=order,
        choices=choices,
        told={"day": day.isoformat()} if day else {},
        around=Around(batch=row, purpose=row.purpose, channel=row.channel, not_before=row.starts_at),
        by=from_code(row.started_by),
    )


def _key(row: Batch, who: int) -> str:
    return f"batch:{row.id}:customer:{who}"
