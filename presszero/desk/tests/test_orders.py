"""Orders at the desk: beside the conversation, whole, found by what somebody says of them, and attached by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from presszero.audit.models import Record
from presszero.commerce.actions.typing import Parcel, TypedLine, TypedOrder, mark_paid, mark_sent, type_order
from presszero.commerce.models import Order, Product, Variant
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer, Handle
from presszero.team.models import Role
from tests import cast
from tests.walls.everything import browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(shop: cast.Shop) -> Conversation:
    return cast.the(cast.ada().writes(shop, "Where is it?", "Boots")).conversation


def bought(shop: cast.Shop, number: str, customer: Customer | None, **more: Any) -> Order:
    by = shop.team["rosa"].actor
    lines = (TypedLine("Fell boots", 1, 18900), TypedLine("Wool laces", 2, 295))
    made = type_order(
        shop.merchant, TypedOrder(f"k{number}", shop.merchant.currency, lines, customer, number, **more), by
    )
    return mark_paid(made, by)


def test_the_panel_says_how_each_order_stands_and_no_more_than_may_be_said(shop: cast.Shop, ada: Conversation) -> None:
    late = bought(shop, "1042", ada.customer, promised_by=timezone.localdate().replace(year=2025))
    mark_sent(late, shop.maya.actor, Parcel("Parcel North", "PN1", "https://track.example/PN1"))
    Handle.objects.create(
        merchant=shop.merchant, customer=ada.customer, kind="email", address="eve@example.com", proof="claimed"
    )
    bought(shop, "1061", None, email="eve@example.com", name="Eve Somebody")
    words = browser(shop.maya).get(f"/customers/{ada.customer_id}/panel?beside={ada.id}", headers=HTMX).content.decode()
    for said in ("1042", "late", "paid", "Fell boots", "https://track.example/PN1", "1 order under an address"):
        assert said in words
    assert "1061" in words and "Eve Somebody" not in words


def test_an_order_that_waits_is_attached_by_hand_with_a_reason_and_taken_from_nobody(
    shop: cast.Shop, ada: Conversation
) -> None:
    other = Customer.objects.create(merchant=shop.merchant, name="Ben")
    waits, theirs = bought(shop, "1061", None, email="eve@example.com"), bought(shop, "1070", other)
    desk, at = browser(shop.maya), f"/customers/{ada.customer_id}/orders"
    assert desk.post(at, {"number": "1061", "reason": ""}, headers=HTMX).status_code == 422
    assert desk.post(at, {"number": "1070", "reason": "She says so"}, headers=HTMX).status_code == 422
    assert desk.post(at, {"number": "#1061", "reason": "She read me the invoice"}, headers=HTMX).status_code == 200
    waits.refresh_from_db()
    theirs.refresh_from_db()
    assert (waits.customer_id, theirs.customer_id) == (ada.customer_id, other.id)
    assert Record.objects.get(verb="order.attached").why == "She read me the invoice"
    desk.post(f"/orders/{waits.id}/detachment", {"reason": "It was her sister's"})
    waits.refresh_from_db()
    assert waits.customer_id is None


def test_it_is_found_by_number_parcel_and_thing_and_only_by_whoever_may_see_it(
    shop: cast.Shop, ada: Conversation
) -> None:
    order = bought(shop, "1042", ada.customer)
    mark_sent(order, shop.maya.actor, Parcel("Parcel North", "PN77", ""))
    bought(shop, "EVE-1099", None, email="eve@example.com")
    desk = browser(shop.maya)
    for words in ("1042", "PN77", "Fell boots"):
        assert f"/orders/{order.id}" in desk.get("/orders", {"q": words}).content.decode()
        assert f"/orders/{order.id}" in desk.get("/search", {"q": words}).content.decode()
        assert f"/orders/{order.id}" in desk.get("/palette", {"q": words}).content.decode()
    returns = shop.limited("Nina Narrow", shop.queue("Returns"), Role.AGENT)
    narrow = browser(returns)
    assert narrow.get(f"/orders/{order.id}").status_code == 404
    assert f"/orders/{order.id}" not in narrow.get("/palette", {"q": "1042"}).content.decode()
    assert "EVE-1099" not in narrow.get("/orders").content.decode()
    Conversation.objects.filter(id=ada.id).update(assignee=returns)
    assert narrow.get(f"/orders/{order.id}").status_code == 200


def test_an_order_is_typed_in_once_and_a_refusal_loses_nothing(shop: cast.Shop, ada: Conversation) -> None:
    desk = browser(shop.maya)
    product = Product.objects.create(merchant=shop.merchant, title="Fell boots")
    boots = Variant.objects.create(
        merchant=shop.merchant, product=product, currency=shop.merchant.currency, price=18900, stock=2
    )
    form = {
        "key": "a-page", "customer": ada.customer_id, "variant": [str(boots.id), ""], "quantity": ["1", "2"],
        "title": ["Fell boots", "Gift wrap"], "price": ["189.00", "free"], "shipping": "4.95", "paid": "1",
    }  # fmt: skip
    refused = desk.post("/orders/new", form)
    assert refused.status_code == 422 and "Gift wrap" in refused.content.decode() and not Order.objects.exists()
    form["price"] = ["189.00", "1.50"]
    at = desk.post("/orders/new", form)["Location"]
    assert desk.post("/orders/new", form)["Location"] == at
    row = Order.objects.get()
    assert (row.total, row.paid, row.customer_id) == (18900 + 300 + 495, "paid", ada.customer_id)
    desk.post(f"{at}/shipments", {"carrier": "Parcel North", "tracking": "PN9"})
    boots.refresh_from_db()
    row.refresh_from_db()
    assert (boots.stock, row.sent) == (1, "sent")
