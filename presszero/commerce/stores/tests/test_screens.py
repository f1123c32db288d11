"""The settings' page "Stores", as an admin uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from presszero.commerce.models import Store
from presszero.commerce.stores import filling, pacing
from presszero.commerce.stores.shopify import client as shopify
from presszero.commerce.stores.shopify.tests.fake_shop import SECRET, TOKEN, FakeShop, open_shop
from presszero.commerce.stores.shopify.tests.goods import order_node
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from tests import cast


@pytest.fixture
def shop(settings: pytest.FixtureRequest) -> Iterator[FakeShop]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    shopify._buckets.clear()
    pacing._until.clear()
    with open_shop(order_node(1042)) as shop:
        yield shop


@pytest.fixture
def rosa(db: None) -> Client:
    browser = Client()
    session = start_session(cast.juniper().team["rosa"].person, Browser("203.0.113.9", "Firefox"), timezone.now())
    browser.cookies[COOKIE] = session.token
    return browser


def test_from_the_form_to_the_report(shop: FakeShop, rosa: Client) -> None:
    assert "Shopify" in rosa.get("/settings/stores").content.decode()
    form = rosa.get("/settings/stores/new/shopify").content.decode()
    assert "How to get the keys" in form and 'name="secret"' in form
    typed = {"address": shop.address, "secret": SECRET, "token": TOKEN, "client_id": ""}
    wrong = rosa.post("/settings/stores/new/shopify", {**typed, "token": "shpat_wrong"})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "does not accept" in page and shop.address in page
    assert SECRET not in page and not Store.objects.exists()
    made = rosa.post("/settings/stores/new/shopify", typed)
    row = Store.objects.get()
    assert made["Location"] == f"/settings/stores/{row.id}?said=connected"
    page = rosa.get(made["Location"]).content.decode()
    assert "Reading what is there" in page and f"/settings/stores/{row.id}/progress" in page
    assert "aria-busy" in rosa.get(f"/settings/stores/{row.id}/progress").content.decode()
    while filling.fill_due():
        pass
    assert rosa.get(f"/settings/stores/{row.id}/progress")["HX-Refresh"] == "true"
    page = rosa.get(f"/settings/stores/{row.id}").content.decode()
    assert "What was read" in page and "No difference" in page
    assert rosa.get("/settings/stores/new/fax").status_code == 404


def test_trouble_in_plain_words_with_a_next_step(shop: FakeShop, rosa: Client) -> None:
    typed = {"address": shop.address, "secret": SECRET, "token": TOKEN}
    rosa.post("/settings/stores/new/shopify", typed)
    row = Store.objects.get()
    shop.takes_for_ever = False
    refused = rosa.post(f"/settings/stores/{row.id}/check")
    assert refused.status_code == 422 and "connect the shop again" in refused.content.decode()
    page = rosa.get(f"/settings/stores/{row.id}").content.decode()
    assert "changes in the shop may be missing" in page and f"/settings/stores/{row.id}/keys" in page
    assert rosa.post(f"/settings/stores/{row.id}/keys", {"secret": SECRET, "token": "x"}).status_code == 422
    healed = rosa.post(f"/settings/stores/{row.id}/keys", {"secret": SECRET, "client_id": "app-1"})
    assert healed.status_code == 302 and Store.objects.get().trouble == ""
    assert rosa.post(f"/settings/stores/{row.id}/check")["Location"].endswith("said=well")
    rosa.post(f"/settings/stores/{row.id}/reading", {"stop": "1"})
    assert "stopped at" in rosa.get(f"/settings/stores/{row.id}").content.decode()
    rosa.post(f"/settings/stores/{row.id}/end")
    assert "let go" in rosa.get("/settings/stores").content.decode() and Store.objects.get().secrets == {}
