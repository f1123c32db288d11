"""Asking somebody else, as the desk's pages do it."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation, Draft, Outsider, SideThread
from tests import cast
from tests.walls.everything import browser

HTMX = {"HTTP_HX_REQUEST": "true"}
DEPOT = {"kind": "warehouse", "name": "North Depot", "address": "depot@example.net"}


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def boots(shop: cast.Shop) -> Conversation:
    return cast.the(cast.ada().writes(shop, "Order 1042 is late.", "Boots")).conversation


@pytest.fixture
def desk(shop: cast.Shop) -> Client:
    return browser(shop.maya)


def asks(desk: Client, row: Conversation, **form: str) -> int:
    given = {"client_id": str(uuid.uuid4()), "text": "Is it still with you?", "subject": "", **DEPOT, **form}
    return int(desk.post(f"/conversations/{row.id}/side-threads", given, **HTMX).status_code)


def test_a_question_is_asked_and_stands_under_the_bar(desk: Client, boots: Conversation) -> None:
    desk.put(f"/conversations/{boots.id}/drafts/ask", "text=Is+it")
    assert "Is it</textarea>" in desk.get(f"/conversations/{boots.id}/side-threads", **HTMX).content.decode()
    assert asks(desk, boots) == 200
    side = SideThread.objects.get()
    assert Delivery.objects.get(entry__thread=side.thread).address == DEPOT["address"]
    assert not Draft.objects.exists()
    assert "North Depot" in desk.get(f"/conversations/{boots.id}/live", **HTMX).content.decode()
    assert "Is it still with you?" in desk.get(f"/side-threads/{side.id}", **HTMX).content.decode()

    again = {"client_id": str(uuid.uuid4()), "text": "Hello?"}
    assert desk.post(f"/side-threads/{side.id}/entries", again, **HTMX).status_code == 200
    assert "Hello?" in desk.get(f"/side-threads/{side.id}/entries", **HTMX).content.decode()
    assert desk.put(f"/side-threads/{side.id}/closing", **HTMX).status_code == 200
    assert SideThread.objects.get().closed_at


def test_a_refusal_keeps_what_was_written(desk: Client, boots: Conversation) -> None:
    form = {"client_id": str(uuid.uuid4()), "text": "Is it still with you?", **DEPOT, "address": "nowhere"}
    refused = desk.post(f"/conversations/{boots.id}/side-threads", form, **HTMX)
    assert refused.status_code == 422
    assert "Is it still with you?" in refused.content.decode()
    assert "This is not an e-mail address." in refused.content.decode()
    assert not SideThread.objects.exists()


def test_an_outsider_of_another_merchant_cannot_be_asked(desk: Client, boots: Conversation) -> None:
    other = Outsider.objects.create(merchant=cast.thistle().merchant, **DEPOT)
    assert asks(desk, boots, outsider=str(other.id)) == 404
    assert not SideThread.objects.exists()
