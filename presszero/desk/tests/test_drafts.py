"""An order for the customer beside the conversation: the sheet, the words with its link, and what may be said there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from presszero.commerce.models import DraftOrder, Order, PayAccount
from presszero.commerce.payments import connecting
from presszero.commerce.payments.tests.wares import boots
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.intake import hearing
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(db: None) -> cast.Shop:
    made = cast.juniper()
    connecting.connect(made.merchant, "transfer", {"words": "To Juniper & Co."}, made.team["rosa"].actor)
    return made


@pytest.fixture
def matter(shop: cast.Shop) -> Conversation:
    row: Conversation = cast.the(cast.ada().writes(shop, "Haben Sie die Stiefel in 41?", "Stiefel")).conversation
    Customer.objects.filter(id=row.customer_id).update(language="de")
    return row


def at_the_desk(member: Membership) -> Client:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("192.0.2.7", "Firefox"), at=timezone.now()).token
    return client


def made(client: Client, matter: Conversation, **form: Any) -> Any:
    return client.post(f"/conversations/{matter.id}/order-drafts", form, headers=HTMX)


def test_the_link_comes_in_the_customers_language_and_is_followed_to_the_money(
    shop: cast.Shop, matter: Conversation
) -> None:
    hearing.register()
    consume_all(["conversations.sent-link"])  # a listener hears from when it first listened
    pair, maya = boots(shop), at_the_desk(shop.maya)
    sheet = maya.get(f"/conversations/{matter.id}/drafts/new?variant={pair.id}", headers=HTMX).content.decode()
    assert "Juniper boots, Brown / 41" in sheet and "£189.00" in sheet
    form = {"key": "one", "variant": pair.id, "quantity": "2", "price": "189.00", "shipping": "4.95"}
    total = maya.post(f"/conversations/{matter.id}/drafts/total", form, headers=HTMX).content.decode()
    assert "£382.95" in total and not DraftOrder.objects.exists()
    answers = [made(maya, matter, **form) for _double_click in range(2)]
    words = json.loads(answers[1]["HX-Trigger"])["linked"]["text"]
    (row,) = DraftOrder.objects.all()
    assert f"/pay/{row.token}" in words and "382,95" in words and row.sent_at is None
    cast.answer(matter, words, shop.maya)
    consume_all(["conversations.sent-link"])
    assert DraftOrder.objects.get().sent_at and Event.objects.get(kind="draft.sent").conversation_id == matter.id
    strip = maya.get(f"/conversations/{matter.id}/live", headers=HTMX).content.decode()
    assert "sent a link to pay" in strip and f"/order-drafts/{row.id}" in strip
    assert "The money has come" in maya.get(f"/order-drafts/{row.id}", headers=HTMX).content.decode()
    for _again in range(2):
        maya.post(f"/order-drafts/{row.id}/payment", headers=HTMX)
    order = Order.objects.get()
    assert (order.captured, order.customer_id, order.payments.get().method) == (38295, matter.customer_id, "transfer")


def test_prices_are_the_days_own_unless_a_lead_says_so(shop: cast.Shop, matter: Conversation) -> None:
    pair = boots(shop)
    form = {"variant": pair.id, "quantity": "1", "price": "100.00", "discount": "50"}
    made(at_the_desk(shop.maya), matter, key="maya", **form)
    made(at_the_desk(shop.tomas), matter, key="tomas", **form)
    assert list(DraftOrder.objects.order_by("id").values_list("total", flat=True)) == [18900, 5000]


def test_what_cannot_be_is_said_and_loses_nothing(shop: cast.Shop, matter: Conversation) -> None:
    pair, tomas = boots(shop), at_the_desk(shop.tomas)
    form = {"key": "k", "variant": pair.id, "quantity": "4", "price": "189.00", "note": "For Saturday"}
    answer = made(tomas, matter, **form)
    said = answer.content.decode()
    assert answer.status_code == 422 and "There are only 3" in said and "For Saturday" in said and 'value="4"' in said
    for wrong in (
        {"quantity": "0"},
        {"price": "lots"},
        {"shipping": "-1"},
        {"discount": "1000"},
        {"variant": "999999"},
    ):
        assert made(tomas, matter, **{**form, "quantity": "1", **wrong}).status_code == 422
    assert made(tomas, matter, **{**form, "variant": "x"}).status_code == 404
    PayAccount.objects.update(sealed=b"", paused_at=matter.last_at)
    answer = made(tomas, matter, **{**form, "quantity": "1"})
    assert answer.status_code == 422 and "Being paid" in answer.content.decode()
    assert not DraftOrder.objects.exists()


def test_called_off_it_can_be_paid_no_more(shop: cast.Shop, matter: Conversation) -> None:
    maya = at_the_desk(shop.maya)
    made(maya, matter, key="k", variant=boots(shop).id, quantity="1", price="")
    row = DraftOrder.objects.get()
    assert maya.delete(f"/order-drafts/{row.id}", headers=HTMX).status_code == 200
    assert maya.post(f"/order-drafts/{row.id}/payment", headers=HTMX).status_code == 422
    assert DraftOrder.objects.get().state == "cancelled" and not Order.objects.exists()
    mallory = at_the_desk(cast.thistle().team["mallory"])
    assert mallory.get(f"/order-drafts/{row.id}", headers=HTMX).status_code == 404
