"""Orders and products for outside programs."""

from __future__ import annotations

from presszero.api.shapes.kinds import Page
from presszero.api.shapes.orders import OrderOut, ProductOut
from presszero.customers.actions import merge
from presszero.team.models import Membership, Role
from tests import cast
from tests.cast import Shop

from .conftest import Program


def test_orders_are_found_by_number_parcel_and_customer(shop: Shop) -> None:
    till, ada = Program(shop, "orders:read"), cast.ada()
    who = ada.known(shop)
    late, old = ada.order(shop, "1042", shop.shop), ada.order(shop, "0931", shop.shop)
    other = cast.ben().order(shop, "1050", shop.shop)
    everything = till.get("orders")
    Page[OrderOut].model_validate(everything)
    assert [each["id"] for each in everything["data"]] == [other.id, old.id, late.id]
    for asked in ("number=%231042", "number=1042", "tracking=PN10420042GB"):
        assert [each["id"] for each in till.get(f"orders?{asked}")["data"]] == [late.id]
    found = till.get(f"orders/{late.id}")
    assert (found["number"], found["total"], found["currency"], found["paid"]) == ("#1042", 16595, "GBP", "paid")
    assert [line["sku"] for line in found["lines"]] == ["JB-41", "WL-120"]
    assert found["customer_id"] == who.id and found["shipments"][0]["state"] == "in_transit"
    known = cast.ben().known(shop)
    merge(who, known, by=shop.maya.actor, reason="")
    for number in (who.id, known.id):
        assert len(till.get(f"orders?customer={number}")["data"]) == 2
    assert till.get("orders?limit=1")["next"]
    assert till("GET", f"customers/{who.id}/orders").status_code == 200


def test_a_member_of_one_queue_sees_the_orders_of_their_customers_alone(shop: Shop) -> None:
    queue = shop.queue("Returns")
    sam = shop.limited("Sam Small", queue)
    ada = cast.ada()
    ada.known(shop)
    mine, guests = ada.order(shop), cast.ben().order(shop, "1050")
    token = Program(shop, "orders:read", member=sam)
    assert token.get("orders")["data"] == []
    talk = cast.the(ada.writes(shop, "Where is it?")).conversation
    type(talk).objects.filter(id=talk.id).update(team=queue)
    assert [each["id"] for each in token.get("orders")["data"]] == [mine.id]
    assert token("GET", f"orders/{guests.id}").status_code == 404
    Membership.objects.filter(id=sam.id).update(sees_all=True, role=Role.AGENT)
    assert token.get(f"orders/{guests.id}")["customer_id"] is None


def test_products_say_what_is_left(shop: Shop) -> None:
    assert shop.shop
    till = Program(shop, "products:read")
    found = till.get("products?q=juniper%20boots")
    Page[ProductOut].model_validate(found)
    assert [(v["sku"], v["price"], v["stock"]) for v in found["data"][0]["variants"]] == [
        ("JB-41", 14800, 3),
        ("JB-42", 14800, 0),
    ]
    assert len(till.get("products")["data"]) == 3
    assert Program(cast.thistle(), "products:read").get("products")["data"] == []
