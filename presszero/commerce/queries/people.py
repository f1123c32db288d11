"""A customer's orders, what they come to, and what is in their cart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from presszero.core.rows import columns, row
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant

from ..models import Cart, Order
from ..worth import Spent, Worth, summed
from .family import FAMILY, GIVEN, SHOPPING, SPENT, THEIRS, WAITING

_ORDER = columns(Order, "o")
_OF = f"WITH {FAMILY} SELECT {_ORDER} FROM {THEIRS} t JOIN commerce_order o USING (id)"  # noqa: S608 - our own words
_WAITS = f"WITH {FAMILY}, {GIVEN} SELECT {_ORDER} FROM {WAITING} t JOIN commerce_order o USING (id)"  # noqa: S608
_END = " WHERE o.merchant_id = %(merchant)s ORDER BY o.placed_at DESC, o.id DESC"


def orders_of(customer: Customer, limit: int = 20) -> list[Order]:
    """Theirs by proof or by a member's word, newest first."""
    return _orders(_OF + _END, customer, most=limit)


def waiting_for(customer: Customer, limit: int = 20) -> list[Order]:
    """Orders under an address that they gave and have not proven, newest first.

    They may be somebody else's: a screen says their number and day, and nothing of what is in them.
    """
    return _orders(_WAITS + _END, customer, waiting=limit)


def worth(customer: Customer) -> Worth:
    """What this customer's sales come to."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {FAMILY} {SPENT}", _about(customer))
        parts = [Spent(*values) for values in cursor.fetchall()]
    return summed(parts, customer.merchant.currency)


def worths(merchant: Merchant, customer_ids: Iterable[int]) -> dict[int, Worth]:
    """The same for many at once, by the ids that were given; one statement for all of them."""
    wanted = set(customer_ids)
    people = Customer.objects.filter(merchant=merchant)
    now = {each.id: each.now_id for each in people.filter(id__in=wanted).only("id", "root_id")}
    roots = set(now.values())
    family = dict(people.filter(Q(id__in=roots) | Q(root_id__in=roots)).values_list("id", "root_id"))
    theirs = Order.objects.filter(merchant=merchant, customer_id__in=family, kind="sale")
    parts: dict[int, list[Spent]] = defaultdict(list)
    for each in theirs.values("customer_id", "currency").annotate(
        orders=Count("id", filter=Q(cancelled_at=None)),
        minor=Sum(F("captured") - F("refunded")),
        first_at=Min("placed_at"),
        last_at=Max("placed_at"),
    ):
        mine = each.pop("customer_id")
        parts[family[mine] or mine].append(Spent(**each))
    return {asked: summed(_by_currency(parts[root]), merchant.currency) for asked, root in now.items()}


def cart_of(customer: Customer, at: datetime | None = None) -> Cart | None:
    """What they are putting together just now, where the shop tells us; never by an unproven address."""
    ids = customers.family(customer)
    rows = Cart.objects.filter(merchant_id=customer.merchant_id, customer_id__in=ids, ended_at=None)
    since = (at or timezone.now()) - SHOPPING
    return rows.filter(updated_at__gte=since).select_related("store").order_by("-updated_at").first()


def _by_currency(parts: list[Spent]) -> list[Spent]:
    """A family's parts, one a currency."""
    found: dict[str, Spent] = {}
    for each in parts:
        known = found.get(each.currency)
        found[each.currency] = _both(known, each) if known else each
    return list(found.values())


def _both(one: Spent, other: Spent) -> Spent:
    firsts = [each.first_at for each in (one, other) if each.first_at]
    lasts = [each.last_at for each in (one, other) if each.last_at]
    return Spent(one.currency, one.orders + other.orders, one.minor + other.minor, min(firsts), max(lasts))


def _about(customer: Customer, **more: Any) -> dict[str, Any]:
    return {"merchant": customer.merchant_id, "root": customer.now_id, **more}


def _orders(statement: str, customer: Customer, **more: Any) -> list[Order]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _about(customer, **more))
        found = [row(Order, iter(values)) for values in cursor.fetchall()]
    return [each for each in found if each]
