"""Why was nothing sent? What the gate said lately, of one customer or of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from presszero.commerce.models import Order
from presszero.commerce.policy import number_key
from presszero.customers.models import Customer
from presszero.customers.queries import family, find
from presszero.merchants.models import Merchant

from .gate.saying import word
from .models import GateDecision

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the gate, as it is read."""

    row: GateDecision
    customer: Customer
    sentence: str


def lately(merchant: Merchant, at: datetime, days: int = 7) -> list[tuple[str, int]]:
    """(sentence, how often) of what kept messages here in these days; the most frequent first."""
    rows = GateDecision.objects.filter(merchant=merchant, rehearsal=False, at__gt=at - timedelta(days=days))
    counted = rows.exclude(outcome="yes").values_list("rule").annotate(times=Count("id")).order_by("-times", "rule")
    return [(word(rule), times) for rule, times in counted]


def about(merchant: Merchant, words: str) -> list[Told]:
    """What was said of whoever these words name: an order's number, a name, part of an address. Newest first."""
    people = _named(merchant, words)
    ids = {each for person in people for each in family(person)}
    rows = GateDecision.objects.filter(merchant=merchant, customer_id__in=ids).select_related("customer", "outreach")
    return [Told(row, row.customer, word(row.rule)) for row in rows.order_by("-id")[:_SHOWN]]


def _named(merchant: Merchant, words: str) -> list[Customer]:
    orders = Order.objects.filter(merchant=merchant, number_key=number_key(words), customer__isnull=False)
    ids = list(orders.values_list("customer_id", flat=True)[:5]) if words.strip() else []
    if ids:
        return list(Customer.objects.filter(merchant=merchant, id__in=ids))
    return list(find(merchant, words, 5)) if len(words.strip()) > 1 else []
