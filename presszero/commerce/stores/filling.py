"""Reading a store's history, a page at a time: the whole of it once it is connected, what changed every night.

The place in the pages is kept once a page is: a worker may die anywhere, another reads that page again, and nothing of
it changes twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from presszero.channels.adapter import Unreadable
from presszero.core.actor import SYSTEM
from presszero.timeline.actions import wake

from .. import reading
from ..actions.taking import take
from ..bulk import bring
from ..models import BackFill, Store
from ..reading import BadNews
from ..vocabulary import Page, StoreOrder, StoreProduct
from . import drifting
from .adapter import AccessLost, StoreAway
from .asking import Way, asking
from .fetching import fetch_of
from .listening import listen

WHAT = ("products", "orders")  # in this order: an order's lines look for their products
WAKES = "stores"  # the channel that tells of something to read
A_TURN = 5  # pages of one store before the next one has a turn
ON_ITS_WAY = timedelta(minutes=15)  # what changed so lately may still be coming by webhook


def begin(store: Store, *, since: datetime | None = None) -> list[BackFill]:
    """Has the store's products and orders read, from `since` on or whole. Those under way go on as they are."""
    known = {fill.what: fill for fill in under_way(store)}
    owned = {"merchant_id": store.merchant_id, "store": store, "since": since}
    made = [known.get(what) or BackFill.objects.create(**owned, what=what) for what in WHAT]
    wake(WAKES)
    return made


def stop(store: Store) -> int:
    """Ends what is under way; how many. What was read stays."""
    return under_way(store).update(stopped_at=timezone.now())


def under_way(store: Store) -> QuerySet[BackFill]:
    return BackFill.objects.filter(merchant_id=store.merchant_id, store=store, finished_at=None, stopped_at=None)


def fill_due() -> int:
    """One round: a few pages of every store whose history is being read; how many pages."""
    waiting = BackFill.objects.filter(finished_at=None, stopped_at=None, store__paused_at=None)
    ids = list(waiting.values_list("store_id", flat=True).distinct())
    return sum(_fill_of(store) for store in Store.objects.filter(id__in=ids).order_by("id"))


def _fill_of(store: Store) -> int:
    read = 0
    with asking(store) as way:
        while way and read < A_TURN:
            fill = under_way(store).order_by("id").first()
            if fill is None:
                break
            fetch_of(store, way)  # what changes today does not wait for years of history
            _read(store, fill, way)
            read += 1
    return read


def _read(store: Store, fill: BackFill, way: Way) -> None:
    if fill.since and fill.what == WHAT[0] and not fill.cursor:
        listen(way.adapter, store)
    ask = way.adapter.products if fill.what == "products" else way.adapter.orders
    try:
        page = ask(way.settings, fill.cursor, fill.since)
    except (StoreAway, AccessLost) as why:
        if not isinstance(why, StoreAway) or why.retry_after is None:
            BackFill.objects.filter(merchant_id=fill.merchant_id, id=fill.id).update(trouble=str(why))
        raise
    except Unreadable as why:  # the same page would be as unreadable the next time
        page = Page((), "", fill.total, (str(why),))
        BackFill.objects.filter(merchant_id=fill.merchant_id, id=fill.id).update(stopped_at=timezone.now())
        fill.trouble = str(why)
    rejected = [*page.rejected, *_keep(store, fill, page)]
    with transaction.atomic():
        for sentence in rejected:
            drifting.note_unreadable(store, fill.what.removesuffix("s"), sentence)
        _went_on(fill, page, len(rejected))


def _went_on(fill: BackFill, page: Page, rejected: int) -> None:
    """Nothing, when somebody stopped it meanwhile: the page is kept, the place is not."""
    now = timezone.now()
    row = BackFill.objects.select_for_update().get(merchant_id=fill.merchant_id, id=fill.id)
    row.done += len(page.found)
    row.rejected += rejected
    row.total = page.total if page.total is not None else row.total
    row.trouble = fill.trouble if row.stopped_at else ""
    if row.stopped_at is None:
        stuck = page.cursor == row.cursor and page.cursor != ""  # it would go round for ever
        row.cursor = page.cursor
        row.finished_at = now if not page.cursor or stuck else None
    row.save(update_fields=["done", "rejected", "total", "trouble", "cursor", "finished_at"])
    if row.finished_at and row.what == "orders":
        Store.objects.filter(merchant_id=row.merchant_id, id=row.store_id).update(reconciled_at=row.started_at)


def _keep(store: Store, fill: BackFill, page: Page) -> list[str]:
    """A sentence for each that made no sense."""
    orders = [each for each in page.found if isinstance(each, StoreOrder)]
    products = [each for each in page.found if isinstance(each, StoreProduct)]
    rejected: list[str] = []
    if fill.since is None:
        bring(store.merchant_id, store, orders, source="store", by=SYSTEM, rejected=rejected.append)
        rejected += _take(store, products)
    else:
        rejected += _reconcile(store, fill, orders, products)
    return rejected


def _reconcile(
    store: Store, fill: BackFill, orders: Sequence[StoreOrder], products: Sequence[StoreProduct]
) -> list[str]:
    """As the store says, and what we had not known is written down; not where it cannot tell us of changes anyhow."""
    sound, rejected = _sound(orders)
    before = fill.started_at - ON_ITS_WAY
    if store.heard_at:
        drifting.note(store, drifting.of_orders(store, sound, before))
        drifting.note(store, drifting.of_products(store, products, before))
    return [*rejected, *_take(store, sound), *_take(store, products)]


def _sound(orders: Sequence[StoreOrder]) -> tuple[list[StoreOrder], list[str]]:
    sound, rejected = [], []
    for each in orders:
        try:
            sound.append(reading.order(each))
        except BadNews as why:
            rejected.append(f"{each.number}: {why}")
    return sound, rejected


def _take(store: Store, found: Sequence[StoreOrder | StoreProduct]) -> list[str]:
    rejected = []
    for each in found:
        try:
            take(store.merchant_id, store, each)
        except BadNews as why:
            rejected.append(f"{each.number if isinstance(each, StoreOrder) else each.title}: {why}")
    return rejected
