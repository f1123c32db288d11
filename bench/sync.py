"""Expectation, promise and plan of a hundred thousand open promises, compared: the check that runs every half hour.

Held against PostgreSQL reading the same rows together and handing back one number: nothing compared, nothing made of
them. The first check finds a thousand differences and writes them down; the later ones find them again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from .ground import Ground
from .row import Row
from .shop import Shop, open_shop

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

PROMISES, LATE, TURNS = 100_000, 1_000, 5
ENOUGH = 2.0  # seconds
_BASE = 70_000_000  # far from ids that sequences have given

_FILL = (
    """INSERT INTO customers_customer (id, merchant_id, name, language, timezone, preferred_channel, fields)
  SELECT %(base)s + n, %(merchant)s, 'Ada ' || n, '', '', '', '{}' FROM generate_series(0, %(orders)s - 1) n""",
    """INSERT INTO commerce_order (id, merchant_id, customer_id, external_id, number, number_key, source, kind, url,
    attached_because, store_customer, email, phone, name, ship_to, bill_to, note, currency, subtotal, discount,
    shipping, tax, total, captured, refunded, paid, sent, placed_at, created_at, promised_by)
  SELECT %(base)s + n, %(merchant)s, %(base)s + n, '', '#' || 1000 + n, 1000 + n, 'sheet', 'sale', '', 'email proven',
    '', 'ada' || n || '@ada.example', '', 'Ada', '{"city": "York"}', '{}', '', 'EUR', 14700, 0, 495, 0, 15195, 15195, 0,
    'paid', 'sent', now() - interval '2 days', now(), current_date + 3 + (n %% 5)::int
  FROM generate_series(0, %(orders)s - 1) n""",
    """INSERT INTO promises_promise (merchant_id, customer_id, order_id, kind, due_at, whole_day, "where", by)
  SELECT merchant_id, customer_id, id, 'delivery', (promised_by + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 us',
    true, 'checkout', 'system' FROM commerce_order WHERE merchant_id = %(merchant)s""",
    """INSERT INTO promises_expectation (merchant_id, customer_id, order_id, kind, by_day, firm, source, quote, by)
  SELECT merchant_id, customer_id, id, 'delivery', promised_by, false, 'checkout', '', 'system'
  FROM commerce_order WHERE merchant_id = %(merchant)s""",
    """INSERT INTO fulfilment_forecast (merchant_id, order_id, stage, promised, on_time, p50, p80, p90, p95, parcels,
    "group", newest)
  SELECT merchant_id, id, 'in_transit', promised_by, CASE WHEN id %% (%(orders)s / %(late)s) = 0 THEN 0.2 ELSE 0.97 END,
    promised_by - 2, promised_by - 1, promised_by - 1, promised_by + (id %% 2)::int, 300, '', true
  FROM commerce_order WHERE merchant_id = %(merchant)s""",
)
_TABLES = (
    "customers_customer", "commerce_order", "promises_promise", "promises_expectation", "fulfilment_forecast",
)  # fmt: skip
_LIMIT = """
SELECT count(e.by_day) + count(f.p95) + count(o.promised_by) FROM promises_promise p
JOIN commerce_order o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
JOIN promises_expectation e ON e.merchant_id = p.merchant_id AND e.order_id = p.order_id
JOIN fulfilment_forecast f ON f.merchant_id = p.merchant_id AND f.order_id = p.order_id AND f.newest
WHERE p.merchant_id = %s AND p.kind = 'delivery' AND p.kept_at IS NULL
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """One row: seconds for a check of all of them."""
    from django.db import connection

    shop = open_shop(ground)
    with connection.cursor() as cursor:
        _fill(cursor, shop)
    say(f"{PROMISES:,} open promises")
    begun = time.perf_counter()
    _check(shop)
    say(f"{LATE:,} differences written in {time.perf_counter() - begun:.1f} s")
    took, bare = [], []
    with connection.cursor() as cursor:
        for _turn in range(TURNS):
            bare.append(_seconds(lambda: _bare(cursor, shop)))
            took.append(_seconds(lambda: _check(shop)))
    found, limit = median(took), median(bare)
    note = f"{LATE:,} of them differ. The limit is one statement that joins the same rows and counts them."
    shown = (f"{found:.2f} s", f"{limit:.2f} s", f"{found / limit:.1f}")
    yield Row("promises compared", *shown, f"≤ {ENOUGH:.0f} s", found <= ENOUGH, note)


def _seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _check(shop: Shop) -> None:
    from presszero.promises.models import Gap
    from presszero.promises.syncing import sync_all

    found = sync_all(shop.merchant_id)
    opened = Gap.objects.filter(merchant_id=shop.merchant_id, closed_at=None).count()
    if (found, opened) != (LATE, LATE):
        raise RuntimeError(f"Of {LATE} differences {found} were found and {opened} written down.")


def _bare(cursor: CursorWrapper, shop: Shop) -> None:
    cursor.execute(_LIMIT, [shop.merchant_id])
    if cursor.fetchone()[0] != 3 * PROMISES:
        raise RuntimeError("The limit read something else.")


def _fill(cursor: CursorWrapper, shop: Shop) -> None:
    values: dict[str, Any] = {"merchant": shop.merchant_id, "base": _BASE, "orders": PROMISES, "late": LATE}
    for statement in _FILL:
        cursor.execute(statement, values)
    for table in _TABLES:
        cursor.execute(f"ANALYZE {table}")
