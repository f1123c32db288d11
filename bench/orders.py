"""A hundred thousand orders brought in, each with lines, a payment, a parcel and addresses.

Held against bare COPY of the same rows into tables without keys, indexes or checks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from .ground import Ground
from .row import Row
from .shop import Shop, open_shop

if TYPE_CHECKING:
    from presszero.commerce.models import Store
    from presszero.commerce.vocabulary import StoreOrder

ORDERS, TURNS = 100_000, 10
ENOUGH, ENOUGH_AGAIN = 2_000, 1_000  # orders a second: new ones, and those of which every part is compared
PRODUCTS = 500
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
TABLES = ("order", "orderline", "payment", "shipment")


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: orders a second when they are new, and when all of them are known already."""
    shop = open_shop(ground)
    store = _store(shop)
    _catalogue(store)
    rates, bare, again = [], [], []
    for turn in range(TURNS):
        batch = [_order(number) for number in range(turn * ORDERS // TURNS, (turn + 1) * ORDERS // TURNS)]
        rates.append(_rate(store, batch))
        bare.append(_bare(ground, shop, batch))
        if turn % 5 == 0:
            again.append(_rate(store, batch))
        say(f"{(turn + 1) * ORDERS // TURNS:,} orders, {rates[-1]:,.0f} a second")
    _check(shop)
    yield _row("orders brought in", rates, bare, ENOUGH)
    yield _row("orders known already", again, bare, ENOUGH_AGAIN)


def _row(name: str, rates: list[float], bare: list[float], enough: int) -> Row:
    found, limit = median(rates), median(bare)
    note = "The limit is bare COPY of the same rows: no keys, no indexes, nothing read or checked."
    shown = (f"{found:,.0f}/s", f"{limit:,.0f}/s", f"{found / limit:.2f}")
    return Row(name, *shown, f"≥ {enough:,}/s", found >= enough, note)


def _rate(store: Store, batch: list[StoreOrder]) -> float:
    from presszero.commerce.bulk import bring
    from presszero.core.actor import SYSTEM

    begun = time.perf_counter()
    found = bring(store.merchant_id, store, batch, source="store", by=SYSTEM)
    if found.new + found.same != len(batch):
        raise RuntimeError(f"Of {len(batch)} orders came {found}.")
    return len(batch) / (time.perf_counter() - begun)


def _bare(ground: Ground, shop: Shop, batch: list[StoreOrder]) -> float:
    """Orders a second of the same rows, out of memory into tables that hold them and nothing else."""
    ids = [each.external_id for each in batch]
    took = 0.0
    with ground.connect() as connection, connection.cursor() as cursor:
        for table in TABLES:
            mine = (
                "external_id = ANY(%s)"
                if table == "order"
                else ("order_id IN (SELECT id FROM commerce_order WHERE merchant_id = %s AND external_id = ANY(%s))")
            )
            given = [shop.merchant_id, ids] if table == "order" else [shop.merchant_id, shop.merchant_id, ids]
            cursor.execute(f"CREATE TABLE IF NOT EXISTS bare_{table} (LIKE commerce_{table})".encode())
            asked = f"COPY (SELECT * FROM commerce_{table} WHERE merchant_id = %s AND {mine}) TO STDOUT"
            with cursor.copy(asked.encode(), given) as out:
                rows = b"".join(bytes(each) for each in out)
            begun = time.perf_counter()
            with cursor.copy(f"COPY bare_{table} FROM STDIN".encode()) as into:
                into.write(rows)
            took += time.perf_counter() - begun
            cursor.execute(f"TRUNCATE bare_{table}".encode())
    return len(batch) / took


def _check(shop: Shop) -> None:
    from presszero.commerce.models import Order, OrderLine, Shipment

    owned = {"merchant_id": shop.merchant_id}
    found = [model._default_manager.filter(**owned).count() for model in (Order, OrderLine, Shipment)]
    if found != [ORDERS, 2 * ORDERS, ORDERS]:
        raise RuntimeError(f"Of {ORDERS} orders came {found} orders, lines and parcels.")
    if OrderLine.objects.filter(**owned, variant=None).exists():
        raise RuntimeError("A line did not find its variant.")


def _store(shop: Shop) -> Store:
    from presszero.commerce.models import Store

    given = {"merchant_id": shop.merchant_id, "brand_id": shop.brand_id, "currency": "EUR"}
    return Store.objects.create(**given, kind="shopify", address="juniper.example", name="Juniper")


def _catalogue(store: Store) -> None:
    from presszero.commerce.actions.taking import take
    from presszero.commerce.vocabulary import StoreProduct, StoreVariant

    for number in range(PRODUCTS):
        variant = StoreVariant(f"v{number}", 4900 + number, "One size", f"SKU-{number}", 2000, 10)
        take(store.merchant_id, store, StoreProduct(f"p{number}", f"Boots {number}", "EUR", (variant,)))


def _order(number: int) -> StoreOrder:
    from presszero.commerce.vocabulary import Address, StoreLine, StoreOrder, StorePayment, StoreShipment

    at = LONG_AGO + timedelta(minutes=number)
    one, other = number % PRODUCTS, (number * 7 + 1) % PRODUCTS
    total = 3 * 4900 + one + 2 * other + 495
    home = Address(f"Ada {number} Kowalski", "", f"{number % 200} Mill Lane", "", "YO1 7HX", "York", "", "GB")
    return StoreOrder(
        external_id=str(5_000_000 + number),
        number=f"#{number + 1000}",
        currency="EUR",
        total=total,
        placed_at=at,
        lines=(
            StoreLine(f"Boots {one}", 1, 4900 + one, 4900 + one, f"l{number}-1", f"v{one}", f"SKU-{one}"),
            StoreLine(f"Boots {other}", 2, 4900 + other, 9800 + 2 * other, f"l{number}-2", f"v{other}", f"SKU-{other}"),
        ),
        payments=(StorePayment(total, "captured", at, f"pay{number}", "card", "Visa •••• 4242"),),
        shipments=(
            StoreShipment(
                f"s{number}", "delivered", "Parcel North", "", f"PN{number:09}GB", sent_at=at, delivered_at=at
            ),
        ),
        email=f"ada{number % 40_000}@example.com",
        name=f"Ada {number} Kowalski",
        ship_to=home,
        bill_to=home,
        subtotal=total - 495,
        shipping=495,
        updated_at=at,
    )
