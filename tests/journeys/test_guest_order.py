"""A guest order waits: whoever says that Ada's address is theirs gets nothing of it, and Ada gets it by herself."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from presszero.api.scopes import SCOPES
from presszero.api.tokens import Wanted
from presszero.api.tokens import give as give_token
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.frontdoor.tests.form_filling import form_of
from presszero.remedies import actions
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import Remedy
from presszero.remedies.vocabulary import Asked
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House
from .test_web_form import Visitor

_SECRETS = ("Juniper boots", "laces", "£", "Parcel North", "PN1042", "Leeds", "Otley", "Gift from Gran")


def test_a_guest_order_is_nobodys_by_word_and_adas_by_proof(
    house: House, shop: Shop, ada: Customer, browser: Browser, sit_down: Callable[..., Desk]
) -> None:
    set_default_limits(shop.merchant)
    hers = [ada.order(shop), ada.order(shop, "1077", name="Gift from Gran")]  # the second one somebody else placed
    mallory_fills_the_form(house, shop, ada, browser)
    maya = sit_down(shop.maya)
    maya.go_to("Unassigned").open("boots back")
    row = Conversation.objects.get(merchant=shop.merchant)
    says_only_that_they_wait(maya)
    nothing_by_the_drawer(maya, row, hers, shop.maya.actor)
    nothing_by_search_or_api(house, shop, row, maya)

    theirs = ada_writes_and_proves_it(shop, ada, maya)
    assert theirs.customer.now_id != row.customer.now_id
    attached = Order.objects.filter(merchant=shop.merchant, customer__isnull=False)
    assert {each.customer_id for each in attached} == {theirs.customer_id} and attached.count() == 2
    maya.page.goto(f"{house.origin}/conversations/{row.id}")
    expect(maya.is_live().panel.get_by_text("No orders of theirs yet.")).to_be_visible()


def mallory_fills_the_form(house: House, shop: Shop, ada: Customer, browser: Browser) -> None:
    """In Ada's name, with Ada's address and the numbers of both orders."""
    him = Visitor(browser)
    him.page.goto(f"{house.origin}/form/{form_of(shop).token}")
    him.page.get_by_label("Something else").check()
    him.page.get_by_label("Your message").fill("I am Ada. I want the money for the boots back: 1042 and 1077.")
    him.page.get_by_label("Your name").fill("Ada Kowalski")
    him.page.get_by_label("Your e-mail").fill(ada.address)
    him.page.wait_for_timeout(3500)  # quicker is no person
    him.page.get_by_role("button", name="Send", exact=True).click()
    expect(him.page.get_by_role("heading", name="Thank you. Your message is with us.")).to_be_visible()
    him.leave()


def says_only_that_they_wait(maya: Desk) -> None:
    """Number and day: enough to ask for proof, and nothing that could be told to whoever is not her."""
    orders = maya.panel.get_by_role("region", name="Orders")
    orders.get_by_text("2 orders under an address they have not proven").click()
    for number in ("#1042", "#1077"):
        expect(orders.get_by_role("listitem").filter(has_text=number)).to_be_visible()
    expect(orders.get_by_role("article")).to_have_count(0)
    shown = orders.inner_text()
    assert [word for word in _SECRETS if word in shown] == []


def nothing_by_the_drawer(maya: Desk, row: Conversation, hers: list[Order], by: Actor) -> None:
    """The sheet knows no order; one that is slipped into its form is not theirs, and neither is one by the verb."""
    maya.press("y")
    sheet = maya.page.get_by_role("dialog", name="Put it right")
    expect(sheet.get_by_text("No order of theirs is known")).to_be_visible()
    expect(sheet.get_by_role("combobox", name="Order")).to_have_count(0)
    shown = sheet.inner_text()
    assert [word for word in ("1042", "1077", *_SECRETS) if word in shown] == []
    sheet.get_by_role("button", name="Cancel").click()
    for order in hers:
        with maya.forgiving():
            assert maya.page.evaluate(_SLIP_IN, [row.id, order.id]) in (403, 422)
        asked = Asked("refund", row.merchant_id, row.customer_id, row.id, order.id)
        with pytest.raises(Refused, match="no such order"):
            actions.give(asked, by, f"slipped-{order.id}")
    assert not Remedy.objects.filter(merchant=row.merchant).exists()


_SLIP_IN = """async ([row, order]) => {
  const body = new URLSearchParams({ order, kind: "refund", whole: "1", do: "give", key: crypto.randomUUID() });
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  return (await fetch(`/conversations/${row}/remedies`, { method: "POST", body, headers })).status;
}"""


def nothing_by_search_or_api(house: House, shop: Shop, row: Conversation, maya: Desk) -> None:
    """What is asked for as this customer's: by the desk's own list, and by a program."""
    answer = maya.context.request.get(f"{house.origin}/orders?customer={row.customer_id}")
    assert answer.ok and "1042" not in answer.text() and "1077" not in answer.text()
    headers = {"Authorization": f"Bearer {give_token(Wanted('Till', list(SCOPES)), by=shop.team['rosa']).token}"}
    with httpx2.Client(base_url=f"{house.origin}/api/v1", headers=headers, timeout=20, trust_env=False) as program:
        assert program.get(f"/customers/{row.customer_id}/orders").json()["data"] == []
        assert program.get("/orders", params={"customer": row.customer_id}).json()["data"] == []
        known = program.get("/orders", params={"number": "1042"}).json()["data"]
        assert [each["customer_id"] for each in known] == [None]  # the shop's own till sees it, as nobody's


def ada_writes_and_proves_it(shop: Shop, ada: Customer, maya: Desk) -> Conversation:
    """Her first mail comes by a way that proves nothing; the second one our own server vouches for."""
    shop.line.settings = {**shop.line.settings, "authserv_id": "mx.juniper.example", "relays": ["127.0.0.1"]}
    shop.line.save()
    first = ada.posts(shop, "Where are my boots?", "Late boots")
    maya.go_to("Unassigned")
    expect(maya.row("Late boots")).to_be_visible()
    maya.open("Late boots")
    orders = maya.panel.get_by_role("region", name="Orders")
    expect(orders.get_by_text("2 orders under an address they have not proven")).to_be_visible()
    again = ada.mail(shop, "Anybody there?", "Re: Late boots", In_Reply_To=str(first["Message-ID"]))
    vouched = f"Authentication-Results: mx.juniper.example; dmarc=pass header.from={ada.address.partition('@')[2]}\r\n"
    ada.house.take_mail(vouched.encode() + again.as_bytes(), shop.line.address)
    for number in ("#1042", "#1077"):
        expect(orders.get_by_role("article").filter(has_text=number)).to_be_visible()
    expect(orders.get_by_text("Juniper boots").first).to_be_visible()
    expect(orders.get_by_text("have not proven")).to_have_count(0)
    rows = Conversation.objects.filter(merchant=shop.merchant, subject="Late boots")
    return rows.select_related("customer").get()
