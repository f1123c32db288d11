"""Rosa connects her shop, watches it being read, and learns what to do when its key opens nothing any more."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from presszero.commerce.models import Order, Store
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, open_shop
from presszero.commerce.stores.shopify.tests.goods import order_node, product_node
from tests.cast import Shop

from .desk import Desk
from .house import until
from .test_every_page import axe

_AXE = (
    "async () => (await axe.run({ resultTypes: ['violations'] })).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)"
)


def test_a_shop_is_connected_keeps_up_and_says_when_it_cannot(shop: Shop, sit_down: Callable[..., Desk]) -> None:
    with open_shop(product_node(1, "Juniper boots"), *(order_node(n) for n in range(1, 60))) as there:
        desk = sit_down(shop.team["rosa"])
        page = desk.page
        page.goto(f"{desk.house.origin}/settings/stores")
        page.get_by_role("link", name="Shopify").click()
        page.get_by_label("Shop address").fill(there.address)
        page.get_by_label("Client ID").fill("app-1")
        page.get_by_label("Client secret").fill("one that I mistyped")
        with desk.forgiving():
            page.get_by_role("button", name="Check and connect").click()
            expect(page.get_by_role("alert")).to_contain_text("does not know")
        page.get_by_label("Client secret").fill(SECRET)
        page.get_by_role("button", name="Check and connect").click()
        expect(page.get_by_role("heading", name="Juniper & Co.")).to_be_visible()
        expect(page.get_by_text("What was read")).to_be_visible()
        expect(page.locator(".store-fill", has_text="Orders")).to_contain_text("59")
        page.evaluate(axe())
        assert page.evaluate(_AXE) == []

        there.has(order_node(1042))
        assert there.tells("orders/updated", {"id": 1042}) == [200]
        store = Store.objects.get(merchant=shop.merchant)
        until(lambda: Order.objects.filter(merchant=shop.merchant, number="#1042", store=store).first(), what="1042")

        there.scopes, there.day_tokens = [], ["of another day"]
        there.fails = ["403"] * 50
        with desk.forgiving():
            page.get_by_role("button", name="Check now").click()
            expect(page.get_by_role("alert")).to_contain_text("connect the shop again")
        expect(page.get_by_role("link", name="New keys")).to_be_visible()
