"""Orders come out of a table, one row a line: whole, once, and with a report of what could not be read."""

from __future__ import annotations

import pytest

from presszero.commerce.models import Order, Product, Variant
from presszero.customers.models import Customer, Handle
from presszero.transfer import actions
from presszero.transfer.bringing import orders as bringing
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_now
from tests import cast

from .bringing import checked, csv, run

pytestmark = pytest.mark.django_db

HEAD = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Shipping,Total,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Shipping Street,Shipping City,Shipping Country"
)
ROWS = (
    "#2001,ada@example.com,paid,fulfilled,GBP,4,198.90,2026-03-02 09:30:00,1,Fell boots,189.00,JB-42,2 Mill Ln,York,GB",
    "#2001,ada@example.com,,,,,,,2,Wool laces,2.95,JL,,,",
    "#2002,ben@example.com,pending,unfulfilled,GBP,0,12.90,2026-03-03 10:00:00 +0000,1,Beeswax,12.90,JW,,,",
    "#2003,eve@example.com,paid,fulfilled,GBP,0,12,2026-03-03 10:00:00 +0000,many,Beeswax,12.90,JW,,,",
    ",nobody@example.com,paid,fulfilled,GBP,0,12,2026-03-03 10:00:00 +0000,1,Beeswax,12.90,JW,,,",
)


def looked(shop: cast.Shop, about: str, head: str, *rows: str) -> Import:
    """Brought, with the columns as they are guessed, and looked at."""
    return checked(csv(shop, about, head, *rows))


def test_rows_of_one_number_are_one_order_and_the_same_again_is_known(shop: cast.Shop) -> None:
    ada = Customer.objects.create(merchant=shop.merchant, name="Ada")
    Handle.objects.create(
        merchant=shop.merchant, customer=ada, kind="email", address="ada@example.com", proof="verified"
    )
    job = looked(shop, "orders", HEAD, *ROWS)
    assert job.choices["columns"][:3] == ["order_number", "email", "paid"]
    assert job.counts["order"] == {"new": 2, "rejected": 2} and not Order.objects.exists()
    run(job)
    boots, wax = Order.objects.order_by("number")
    assert (boots.number, boots.total, boots.captured, boots.paid, boots.sent) == (
        "#2001",
        19890,
        19890,
        "paid",
        "sent",
    )
    assert (boots.customer_id, boots.ship_to["city"], boots.source) == (ada.id, "York", "sheet")
    assert list(boots.lines.order_by("position").values_list("title", "quantity", "total")) == [
        ("Fell boots", 1, 18900),
        ("Wool laces", 2, 590),
    ]
    assert (wax.paid, wax.sent, wax.customer_id) == ("pending", "not", None)
    rejected = ImportRow.objects.filter(job=job, outcome="rejected").order_by("number")
    assert [row.number for row in rejected] == [4, 5]
    again = looked(shop, "orders", HEAD, *ROWS[:3])
    run(again)
    assert Order.objects.count() == 2 and Import.objects.get(id=again.id).counts["order"] == {"known": 2}
    actions.take_back(Import.objects.get(id=job.id), by=shop.team["rosa"])
    bring_now(Import.objects.get(id=job.id))
    assert not Order.objects.exists()


def test_an_order_that_goes_over_two_batches_is_whole(shop: cast.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    sort = bringing.MOST
    assert sort > 1
    rows = [f"#3001,ada@example.com,paid,fulfilled,EUR,0,,2026-03-02,1,Thing {n},1.00,T{n},,," for n in range(sort + 5)]
    job = looked(shop, "orders", HEAD, *rows)
    run(job)
    (order,) = Order.objects.all()
    assert order.lines.count() == sort + 5
    assert (order.total, order.captured) == ((sort + 5) * 100, (sort + 5) * 100)


def test_products_come_with_their_variants(shop: cast.Shop) -> None:
    head = "Title,Option1 Value,Variant SKU,Variant Price,Cost per item,Variant Inventory Qty"
    rows = ("Fell boots,Brown / 42,JB-42,189.00,72.00,4", "Fell boots,Brown / 43,JB-43,189.00,,", ",x,y,1,1,1")
    job = looked(shop, "products", head, *rows)
    run(job)
    assert Product.objects.get().title == "Fell boots"
    assert list(Variant.objects.order_by("sku").values_list("title", "price", "cost", "stock")) == [
        ("Brown / 42", 18900, 7200, 4),
        ("Brown / 43", 18900, None, None),
    ]
    assert Import.objects.get(id=job.id).counts["product"] == {"new": 2, "rejected": 1}
