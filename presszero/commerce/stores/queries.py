"""What the settings show of stores: how they are, how far their history is read, where they and we differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from ..models import BackFill, Drift, Stale, Store
from .drifting import MISSING, UNREADABLE
from .filling import under_way
from .listening import DEAF
from .registry import adapter, kinds

REPORTED = timedelta(days=30)
_SHOWN = 8  # things of one kind


@dataclass(frozen=True, slots=True)
class Standing:
    """A store as the list shows it. `share` is how much of what is being read is read, 0 to 100; None: nobody knows."""

    store: Store
    platform: str
    reading: bool
    share: int | None
    deaf: str  # why it cannot tell us of changes; "" when it can


@dataclass(frozen=True, slots=True)
class Drifted:
    """One kind of difference within the last month."""

    label: str
    count: int
    newest: datetime
    things: list[Drift]


def standings(merchant: Merchant) -> list[Standing]:
    """Every store of the merchant's; those that were let go come last."""
    rows = Store.objects.filter(merchant=merchant).order_by("paused_at", "id")
    fills: dict[int, list[BackFill]] = {}
    open_ones = BackFill.objects.filter(merchant=merchant, finished_at=None, stopped_at=None)
    for fill in open_ones.order_by("id"):
        fills.setdefault(fill.store_id, []).append(fill)
    found = [standing(store, fills.get(store.id, [])) for store in rows]
    return sorted(found, key=lambda each: each.store.paused_at is not None)


def standing(store: Store, fills: Iterable[BackFill]) -> Standing:
    """`fills` are those under way."""
    going = list(fills)
    sums = [(fill.done, fill.total) for fill in going]
    known = all(total for _done, total in sums)
    whole = sum(total or 0 for _done, total in sums)
    share = min(100, 100 * sum(done for done, _total in sums) // whole) if going and known and whole else None
    return Standing(store, platform(store.kind), bool(going), share, str(store.settings.get(DEAF, "")))


def of(store: Store) -> Standing:
    """How one store stands."""
    return standing(store, under_way(store).order_by("id"))


def fills(store: Store) -> list[tuple[BackFill, str, int | None]]:
    """The newest reading of each sort, with what it is called and how much is read, 0 to 100."""
    rows = BackFill.objects.filter(merchant_id=store.merchant_id, store=store)
    newest = [rows.filter(what=what).order_by("-id").first() for what in ("products", "orders")]
    names = {"products": _("Products"), "orders": _("Orders")}
    return [
        (row, names[row.what], min(100, 100 * row.done // row.total) if row.total else None) for row in newest if row
    ]


def waiting(store: Store) -> int:
    """Things said to have changed that are not fetched yet."""
    return Stale.objects.filter(merchant_id=store.merchant_id, store=store).count()


def report(store: Store, now: datetime) -> list[Drifted]:
    """Where the store and we differed within the last month, by kind, the most frequent first."""
    rows = _reported(store, now)
    kinds_of = rows.values("what", "field").annotate(count=Count("id"), newest=Max("at")).order_by("-count")
    return [
        Drifted(
            _label(each["what"], each["field"]),
            each["count"],
            each["newest"],
            list(rows.filter(what=each["what"], field=each["field"]).order_by("-id")[:_SHOWN]),
        )
        for each in kinds_of
    ]


def platforms() -> list[tuple[str, str]]:
    """(kind, name) of everything that can be connected."""
    return [(kind, platform(kind)) for kind in kinds()]


def platform(kind: str) -> str:
    """A platform's name; its kind once it is not installed any more."""
    return adapter(kind).name if kind in kinds() else kind


def _reported(store: Store, now: datetime) -> QuerySet[Drift]:
    return Drift.objects.filter(merchant_id=store.merchant_id, store=store, at__gte=now - REPORTED)


def _label(what: str, field: str) -> str:
    """In words for whoever owns the shop."""
    labels = {
        ("order", MISSING): _("Orders we had not heard of"),
        ("order", "total"): _("Orders with another total"),
        ("order", "captured"): _("Payments we had not heard of"),
        ("order", "refunded"): _("Refunds we had not heard of"),
        ("order", "cancelled"): _("Cancelled without our hearing of it"),
        ("order", "parcels"): _("Parcels we had not heard of"),
        ("order", UNREADABLE): _("Orders we could not read"),
        ("product", MISSING): _("Products we had not heard of"),
        ("product", "title"): _("Products with another name"),
        ("product", "variant"): _("Variants that came or went"),
        ("product", "price"): _("Other prices"),
        ("product", "stock"): _("Other stock"),
        ("product", UNREADABLE): _("Products we could not read"),
    }
    return labels.get((what, field), field)
