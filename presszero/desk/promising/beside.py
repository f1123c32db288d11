"""What was promised and what they expect, beside a customer's orders and in the words of a conversation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from presszero.commerce.models import Order
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from presszero.promises.models import Expectation, Kind, Promise, State

from .lines import Believed, Line, believed, line, names

_MOST = 30
_HOLD = """
SELECT 'promise', id FROM promises_promise
WHERE merchant_id = %(merchant)s AND entry_id = ANY(%(entries)s) AND kind <> 'answer'
UNION ALL
SELECT 'expectation', id FROM promises_expectation
WHERE merchant_id = %(merchant)s AND entry_id = ANY(%(entries)s) AND source = 'said' AND withdrawn_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """By order the promises that stand or ended last, and what is expected; `others` are of no order shown."""

    promises: dict[int, list[Line]] = field(default_factory=dict)
    expected: dict[int, Believed] = field(default_factory=dict)
    others: list[Line] = field(default_factory=list)
    wanted: list[Believed] = field(default_factory=list)


def beside(customer: Customer, orders: Sequence[Order]) -> Beside:
    """What the panel shows: of each order its newest promises, and every other one that stands open."""
    ids = [order.id for order in orders]
    family = customers.family(customer)
    open_ = Q(kept_at=None, withdrawn_at=None, renegotiated_at=None)
    mine = Q(order_id__in=ids) | (Q(customer_id__in=family) & open_ & ~Q(kind=Kind.ANSWER))
    rows = list(Promise.objects.filter(mine, merchant_id=customer.merchant_id).order_by("-id")[:_MOST])
    told = Q(order_id__in=ids) | Q(customer_id__in=family, order=None)
    beliefs = Expectation.objects.filter(told, merchant_id=customer.merchant_id, withdrawn_at=None)
    theirs = list(beliefs.exclude(source=Expectation.Source.MESSAGE).order_by("-id")[:_MOST])
    if not rows and not theirs:
        return Beside()
    known = names(customer.merchant)
    of_order: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        if row.order_id in ids and row.state not in (State.WITHDRAWN, State.RENEGOTIATED):
            of_order[row.order_id or 0].append(line(row, known))
    others = [line(row, known) for row in rows if row.order_id not in ids and row.is_open]
    newest = {row.order_id: row for row in reversed(theirs) if row.order_id}
    return Beside(
        dict(of_order),
        {number: believed(row, known) for number, row in newest.items() if row.source != "checkout"},
        others,
        [believed(row, known) for row in theirs if row.order_id is None][:1],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in one message: promises of ours, or what they expect."""

    promises: list[Line] = field(default_factory=list)
    expected: list[Believed] = field(default_factory=list)


def in_words(merchant: Merchant, entries: Iterable[int]) -> dict[int, Said]:
    """By entry, for those that hold something. Most conversations hold nothing, and ask one thing for it."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"merchant": merchant.id, "entries": list(entries)})
        holding = cursor.fetchall()
    if not holding:
        return {}
    known = names(merchant)
    ids = {what: [number for each, number in holding if each == what] for what in ("promise", "expectation")}
    found: dict[int, Said] = defaultdict(Said)
    for row in Promise.objects.filter(merchant=merchant, id__in=ids["promise"]).order_by("id"):
        found[row.entry_id or 0].promises.append(line(row, known))
    for told in Expectation.objects.filter(merchant=merchant, id__in=ids["expectation"]).order_by("id"):
        found[told.entry_id or 0].expected.append(believed(told, known))
    return dict(found)
