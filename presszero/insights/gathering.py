"""The rows of a month of service. A handful of statements, each over that month alone; the trial's over a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.core.money import digits
from presszero.merchants.models import Merchant
from presszero.remedies.models import COUNTS, ExchangeRate, Remedy

from . import days
from .models import Served
from .rates import Rates, rates_of
from .service import LONGEST, Contact, Given, Month, Sale, Serve, Work
from .serving import RATE

TRIAL = 12  # months that are looked at together: one in ten is held out, and a month alone tells little

_ROOTS = "JOIN conversations_conversation c ON c.merchant_id = x.merchant_id AND c.id = x.conversation_id"
_WORK = f"""
SELECT coalesce(c.root_id, c.id), w.channel, sum(w.seconds), sum(w.seconds * coalesce({RATE}, 0) / 3600.0),
  coalesce(sum(w.seconds) FILTER (WHERE {RATE} IS NULL), 0)
FROM insights_worked w
JOIN merchants_merchant p ON p.id = w.merchant_id
JOIN conversations_conversation c ON c.merchant_id = w.merchant_id AND c.id = w.conversation_id
WHERE w.merchant_id = %(merchant)s AND w.day >= %(first)s AND w.day < %(next)s GROUP BY 1, 2
"""  # noqa: S608 - our own words alone
_CONTACTS = f"""
SELECT coalesce(c.root_id, c.id), l.kind, (x.at AT TIME ZONE %(zone)s)::date, count(*)
FROM conversations_message x {_ROOTS}
JOIN channels_entry e ON e.merchant_id = x.merchant_id AND e.id = x.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
WHERE x.merchant_id = %(merchant)s AND x.at >= %(start)s AND x.at < %(end)s AND x.inbound AND e.automatic = ''
  AND NOT EXISTS (SELECT FROM mailroom_received h
    WHERE h.merchant_id = e.merchant_id AND h.id = e.received_id AND h.backfill)
GROUP BY 1, 2, 3
"""  # noqa: S608 - our own words alone
_CHANCES = f"""
SELECT coalesce(c.root_id, c.id), x.at, x.held_out, coalesce(u.root_id, u.id)
FROM offers_chance x {_ROOTS}
JOIN customers_customer u ON u.merchant_id = x.merchant_id AND u.id = x.customer_id
WHERE x.merchant_id = %(merchant)s AND x.at >= %(start)s AND x.at < %(now)s ORDER BY x.at, x.id
"""  # noqa: S608 - our own words alone
# A sale alone, and nothing that a remedy made: a replacement is no order of theirs, whatever the shop calls it.
_SALES = """
SELECT coalesce(c.root_id, c.id), o.placed_at, o.currency, o.captured - o.refunded, o.total,
  o.total - o.tax - o.shipping, goods.cost
FROM commerce_order o
JOIN customers_customer c ON c.merchant_id = o.merchant_id AND c.id = o.customer_id
CROSS JOIN LATERAL (
  SELECT CASE WHEN bool_and(coalesce(l.cost, v.cost) IS NOT NULL)
    THEN sum(coalesce(l.cost, v.cost) * greatest(l.quantity - l.refunded, 0)) END AS cost
  FROM commerce_orderline l
  LEFT JOIN commerce_variant v ON v.merchant_id = l.merchant_id AND v.id = l.variant_id AND v.currency = o.currency
  WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id) goods
WHERE o.merchant_id = %(merchant)s AND o.placed_at > %(start)s AND o.placed_at <= %(end)s AND o.kind = 'sale'
  AND o.captured > o.refunded AND coalesce(c.root_id, c.id) = ANY(%(customers)s)
  AND NOT EXISTS (SELECT FROM remedies_remedy r WHERE r.merchant_id = o.merchant_id AND r.made_order_id = o.id)
  AND (o.key = '' OR NOT EXISTS (SELECT FROM remedies_remedy r WHERE r.merchant_id = o.merchant_id AND r.key = o.key))
"""

Changed = Callable[[int, str], int | None]  # minor units of a currency → of the merchant's; None: nobody knows


@dataclass(frozen=True, slots=True)
class _Drawn:
    """When somebody was drawn, to which side, and who they are today."""

    at: datetime
    held_out: bool
    customer: int


@dataclass(frozen=True)
class _Span:
    """The month, and the year that the trial looks at."""

    merchant: Merchant
    first: date
    now: datetime

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return self.at(self.first), self.at(days.next_month(self.first))

    @property
    def trial(self) -> tuple[datetime, datetime]:
        begin = days.next_month(self.first)
        for _month in range(TRIAL):
            begin = days.month_before(begin)
        return self.at(begin), self.bounds[1]

    def at(self, day: date) -> datetime:
        return days.bounds(day, days.zone_of(self.merchant.timezone))[0]

    @property
    def asked(self) -> dict[str, Any]:
        start, end = self.bounds
        after = {"first": self.first, "next": days.next_month(self.first), "zone": self.merchant.timezone}
        return {"merchant": self.merchant.id, "start": start, "end": end, "now": self.now, **after}


def month_of(merchant: Merchant, first: date, now: datetime) -> Month:
    """A month of the merchant's, by their own calendar, as far as it is known at `now`."""
    span, rates = _Span(merchant, first, now), rates_of(merchant)
    today = now.astimezone(days.zone_of(merchant.timezone)).date()
    work = [Work(*values) for values in _rows(_WORK, span.asked)]
    contacts = list(_contacts(span, rates))
    changed = _changed(merchant)
    given = _given(span, changed)
    chances = _chances(span)
    served = _served(span, span.bounds, chances, None)
    trial = _trial(span, chances)
    sales, elsewhere = _sales(span, [*served, *trial], changed)
    rows: list[Work | Contact | Given] = [*work, *contacts, *given]
    roots = {each.root for each in rows if each.root}
    fixed = rates.fixed(days.of_month(first, today)) if first <= today else 0
    month = Month(first, now, merchant.currency, fixed, work, contacts, given, served, trial, sales)
    return replace(month, topics=_topics(merchant, roots, served), elsewhere=elsewhere)


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _contacts(span: _Span, rates: Rates) -> Iterable[Contact]:
    """Priced by the day they came on."""
    counts: dict[tuple[int, str], tuple[int, int | None]] = {}
    for root, channel, day, count in _rows(_CONTACTS, span.asked):
        rate = rates.contact(channel, day)
        before, cost = counts.get((root, channel), (0, None))
        counts[root, channel] = before + count, cost if rate is None else (cost or 0) + count * rate
    return (Contact(root, channel, count, cost) for (root, channel), (count, cost) in counts.items())


