"""The desk's panel of a customer's orders, and the search for an order, in a shop with a million orders."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop

ORDERS, CUSTOMERS, PRODUCTS = 1_000_000, 200_000, 5_000
P95 = 50  # milliseconds
FOUND_P95 = 150
TIMES = 400
LOYAL = 2_000  # orders of the most loyal customer
_BASE = 50_000_000  # far from ids that sequences have given

# Indexes that are quicker built at once than row by row.
_LATE = ("order_name_trigram", "customer_name_trigram", "handle_address_trigram", "line_title_trigram")

_FILL = (
    """INSERT INTO customers_customer (id, merchant_id, root_id, name, language, timezone, preferred_channel, fields)
  SELECT %(base)s + n, %(merchant)s, CASE WHEN n %% 50 = 1 THEN %(base)s + n - 1 END,
    'Ada ' || initcap(left(md5(n::text), 8)) || ' Kowalski', '', '', '', '{}'
  FROM generate_series(0, %(customers)s - 1) n""",
    """INSERT INTO customers_handle (merchant_id, customer_id, kind, address, name, proof, proof_reason, bounce_reason,
    created_at)
  SELECT %(merchant)s, %(base)s + n, 'email', left(md5(n::text), 12) || '@ada.example', '',
    CASE WHEN n %% 3 = 0 THEN 'seen' ELSE 'verified' END, '', '', now()
  FROM generate_series(0, %(customers)s - 1) n""",
    """INSERT INTO commerce_product (id, merchant_id, external_id, title, kind, url, picture_url, active, created_at)
  SELECT %(base)s + n, %(merchant)s, '', (ARRAY['Juniper', 'Heather', 'Alder', 'Rowan'])[1 + n %% 4] || ' '
    || (ARRAY['boots', 'coat', 'scarf', 'gloves', 'laces'])[1 + n %% 5] || ' ' || left(md5(n::text), 5),
    '', '', '', true, now()
  FROM generate_series(0, %(products)s - 1) n""",
    """INSERT INTO commerce_variant (id, merchant_id, product_id, external_id, sku, title, currency, price, stock,
    sells_without_stock, updated_at)
  SELECT %(base)s + n, %(merchant)s, %(base)s + n, '', 'SKU-' || n, '', 'EUR', 4900, 5, false, now()
  FROM generate_series(0, %(products)s - 1) n""",
    """INSERT INTO commerce_order (id, merchant_id, customer_id, external_id, number, number_key, source, kind, url,
    attached_because, store_customer, email, phone, name, ship_to, bill_to, note, currency, subtotal, discount,
    shipping, tax, total, captured, refunded, paid, sent, placed_at, created_at)
  SELECT %(base)s + n, %(merchant)s, CASE WHEN c %% 3 <> 0 THEN %(base)s + c END, '', '#' || 1000 + n, 1000 + n,
    'store', 'sale', '', CASE WHEN c %% 3 <> 0 THEN 'email proven' ELSE '' END, '',
    left(md5(c::text), 12) || '@ada.example', '',
    'Ada ' || initcap(left(md5(c::text), 8)) || ' Kowalski', '{"city": "York"}', '{}', '', 'EUR', 14700, 0, 495, 0,
    15195, 15195, CASE WHEN n %% 20 = 0 THEN 4900 ELSE 0 END, 'paid', 'delivered',
    now() - n * interval '90 seconds', now()
  FROM generate_series(0, %(orders)s - 1) n,
    LATERAL (SELECT CASE WHEN n %% (%(orders)s / %(loyal)s) = 0 THEN 1 ELSE n %% %(customers)s END AS c) who""",
    """INSERT INTO commerce_orderline (merchant_id, order_id, variant_id, external_id, position, title, sku, quantity,
    price, discount, tax, total, sent, refunded)
  SELECT %(merchant)s, %(base)s + n, %(base)s + (n * k * 7) %% %(products)s, '', k, 'Juniper boots', '', k, 4900, 0, 0,
    4900 * k, k, 0
  FROM generate_series(0, %(orders)s - 1) n, generate_series(1, 2) k""",
    """INSERT INTO commerce_shipment (merchant_id, order_id, external_id, carrier, service, tracking, tracking_url,
    state, lines, sent_at, updated_at)
  SELECT %(merchant)s, %(base)s + n, '', 'Parcel North', '', 'PN' || 100000000 + n || 'GB', '', 'delivered', '[]',
    now(), now()
  FROM generate_series(0, %(orders)s - 1) n""",
)
_TABLES = (
    "customers_customer",
    "customers_handle",
    "commerce_product",
    "commerce_variant",
    "commerce_order",
    "commerce_orderline",
    "commerce_shipment",
)

FOUND = {
    "number": "#501042",
    "beginning of a number": "1042",
    "tracking number": "PN100501042GB",
    "address": "c81e728d9d4c@ada.example",
    "common name": "kowalski",
    "rare name": "Ada C81e728d",
    "thing in every fifth order": "boots",
    "rare thing": "juniper boots cfcd2",
    "nothing": "quetzalcoatl",
}


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the 95th in a hundred of panels, anybody's; and of searches, of the slowest kind."""
    from presszero.commerce.queries import find_orders, panel
    from presszero.customers.models import Customer

    shop = open_shop(ground)
    _fill(ground, shop, say)
    chance = random.Random(1042)
    ids = [_BASE + 1, *(_BASE + chance.randrange(CUSTOMERS) for _ in range(TIMES))]
    people = [Customer.objects.select_related("merchant").get(merchant_id=shop.merchant_id, id=each) for each in ids]
    took = [_milliseconds(partial(panel, person)) for person in people]
    loyal = max(_milliseconds(lambda: panel(people[0])) for _ in range(5))
    with_orders = sum(bool(panel(person).orders or panel(person).waiting) for person in people[:50])
    if with_orders < 40:
        raise RuntimeError("The panels are empty: nothing was measured.")
    note = f"{ORDERS:,} orders of {CUSTOMERS:,} customers; of one with {LOYAL:,} orders: {loyal:.0f} ms."
    yield at_most("customer panel", _p95(took), P95, "ms p95", note, digits=1)
    kinds = {}
    for kind, words in FOUND.items():
        find_orders(shop.merchant_id, words)
        kinds[kind] = _p95([_milliseconds(partial(find_orders, shop.merchant_id, words)) for _ in range(20)])
        say(f"{kind}: {kinds[kind]:.1f} ms")
    worst = max(kinds, key=kinds.__getitem__)
    yield at_most("order search", kinds[worst], FOUND_P95, "ms p95", f"The slowest: {worst}.", digits=1)


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


def _fill(ground: Ground, shop: Shop, say: Callable[[str], None]) -> None:
    values = {
        "merchant": shop.merchant_id,
        "base": _BASE,
        "orders": ORDERS,
        "customers": CUSTOMERS,
        "products": PRODUCTS,
        "loyal": LOYAL,
    }
    with ground.as_owner_of_all() as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("SET synchronous_commit = off")
        late = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(_LATE)]).fetchall()
        for name in _LATE:
            connection.execute(f"DROP INDEX {name}".encode())
        for number, statement in enumerate(_FILL):
            say(f"filling: {number + 1} of {len(_FILL)}")
            connection.execute(statement.encode(), values)
        for (definition,) in late:
            say("an index: " + str(definition).split()[2])
            connection.execute(str(definition).encode())
        for table in _TABLES:
            connection.execute(f"VACUUM (ANALYZE) {table}".encode())
