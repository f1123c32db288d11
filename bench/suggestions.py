"""What to suggest next, in a shop that sells a hundred thousand things."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop

PRODUCTS, CUSTOMERS, ORDERS = 100_000, 50_000, 200_000
P95 = 50  # milliseconds
TIMES = 400
_BASE = 70_000_000  # far from ids that sequences have given

# Two in three orders are of the few things that many buy; who bought one of a dozen often bought its neighbours.
_FILL = (
    """INSERT INTO customers_customer (id, merchant_id, name, language, timezone, preferred_channel, fields)
  SELECT %(base)s + n, %(merchant)s, 'Ada ' || n, '', '', '', '{}' FROM generate_series(0, %(customers)s - 1) n""",
    """INSERT INTO commerce_product (id, merchant_id, external_id, title, kind, url, picture_url, active, created_at)
  SELECT %(base)s + n, %(merchant)s, '', 'Thing ' || n, 'Kind ' || n %% 300, '', '', true, now()
  FROM generate_series(0, %(products)s - 1) n""",
    """INSERT INTO commerce_variant (id, merchant_id, product_id, external_id, sku, title, currency, price, stock,
    sells_without_stock, updated_at)
  SELECT %(base)s + n, %(merchant)s, %(base)s + n / 2, '', '',
    CASE WHEN n %% 2 = 0 THEN 'S' ELSE 'L' END, 'EUR',
    4900, n %% 5, false, now()
  FROM generate_series(0, 2 * %(products)s - 1) n""",
    """INSERT INTO commerce_order (id, merchant_id, customer_id, external_id, number, number_key, source, kind, url,
    attached_because, store_customer, email, phone, name, ship_to, bill_to, note, currency, subtotal, discount,
    shipping, tax, total, captured, refunded, paid, sent, placed_at, created_at)
  SELECT %(base)s + n, %(merchant)s, %(base)s + n %% %(customers)s, '', n, n, 'store', 'sale', '', '', '', '', '', '',
    '{}', '{}', '', 'EUR', 9800, 0, 0, 0, 9800, 9800, 0, 'paid', 'delivered', now() - n * interval '1 minute', now()
  FROM generate_series(0, %(orders)s - 1) n""",
    """INSERT INTO commerce_orderline (merchant_id, order_id, variant_id, external_id, position, title, sku, quantity,
    price, discount, tax, total, sent, refunded)
  SELECT %(merchant)s, %(base)s + n, %(base)s + 2 * ((
      CASE WHEN n %% 3 = 0 THEN n * 7 ELSE n %% %(customers)s %% 2000 END
    + k * k * (n %% 5)) %% %(products)s), '', k, 'Thing', '', 1, 4900, 0, 0, 4900, 1,
    CASE WHEN n %% 40 = 0 THEN 1 ELSE 0 END
  FROM generate_series(0, %(orders)s - 1) n, generate_series(1, 2) k""",
)
_TABLES = ("customers_customer", "commerce_product", "commerce_variant", "commerce_order", "commerce_orderline")


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the 95th in a hundred of suggestions; and what counting every order anew takes."""
    from presszero.customers.models import Customer
    from presszero.merchants.models import Merchant
    from presszero.offers.bought import count_whole
    from presszero.offers.models import BoughtNext
    from presszero.offers.suggesting import suggest

    shop = open_shop(ground)
    _fill(ground, shop, say)
    begun = time.perf_counter()
    pairs = count_whole(Merchant.objects.get(id=shop.merchant_id))
    counting = time.perf_counter() - begun
    say(f"{pairs:,} pairs counted in {counting:.0f} s")
    with ground.as_owner_of_all() as connection:
        for table in ("offers_boughtnext", "offers_buyers"):
            connection.execute(f"VACUUM (ANALYZE) {table}".encode())
    chance = random.Random(1042)
    numbers = [_BASE + chance.randrange(CUSTOMERS) for _ in range(TIMES)]
    people = [Customer.objects.get(merchant_id=shop.merchant_id, id=each) for each in numbers]
    took, found = [], 0
    for person in people:
        begun = time.perf_counter()
        found += bool(suggest(person))
        took.append((time.perf_counter() - begun) * 1000)
    if found < TIMES / 2 or not BoughtNext.objects.filter(merchant_id=shop.merchant_id).exists():
        raise RuntimeError("Nearly nothing was suggested: nothing was measured.")
    note = f"{PRODUCTS:,} products, {pairs:,} pairs; something was found for {found} of {TIMES} customers."
    yield at_most("suggestions", sorted(took)[int(TIMES * 0.95)], P95, "ms p95", note, digits=1)
    yield at_most("counting pairs", counting, 120, "s", f"{ORDERS:,} orders, every one anew.")


def _fill(ground: Ground, shop: Shop, say: Callable[[str], None]) -> None:
    values = {
        "merchant": shop.merchant_id,
        "base": _BASE,
        "orders": ORDERS,
        "customers": CUSTOMERS,
        "products": PRODUCTS,
    }
    with ground.as_owner_of_all() as connection:
        connection.execute("SET synchronous_commit = off")
        for number, statement in enumerate(_FILL):
            say(f"filling: {number + 1} of {len(_FILL)}")
            connection.execute(statement.encode(), values)
        for table in _TABLES:
            connection.execute(f"VACUUM (ANALYZE) {table}".encode())
