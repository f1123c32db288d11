"""Where a store and we differ: found by a reconcile, set right by the store's word, and reported, as it has a cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from presszero.core.money import Money
from presszero.core.text import one_line

from ..models import Drift, Order, Product, Store
from ..vocabulary import StoreOrder, StoreProduct

MISSING, UNREADABLE = "missing", "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. `ours` and `theirs` as people read them."""

    what: str  # order · product
    external_id: str
    number: str
    field: str  # missing · total · captured · refunded · cancelled · parcels · title · variant · price · stock
    ours: str
    theirs: str


def of_orders(store: Store, found: Sequence[StoreOrder], settled_before: datetime) -> list[Difference]:
    """What we should have known of these orders and do not.

    What the store changed after `settled_before` may still be on its way to us, and is no difference.
    """
    rows = Order.objects.filter(merchant_id=store.merchant_id, store=store)
    ours = {
        row.external_id: row
        for row in rows.filter(external_id__in=[each.external_id for each in found]).prefetch_related("shipments")
    }
    late = [each for each in found if each.updated_at is None or each.updated_at <= settled_before]
    return [one for each in late for one in _order(each, ours.get(each.external_id))]


def of_products(store: Store, found: Sequence[StoreProduct], settled_before: datetime) -> list[Difference]:
    """As of_orders: titles, prices and stock."""
    rows = Product.objects.filter(merchant_id=store.merchant_id, store=store)
    ids = [each.external_id for each in found]
    ours = {row.external_id: row for row in rows.filter(external_id__in=ids).prefetch_related("variants")}
    late = [each for each in found if each.updated_at is None or each.updated_at <= settled_before]
    return [one for each in late for one in _product(each, ours.get(each.external_id))]


def note(store: Store, found: Iterable[Difference]) -> int:
    """Writes them down; how many."""
    rows = [
        Drift(
            merchant_id=store.merchant_id,
            store=store,
            what=each.what,
            external_id=each.external_id[:120],
            number=one_line(each.number, 60),
            field=each.field,
            ours=one_line(each.ours, 200),
            theirs=one_line(each.theirs, 200),
        )
        for each in found
    ]
    return len(Drift.objects.bulk_create(rows))


def note_unreadable(store: Store, what: str, why: str, external_id: str = "") -> None:
    """Something the store holds makes no sense to us: said once a thing, however often it is fetched."""
    same = Drift.objects.filter(merchant_id=store.merchant_id, store=store, what=what, field=UNREADABLE)
    if not same.filter(external_id=external_id, theirs=one_line(why, 200)).exists():
        note(store, [Difference(what, external_id, "", UNREADABLE, "", why)])


def _order(theirs: StoreOrder, ours: Order | None) -> list[Difference]:
    def differs(field: str, mine: str, other: str) -> Difference:
        return Difference("order", theirs.external_id, theirs.number, field, mine, other)

    if ours is None:
        return [differs(MISSING, "", str(Money(theirs.total, theirs.currency)))]
    if ours.source != "store" or ours.forgotten_at:
        return []
    refunded = sum(each.amount for each in theirs.refunds if each.state != "failed")
    sums = [("total", ours.total, theirs.total), ("refunded", ours.refunded, refunded)]
    if theirs.captured is not None:
        sums.append(("captured", ours.captured, theirs.captured))
    found = [
        differs(name, str(Money(mine, ours.currency)), str(Money(other, theirs.currency)))
        for name, mine, other in sums
        if mine != other
    ]
    if (ours.cancelled_at is None) != (theirs.cancelled_at is None):
        found.append(differs("cancelled", _when(ours.cancelled_at), _when(theirs.cancelled_at)))
    parcels = sorted(each.tracking for each in ours.shipments.all() if each.external_id)
    others = sorted(each.tracking for each in theirs.shipments)
    return [*found, differs("parcels", ", ".join(parcels), ", ".join(others))] if parcels != others else found


def _product(theirs: StoreProduct, ours: Product | None) -> list[Difference]:
    def differs(field: str, mine: object, other: object) -> Difference:
        return Difference("product", theirs.external_id, theirs.title, field, str(mine), str(other))

    if ours is None or ours.gone_at:
        return [differs(MISSING, "", theirs.title)]
    found = [] if ours.title == one_line(theirs.title, 300) else [differs("title", ours.title, theirs.title)]
    variants = {row.external_id: row for row in ours.variants.all() if row.gone_at is None}
    for each in theirs.variants:
        row = variants.pop(each.external_id, None)
        if row is None:
            found.append(differs("variant", "", each.title or each.sku))
            continue
        if row.price != each.price:
            found.append(differs("price", Money(row.price, row.currency), Money(each.price, theirs.currency)))
        if row.stock != each.stock:
            found.append(differs("stock", row.stock, each.stock))
    return [*found, *(differs("variant", row, "") for row in variants.values())]


def _when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else ""