def _given(span: _Span, changed: Changed) -> list[Given]:
    start, end = span.bounds
    rows = Remedy.objects.filter(merchant=span.merchant, state__in=COUNTS, given_at__gte=start, given_at__lt=end)
    found = rows.order_by("id").values_list("conversation_id", "conversation__root_id", "kind", "cost", "currency")
    return [Given(root or number, kind, changed(cost, currency)) for number, root, kind, cost, currency in found]


def _changed(merchant: Merchant) -> Changed:
    """Sums are rounded to the nearest; limits, which may not be slipped under, are rounded up elsewhere."""
    rates = dict(ExchangeRate.objects.filter(merchant=merchant).values_list("currency", "rate"))
    rates[merchant.currency] = Decimal(1)

    def changed(minor: int, currency: str) -> int | None:
        if not minor or currency == merchant.currency:
            return minor
        if currency not in rates:
            return None
        exact = Decimal(minor).scaleb(digits(merchant.currency) - digits(currency)) * rates[currency]
        return int(exact.to_integral_value(ROUND_HALF_UP))

    return changed


def _chances(span: _Span) -> dict[int, _Drawn]:
    """Conversation → how it was first drawn."""
    found: dict[int, _Drawn] = {}
    since = span.trial[0] - timedelta(days=LONGEST)
    for root, *drawn in _rows(_CHANCES, {**span.asked, "start": since}):
        found.setdefault(root, _Drawn(*drawn))
    return found


def _served(
    span: _Span,
    bounds: tuple[datetime, datetime],
    chances: dict[int, _Drawn],
    only: set[int] | None,
) -> list[Serve]:
    """Matters settled between; `only` these conversations. A suggestion that came before the end of it begins it."""
    start, end = bounds
    here = Q(at__gte=start, at__lt=end) | Q(first_at__gte=start, first_at__lt=end)
    rows = Served.objects.filter(here, merchant=span.merchant)
    if only is not None:
        rows = rows.filter(conversation_id__in=only)
    found = []
    for root, customer, now_root, topic, at, first_at in rows.values_list(
        "conversation_id", "customer_id", "customer__root_id", "topic_id", "at", "first_at"
    ):
        begin = first_at if first_at and start <= first_at < end else at
        drawn = chances.get(root)
        if drawn and start <= drawn.at < begin:
            begin = drawn.at
        found.append(Serve(root, now_root or customer, topic, begin, drawn.held_out if drawn else None))
    return found


def _trial(span: _Span, chances: dict[int, _Drawn]) -> list[Serve]:
    """Everyone drawn, whether their matter was resolved since or not: a suggestion may decide that too."""
    start, end = span.trial
    settled = _served(span, span.trial, chances, set(chances))
    known = {each.root for each in settled}
    open_yet = ((root, each) for root, each in chances.items() if root not in known and start <= each.at < end)
    return settled + [Serve(root, each.customer, None, each.at, each.held_out) for root, each in open_yet]


def _sales(span: _Span, serves: Sequence[Serve], changed: Changed) -> tuple[list[Sale], dict[str, int]]:
    if not serves:
        return [], {}
    found, other = [], Counter[str]()
    asked = {
        "merchant": span.merchant.id,
        "customers": sorted({each.customer for each in serves}),
        "start": min(each.start for each in serves),
        "end": min(max(each.start for each in serves) + timedelta(days=LONGEST), span.now),
    }
    for customer, at, currency, kept, total, net, goods in _rows(_SALES, asked):
        home = changed(kept, currency)
        if home is None:
            other[currency] += kept
            continue
        # Of what was kept, the part that is neither tax nor delivery, less what the goods cost.
        margin = None if goods is None or total <= 0 else round(Decimal(kept) * net / total) - int(goods)
        found.append(Sale(customer, at, home, None if margin is None else _signed(changed, margin, currency)))
    return found, dict(other)


def _signed(changed: Changed, minor: int, currency: str) -> int | None:
    found = changed(abs(minor), currency)
    return found if found is None or minor >= 0 else -found


def _topics(merchant: Merchant, roots: set[int], served: Sequence[Serve]) -> dict[int, int | None]:
    """A settled matter's as it was written down, any other's as it is today."""
    rows = Conversation.objects.filter(merchant=merchant, id__in=roots)
    return {**dict(rows.values_list("id", "topic_id")), **{each.root: each.topic_id for each in served}}


def has_orders(merchant: Merchant) -> bool:
    """Whether anything could have been bought at all."""
    return Order.objects.filter(merchant=merchant, kind="sale").exists()
