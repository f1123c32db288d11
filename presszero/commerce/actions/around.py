"""What is known of orders that news has come about: found for one or for thousands in the same few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from .. import forgotten, policy
from ..models import Discount, Order, OrderLine, Payment, Refund, Return, Shipment, Store, Variant
from ..vocabulary import StoreOrder

PARTS = (OrderLine, Payment, Refund, Discount, Shipment, Return)

# An e-mail address by whoever has it, with how surely; a phone number only by whoever has proven it.
_HAVE = """
SELECT h.kind, h.address, h.customer_id, coalesce(c.root_id, c.id), h.proof = 'verified'
FROM customers_handle h JOIN customers_customer c ON c.merchant_id = h.merchant_id AND c.id = h.customer_id
WHERE h.merchant_id = %s AND ((h.kind = 'email' AND h.address = ANY(%s) AND h.proof <> 'refuted')
  OR (h.kind = 'phone' AND h.address = ANY(%s) AND h.proof = 'verified'))
"""


@dataclass(frozen=True)
class Owners:
    """Who has the addresses that orders name: born to whom, who that is now, and whether it is proven."""

    found: Mapping[tuple[str, str], tuple[int, int, bool]]

    def of(self, email: str, phone: str) -> tuple[int | None, str]:
        """The customer that an order belongs to, and the reason as Order.attached_because; (None, "") while it waits.

        The id is of whom the address was born to: a merge later rewrites nothing, and can be taken back.
        """
        _born_to, email_of, proven = self.found.get(("email", email), (None, None, False))
        _caller, phone_of, _proven = self.found.get(("phone", phone), (None, None, False))
        by = policy.decides(email_of, proven, phone_of)
        if not by:
            return None, ""
        return self.found[by, email if by == "email" else phone][0], f"{by} proven"


@dataclass
class Around:
    """Of the orders asked for: their rows, locked, by the store's id; their parts, by model and order; and the rest."""

    merchant_id: int
    store: Store | None
    owners: Owners
    rows: dict[str, Order] = field(default_factory=dict)
    parts: dict[type[Any], dict[int, list[Any]]] = field(default_factory=dict)
    variants: dict[tuple[str, str], int] = field(default_factory=dict)
    erased: dict[forgotten.Known, datetime] = field(default_factory=dict)


def look_around(merchant_id: int, store: Store | None, news: Sequence[StoreOrder]) -> Around:
    """`news` has been read; the caller holds the locks."""
    ids = [each.external_id for each in news]
    known = Order.objects.filter(merchant_id=merchant_id, store=store, external_id__in=ids)
    owners = whose(merchant_id, ((each.email, each.phone) for each in news))
    found = Around(merchant_id, store, owners)
    found.rows = {row.external_id: row for row in known.select_for_update().order_by("id")}
    found.variants = _variants(merchant_id, store, news)
    addresses = [("email", each.email) for each in news] + [("phone", each.phone) for each in news]
    found.erased = forgotten.erased(merchant_id, addresses)
    order_ids = [row.id for row in found.rows.values()]
    for model in PARTS:
        found.parts[model] = defaultdict(list)
        if order_ids:
            of_these = model._default_manager.filter(merchant_id=merchant_id, order_id__in=order_ids)
            for part in of_these.order_by("id"):
                found.parts[model][part.order_id].append(part)
    return found


def whose(merchant_id: int, addresses: Iterable[tuple[str, str]]) -> Owners:
    """Who has these (e-mail, phone); either may be ""."""
    given = list(addresses)
    emails = list({email for email, _phone in given if email})
    phones = list({phone for _email, phone in given if phone.startswith("+")})
    if not emails and not phones:
        return Owners({})
    with connection.cursor() as cursor:
        cursor.execute(_HAVE, [merchant_id, emails, phones])
        return Owners({(kind, address): (born, now, proven) for kind, address, born, now, proven in cursor.fetchall()})


def _variants(merchant_id: int, store: Store | None, news: Sequence[StoreOrder]) -> dict[tuple[str, str], int]:
    """Our variants by the store's id; for lines that name none we know, by a sku that only one of them has."""
    rows = Variant.objects.filter(merchant_id=merchant_id, store=store)
    ids = {line.variant for each in news for line in each.lines if line.variant}
    named = rows.filter(external_id__in=ids).values_list("external_id", "id") if ids else ()
    found = {("id", external_id): number for external_id, number in named}
    skus = {line.sku for each in news for line in each.lines if line.sku and ("id", line.variant) not in found}
    by_sku: dict[str, list[int]] = defaultdict(list)
    if skus:
        for sku, number in rows.filter(sku__in=skus, gone_at=None).values_list("sku", "id"):
            by_sku[sku].append(number)
    return found | {("sku", sku): numbers[0] for sku, numbers in by_sku.items() if len(numbers) == 1}
