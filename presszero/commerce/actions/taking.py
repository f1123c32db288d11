"""What a store tells us, kept: the same news twice, late, or by two workers at once leaves the same rows."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.text import one_line
from presszero.timeline.actions import record

from .. import facts, reading
from ..models import Cart, Order, Product, Store, Variant
from ..policy import older
from ..reading import BadNews
from ..vocabulary import Changed, Gone, News, StoreCart, StoreOrder, StoreProduct
from . import locking, whole
from .around import look_around, whose

_STALE = """
INSERT INTO commerce_stale (merchant_id, store_id, what, external_id, tries) VALUES (%s, %s, %s, %s, 0)
ON CONFLICT (merchant_id, store_id, what, external_id) DO UPDATE SET at = now(), tries = 0, not_before = NULL
"""


@transaction.atomic
def take(
    merchant_id: int, store: Store | None, news: News, *, source: str = "store", by: Actor = SYSTEM
) -> Order | Product | Cart | None:
    """Keeps one piece of news; the row as it is now, where the news has one. Raises BadNews, and nothing is kept.

    `source` as Order.source. One transaction a piece of news, or two workers may wait for each other.
    """
    if store is not None and store.merchant_id != merchant_id:
        raise BadNews(_("The store is another merchant's."))
    if isinstance(news, StoreOrder):
        return _order(merchant_id, store, reading.order(news), source, by)
    if isinstance(news, StoreProduct):
        return _product(merchant_id, store, reading.product(news))
    if store is None:
        raise BadNews(_("Only a store has carts, or says that something changed."))
    if isinstance(news, StoreCart):
        return _cart(store, reading.cart(news), by)
    if isinstance(news, Changed):
        _stale(store, news)
        return None
    if isinstance(news, Gone):
        return _gone(store, news, by)
    disconnected(store, news.reason, by)
    return None


def disconnected(store: Store, reason: str, by: Actor = SYSTEM) -> None:
    """A person has to connect the store again. Said once, until it is well again."""
    words = one_line(reason, 500) or _("The shop took our access away.")
    rows = Store.objects.filter(merchant_id=store.merchant_id, id=store.id)
    begins = rows.filter(trouble_since=None).update(trouble=words, trouble_since=timezone.now())
    if begins:
        record(facts.StoreTrouble(merchant_id=store.merchant_id, by=by, store_id=store.id))
    else:
        rows.update(trouble=words)


def _order(merchant_id: int, store: Store | None, news: StoreOrder, source: str, by: Actor) -> Order:
    locking.one(merchant_id, store.id if store else None, "order", news.external_id)
    made = whole.write(look_around(merchant_id, store, [news]), news, source, by)
    record(*made.told)
    return made.order


def _product(merchant_id: int, store: Store | None, news: StoreProduct) -> Product:
    locking.one(merchant_id, store.id if store else None, "product", news.external_id)
    row = Product.objects.filter(merchant_id=merchant_id, store=store, external_id=news.external_id).first()
    if row and older(row.store_updated_at, news.updated_at):
        return row
    row = row or Product(merchant_id=merchant_id, store=store, external_id=news.external_id)
    for name in ("title", "kind", "url", "picture_url", "active"):
        setattr(row, name, getattr(news, name))
    row.store_updated_at, row.gone_at = news.updated_at or row.store_updated_at, None
    row.save()
    _variants(row, news)
    return row


def _variants(product: Product, news: StoreProduct) -> None:
    """Those that are not in it any more stay for old orders' sake, and are gone. One may have moved here."""
    ids = [each.external_id for each in news.variants]
    owned: dict[str, Any] = {"merchant_id": product.merchant_id, "store_id": product.store_id}
    rows = Variant.objects.filter(**owned)
    known = {row.external_id: row for row in rows.filter(Q(external_id__in=ids) | Q(product=product))}
    now = timezone.now()
    for each in news.variants:
        row = known.pop(each.external_id, None) or Variant(**owned, external_id=each.external_id)
        row.product, row.currency, row.gone_at, row.updated_at = product, news.currency, None, now
        for name in ("price", "title", "sku", "cost", "stock", "sells_without_stock"):
            setattr(row, name, getattr(each, name))
        row.save()
    left = [row.id for row in known.values()]
    rows.filter(id__in=left, gone_at=None).update(gone_at=now, updated_at=now)


def _cart(store: Store, news: StoreCart, by: Actor) -> Cart:
    locking.one(store.merchant_id, store.id, "cart", news.external_id)
    row = Cart.objects.filter(merchant_id=store.merchant_id, store=store, external_id=news.external_id).first()
    at = news.updated_at or timezone.now()
    if row and older(row.updated_at, news.updated_at):
        return row
    was = (row.total, row.lines, row.ended_at is None) if row else None
    row = row or Cart(merchant_id=store.merchant_id, store=store, external_id=news.external_id)
    row.email, row.currency, row.total, row.url, row.updated_at = news.email, news.currency, news.total, news.url, at
    row.lines = [
        {"title": x.title, "sku": x.sku, "variant": x.variant, "quantity": x.quantity, "price": x.price}
        for x in news.lines
    ]
    row.customer_id, _because = whose(store.merchant_id, [(news.email, "")]).of(news.email, "")
    row.ended_at = (row.ended_at or at) if news.ended else None
    row.save()
    if row.customer_id and was != (row.total, row.lines, row.ended_at is None):
        record(facts.CartChanged(merchant_id=store.merchant_id, by=by, customer_id=row.customer_id, cart_id=row.id))
    return row


def _stale(store: Store, news: Changed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [store.merchant_id, store.id, news.what, one_line(news.external_id, 120)])


def _gone(store: Store, news: Gone, by: Actor) -> Order | Product | None:
    """Deleted in the store: it is not for sale any more, or will not be sent. What was paid stays in the books."""
    external_id = one_line(news.external_id, 120)
    locking.one(store.merchant_id, store.id, news.what, external_id)
    owned = {"merchant_id": store.merchant_id, "store": store, "external_id": external_id}
    if news.what == "order":
        return _order_gone(Order.objects.select_for_update().filter(**owned).first(), by)
    row = Product.objects.filter(**owned).first()
    if row and row.gone_at is None:
        row.gone_at, row.active = timezone.now(), False
        row.save(update_fields=["gone_at", "active"])
        Variant.objects.filter(merchant_id=row.merchant_id, product=row, gone_at=None).update(gone_at=row.gone_at)
    return row


def _order_gone(row: Order | None, by: Actor) -> Order | None:
    if row and row.cancelled_at is None:
        row.cancelled_at = timezone.now()
        row.save(update_fields=["cancelled_at"])
        record(facts.OrderCancelled(merchant_id=row.merchant_id, by=by, order_id=row.id, customer_id=row.customer_id))
    return row
