"""Bringing a history in: thousands of orders a second, the same rows as if each had come by itself.

What is new and older than a day goes in by COPY, a few tables at once, and tells nobody: it is no news. What is known
already, or of today, is written as a store's word is, out of rows looked up for the whole batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import JSONField, Model
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from presszero.core.actor import Actor
from presszero.timeline.actions import record_all
from presszero.timeline.facts import Fact

from . import policy, reading, values
from .actions import locking, whole
from .actions.around import Around, look_around
from .forgotten import forgotten_at, nameless
from .models import Discount, Order, OrderLine, Payment, Refund, Return, Shipment, Store
from .reading import BadNews
from .vocabulary import StoreOrder

BATCH = 1_000
NEWS = timedelta(days=1)  # what is older tells nobody

MODELS: tuple[type[Model], ...] = (Order, OrderLine, Payment, Refund, Discount, Shipment, Return)

_GROWN = """
SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'
AND pg_relation_size(oid) > 4 * relpages::bigint * current_setting('block_size')::bigint
"""

Values = dict[str, Any]
Rows = dict[type[Model], list[Values]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of them. Those that made no sense are in none of the three."""

    new: int = 0
    changed: int = 0
    same: int = 0  # as we knew it, or older than that

    def __add__(self, other: Brought) -> Brought:
        return Brought(self.new + other.new, self.changed + other.changed, self.same + other.same)


def bring(
    merchant_id: int,
    store: Store | None,
    orders: Iterable[StoreOrder],
    *,
    source: str,
    by: Actor,
    rejected: Callable[[str], None] = lambda sentence: None,
) -> Brought:
    """A batch a transaction; `rejected` gets a sentence for each order that makes no sense. Again changes nothing."""
    brought = Brought()
    sound = _sound(orders, rejected)
    while batch := list(islice(sound, BATCH)):
        brought += _batch(merchant_id, store, _newest(batch), source, by)
    return brought


def _sound(orders: Iterable[StoreOrder], rejected: Callable[[str], None]) -> Iterator[StoreOrder]:
    for each in orders:
        try:
            yield reading.order(each)
        except BadNews as why:
            rejected(str(why))


def _newest(batch: Sequence[StoreOrder]) -> list[StoreOrder]:
    """Of an order that is in it twice, the newest word; the last where they do not say when."""
    found: dict[str, StoreOrder] = {}
    for each in batch:
        known = found.get(each.external_id)
        if known is None or not policy.older(known.updated_at, each.updated_at):
            found[each.external_id] = each
    return list(found.values())


@transaction.atomic
def _batch(merchant_id: int, store: Store | None, batch: list[StoreOrder], source: str, by: Actor) -> Brought:
    locking.whole(merchant_id, store.id if store else None)
    around = look_around(merchant_id, store, batch)
    since = timezone.now() - NEWS
    history = [each for each in batch if each.external_id not in around.rows and not _is_news(each, since)]
    new, changed, told = len(history), 0, list[Fact]()
    old = {each.external_id for each in history}
    for each in batch:
        if each.external_id in old:
            continue
        known = each.external_id in around.rows
        written = whole.write(around, each, source, by)
        new, changed = new + (not known), changed + (known and bool(written.told))
        told += written.told if _is_news(each, since) else ()
    _copy_all(_rows(around, history, source))
    if history:
        _measured()
    record_all(told)
    return Brought(new, changed, len(batch) - new - changed)


def _is_news(news: StoreOrder, since: datetime) -> bool:
    return (news.updated_at or news.placed_at) >= since


def _rows(around: Around, history: Sequence[StoreOrder], source: str) -> Rows:
    """Every row of these orders, with ids of the sequences where others point at them."""
    rows: Rows = {model: [] for model in MODELS}
    order_ids = _ids(Order, len(history))
    line_ids = _ids(OrderLine, sum(len(each.lines) for each in history))
    foreign = _keys_taken(around.merchant_id, history)
    for said in history:
        at = forgotten_at(said, around.erased)
        each = nameless(said) if at else said
        owned = {"merchant_id": around.merchant_id, "order_id": next(order_ids)}
        lines = [{**owned, **line, "id": next(line_ids)} for line in values.lines(each, around.variants)]
        by_name = {line["external_id"]: line["id"] for line in lines if line["external_id"]}
        refunds = [_refund(each, refund, foreign) for refund in each.refunds]
        own = {"id": owned["order_id"], "source": source, "forgotten_at": at}
        rows[Order].append(own | _order(around, each, lines))
        rows[OrderLine] += lines
        rows[Payment] += [{**owned, **values.payment(part, each.currency)} for part in each.payments]
        rows[Refund] += [{**owned, **refund} for refund in refunds]
        rows[Discount] += [{**owned, **discount} for discount in values.discounts(each)]
        rows[Shipment] += [{**owned, **values.shipment(part, by_name)} for part in each.shipments]
        rows[Return] += [{**owned, **values.returned(part, each, by_name)} for part in each.returns]
    return rows


def _order(around: Around, news: StoreOrder, lines: Sequence[Values]) -> Values:
    refunded = sum(each.amount for each in news.refunds if each.state != "failed")
    customer_id, because = around.owners.of(news.email, news.phone)
    return {
        "merchant_id": around.merchant_id,
        "store_id": around.store.id if around.store else None,
        "external_id": news.external_id,
        "customer_id": customer_id,
        "attached_because": because,
        "key": news.key,
        **values.head(news),
        **values.buyer(news),
        **values.sums(news, lines, refunded),
    }


def _refund(news: StoreOrder, said: Any, foreign: set[str]) -> Values:
    """A key that stands in two orders is believed in the first only."""
    key = "" if said.key in foreign else said.key
    foreign.add(key)
    return values.refund(replace(said, key=key), news.currency)


def _keys_taken(merchant_id: int, history: Sequence[StoreOrder]) -> set[str]:
    keys = {refund.key for each in history for refund in each.refunds if refund.key}
    if not keys:
        return set()
    return set(Refund.objects.filter(merchant_id=merchant_id, key__in=keys).values_list("key", flat=True))


def _ids(model: type[Model], count: int) -> Iterator[int]:
    if not count:
        return iter(())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([number for (number,) in cursor.fetchall()])


def _copy_all(rows: Rows) -> None:
    for model, of_these in rows.items():
        if of_these:
            _copy(model, of_these)


def _copy(model: type[Model], rows: Sequence[Values]) -> None:
    """COPY, a column for every field that the rows name or that has no default in the database."""
    columns, defaults, as_json = _columns(model, rows[0])
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as into:
        for each in rows:
            row = [each.get(column, default) for column, default in zip(columns, defaults, strict=True)]
            for place in as_json:
                row[place] = json.dumps(row[place])
            into.write_row(row)


def _measured() -> None:
    """Has the database measure tables that have grown fourfold since it last did.

    It checks each row's keys by a plan that it makes once: made for an empty table, that plan reads the whole of it for
    every row, and a history that takes a minute takes an hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [[model._meta.db_table for model in MODELS]])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")


def _columns(model: type[Model], row: Mapping[str, Any]) -> tuple[list[str], list[Any], list[int]]:
    """Names, what stands where a row says nothing, and which of them are JSON."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.attname in row or not (field.primary_key or isinstance(field.get_default(), DatabaseDefault))
    ]
    as_json = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    return [field.column for field in fields], [field.get_default() for field in fields], as_json
