"""Signs in a shop: what their code opens, and that somebody is asked to come."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.frontdoor.here import signs, views
from presszero.routing.actions import be_ready
from presszero.routing.models import Queue, Waiting
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.cast import Shop
from tests.walls.everything import browser

pytestmark = pytest.mark.usefixtures("line")


def settle() -> None:
    cast.work()
    while consume_all():
        pass


def test_a_sign_offers_every_way_and_somebody_comes(shop: Shop) -> None:
    consume_all()  # listeners begin at the present
    assert shop.chat.kind == "chat"  # it has one from here on
    be_ready(shop.maya, True)
    queue = Queue.objects.create(merchant=shop.merchant, name="Ground floor")
    word = signs.written(shop.merchant, "Boots, ground floor", queue)
    page = Client().get(f"/here/{word}").content.decode()
    assert "Boots, ground floor" in page
    assert f"/chat/{shop.chat.token}" in page and "tel:+442079460042" in page
    slip = re.findall(r'name="slip" value="([^"]+)"', page)[0]
    for _tap in range(2):  # a double tap asks once
        assert "Stay where you are" in Client().post(f"/here/{word}", {"slip": slip}).content.decode()
    settle()
    talk = Conversation.objects.get(merchant=shop.merchant)
    assert Entry.objects.get(merchant=shop.merchant).text == "At Boots, ground floor: please come to me."
    waiting = Waiting.objects.get(merchant=shop.merchant)
    assert (waiting.queue_id, waiting.conversation_id, waiting.kind) == (queue.id, talk.id, "chat")
    talk.refresh_from_db()
    assert talk.assignee_id == shop.maya.id  # who is on duty


def test_nobody_makes_a_sign_but_us(shop: Shop) -> None:
    word = signs.written(shop.merchant, "Till", None)
    for bad in (word[:-2] + "xx", "nonsense", "x" * 5000, word + ":"):
        assert Client().get(f"/here/{bad}").status_code == 404
        assert Client().post(f"/here/{bad}", {"slip": str(uuid.uuid4())}).status_code == 404
    assert not Entry.objects.filter(merchant=shop.merchant).exists()


def test_one_sign_cannot_flood_the_shop(shop: Shop) -> None:
    word = signs.written(shop.merchant, "Till", None)
    pages = [Client().post(f"/here/{word}", {"slip": str(uuid.uuid4())}) for _n in range(14)]
    assert "Nobody is on duty right now" in pages[0].content.decode()  # nobody is told to wait for nobody
    answers = [page.status_code for page in pages]
    assert answers == [200] * views.PLACE.most + [429] * (14 - views.PLACE.most)


def test_signs_are_drawn_one_a_place(shop: Shop) -> None:
    tomas = browser(shop.tomas)
    assert tomas.get("/settings/signs").status_code == 200
    page = tomas.post("/settings/signs", {"places": "Till\n\n<b>Shelf</b>\nTill"}).content.decode()
    assert page.count('class="sign"') == 2
    assert "<b>Shelf</b>" not in page and "&lt;b&gt;Shelf" in page
    assert tomas.post("/settings/signs", {"places": " \n"}).status_code == 422
