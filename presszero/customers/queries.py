"""Reads about customers. A customer is a family: themselves and everyone merged into them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from presszero.core.merging import everyone_below
from presszero.core.text import one_line
from presszero.merchants.models import Merchant

from .models import Consent, Customer, CustomerNote, Handle, Merge


def family(customer: Customer) -> list[int]:
    """The ids this customer is known by today, their own first."""
    root = customer.now_id
    rest = Customer.objects.filter(merchant_id=customer.merchant_id, root_id=root).values_list("id", flat=True)
    return [root, *rest]


def born_to(merge: Merge) -> set[int]:
    """The ids that a merge which stands brought along: its loser, and everyone still merged into them."""
    standing = Merge.objects.filter(merchant_id=merge.merchant_id, undone_at=None)
    family = Customer.objects.filter(merchant_id=merge.merchant_id).filter(
        Q(root_id__in=Customer.objects.filter(id=merge.loser_id).values("root_id")) | Q(id=merge.loser_id)
    )
    return everyone_below(merge.loser_id, standing.filter(loser__in=family).values_list("loser_id", "winner_id"))


def today(customer: Customer) -> Customer:
    """Who this is today, after merges."""
    if customer.root_id is None:
        return customer
    return Customer.objects.get(merchant_id=customer.merchant_id, id=customer.root_id)


def handles(customer: Customer) -> list[Handle]:
    """Every address of the family, the best proven first."""
    rows = Handle.objects.filter(merchant_id=customer.merchant_id, customer_id__in=family(customer))
    order = {"verified": 0, "seen": 1, "claimed": 2, "refuted": 3}
    return sorted(rows, key=lambda h: (order[h.proof], h.id))


def standing_merges(customer: Customer) -> list[Merge]:
    """Merges that can be taken back, newest first."""
    ids = family(customer)
    rows = Merge.objects.filter(merchant_id=customer.merchant_id, undone_at=None, loser_id__in=ids)
    return list(rows.select_related("loser", "winner").order_by("-id"))


def notes(customer: Customer) -> list[CustomerNote]:
    """What the team noted about this person, newest first; at most 50."""
    rows = CustomerNote.objects.filter(
        merchant_id=customer.merchant_id, customer_id__in=family(customer), removed_at=None
    )
    return list(rows.order_by("-id")[:50])


def consents(customer: Customer) -> list[Consent]:
    """The word that counts now for each channel and purpose."""
    rows = Consent.objects.filter(merchant_id=customer.merchant_id, customer_id__in=family(customer)).order_by("-id")
    newest: dict[tuple[str, str], Consent] = {}
    for row in rows[:200]:
        newest.setdefault((row.channel, row.purpose), row)
    return list(newest.values())


def find(merchant: Merchant, words: str, limit: int = 20, among: Q | None = None) -> QuerySet[Customer]:
    """People by part of a name or address, theirs or that of somebody merged into them; of those `among` says."""
    words = one_line(words, 100)
    known = Handle.objects.filter(merchant=merchant, address__icontains=words).values("customer_id")[:200]
    named = Customer.objects.filter(Q(name__icontains=words) | Q(id__in=known), merchant=merchant)
    today_ids = named.order_by("-id").annotate(today=Coalesce("root_id", "id")).values("today")[:200]
    return Customer.objects.filter(among or Q(), merchant=merchant, id__in=today_ids).order_by("-id")[:limit]
