"""The shop gives the money back and goes down before it can say so. Nothing is paid twice, and the doubt is shown."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from presszero.commerce.models import Order, Refund
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, FakeShop, open_shop
from presszero.commerce.stores.shopify.tests.goods import order_node
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer as Known
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import Attempt, Remedy
from presszero.serving import RUN
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until

_DOWN = ["cut before"] * 1000


def test_a_shop_that_goes_down_in_mid_refund_pays_once(
    house: House, shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    set_default_limits(shop.merchant)
    person = ada.known(shop)
    with open_shop(order_node(1042, "40.00", email=ada.address)) as there:
        maya = sit_down(shop.maya)
        order = connected(sit_down(shop.team["rosa"]), shop, there, person)
        ada.writes(shop, "The boots of order 1042 came torn. My money back, please.", "Torn boots")
        maya.go_to("Unassigned").open("Torn boots")
        row = Conversation.objects.get(merchant=shop.merchant, subject="Torn boots")

        there.fails_on["Refund"] = ["cut after"]
        refund(maya, "£32.00 goes back to the customer")
        until(lambda: there.refunds(1042), what="the refund")
        there.fails[:] = _DOWN
        card = maya.talk.get_by_role("article", name="Refund")
        expect(card).to_contain_text("not sure, being checked")

        pressed_again(maya)
        tomas = sit_down(shop.tomas)
        tomas.page.goto(f"{house.origin}/conversations/{row.id}")
        pressed_again(tomas.is_live())
        maya.page.reload()
        expect(card).to_contain_text("not sure, being checked")
        restart_worker(house)
        until(lambda: Remedy.objects.get(merchant=shop.merchant).looks, 20, "a look at a shop that is down")
        assert Remedy.objects.get(merchant=shop.merchant).state == "unknown"

        there.fails[:] = []
        for each in (maya, tomas):
            seen = each.talk.get_by_role("article", name="Refund")
            expect(seen.get_by_text("done", exact=True)).to_be_visible(timeout=30_000)
            expect(seen).to_have_count(1)
        assert there.tells("orders/updated", {"id": 1042}) == [200]
        expect(maya.panel.get_by_text("partly refunded")).to_be_visible()
        settled_once(shop, there, order)


def connected(rosa: Desk, shop: Shop, there: FakeShop, person: Known) -> Order:
    """Rosa connects the shop; Ada's order comes with its history."""
    page = rosa.page
    page.goto(f"{rosa.house.origin}/settings/stores")
    page.get_by_role("link", name="Shopify").click()
    page.get_by_label("Shop address").fill(there.address)
    page.get_by_label("Client ID").fill("app-1")
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Check and connect").click()
    expect(page.get_by_role("heading", name="Juniper & Co.")).to_be_visible()
    theirs = Order.objects.filter(merchant=shop.merchant, number="#1042", customer_id=person.id)
    until(theirs.exists, what="the order")
    return theirs.get()


def refund(desk: Desk, says: str) -> None:
    """The boots, by the sheet; her finger slips, and presses twice."""
    desk.press("y")
    sheet = desk.page.get_by_role("dialog", name="Put it right")
    expect(sheet.get_by_role("combobox", name="Order")).to_be_visible()
    desk.press("1")
    expect(sheet.get_by_role("radio", name=re.compile("^Refund"))).to_be_checked()
    sheet.get_by_role("checkbox", name=re.compile("^Juniper boots")).check()
    expect(sheet.get_by_text(says)).to_be_visible()
    sheet.get_by_role("button", name=re.compile("^Give it")).dblclick()
    expect(sheet).to_be_hidden()


def pressed_again(desk: Desk) -> None:
    """The same once more, and then as an amount: what is in doubt counts as given."""
    desk.press("y")
    sheet = desk.page.get_by_role("dialog", name="Put it right")
    expect(sheet.get_by_role("combobox", name="Order")).to_be_visible()
    desk.press("1")
    give = sheet.get_by_role("button", name=re.compile("^Give it"))
    sheet.get_by_role("checkbox", name=re.compile("^Juniper boots")).check()
    expect(sheet.get_by_text("For all pieces of “Juniper boots, Brown / 42” this was given already.")).to_be_visible()
    expect(give).to_be_disabled()
    sheet.get_by_role("checkbox", name=re.compile("^Juniper boots")).uncheck()
    sheet.get_by_label("Or an amount").fill("32.00")
    expect(sheet.get_by_text("At most £8.00 of this order can still go back.")).to_be_visible()
    expect(give).to_be_disabled()
    sheet.get_by_role("button", name="Cancel").click()
    expect(sheet).to_be_hidden()


def restart_worker(house: House) -> None:
    """Killed as by a machine that is short of memory; whoever watches it starts another."""
    before = children(house)
    os.kill(before[list(RUN).index("worker")], signal.SIGKILL)
    until(lambda: len(children(house)) == len(before) and children(house) != before, 20, "another worker")
    until(lambda: "worker was ended by SIGKILL; starting it again." in house.said(), what="the sentence in the log")


def children(house: House) -> list[int]:
    """The processes of the house, in the order in which they were started."""
    assert house.process
    top = house.process.pid
    return [int(pid) for pid in Path(f"/proc/{top}/task/{top}/children").read_text().split()]


def settled_once(shop: Shop, there: FakeShop, order: Order) -> None:
    """In the shop's own ledger, and in ours."""
    assert [each["totalRefundedSet"]["presentmentMoney"]["amount"] for each in there.refunds(1042)] == ["32.0"]
    assert len([name for name in there.operations() if name == "Refund"]) == 1
    given = Remedy.objects.get(merchant=shop.merchant)
    assert (given.state, given.amount) == ("done", 3200)
    assert Attempt.objects.filter(merchant=shop.merchant, remedy=given).count() == 1
    assert [row.amount for row in Refund.objects.filter(merchant=shop.merchant, order=order)] == [3200]
    until(lambda: Order.objects.get(id=order.id, merchant=shop.merchant).refunded == 3200, what="the sum")
    order.refresh_from_db()
    assert (order.captured - order.refunded, order.paid) == (800, "part_refunded")
