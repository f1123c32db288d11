"""How a member stands, as their rail and their colleagues see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.routing.actions import Asked, be_ready, decide, enter, finish, take, wrapped_up
from presszero.routing.models import Presence
from presszero.routing.queries import main_queue
from presszero.routing.standing import standing
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from tests import cast


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def test_a_call_then_writing_it_up_then_ready(shop: cast.Shop) -> None:
    now = timezone.now()
    assert standing(shop.maya, now).state == "away"
    be_ready(shop.maya, True)
    enter(Asked(main_queue(shop.merchant), "call", 1), now)
    (turn,) = decide(shop.merchant.id, now)
    take(turn.id, now)
    assert standing(shop.maya, now).state == "talks"
    finish(turn.id, now, 30)
    assert standing(shop.maya, now) == type(standing(shop.maya, now))("wraps", "wrap_up", now + timedelta(seconds=30))
    assert standing(shop.maya, now + timedelta(seconds=31)).state == "ready"
    wrapped_up(shop.merchant.id, shop.maya.id)
    assert standing(shop.maya, now).state == "ready"


def test_lunch_by_the_menu_and_back_by_the_key(shop: cast.Shop) -> None:
    client = Client()
    client.cookies[COOKIE] = start_session(shop.maya.person, Browser("203.0.113.9", "Firefox"), timezone.now()).token
    page = client.delete("/me/presence?reason=lunch&minutes=30").content.decode()
    row = Presence.objects.get(member=shop.maya)
    assert (row.ready, row.reason) == (False, "lunch")
    assert row.until and abs(row.until - timezone.now() - timedelta(minutes=30)) < timedelta(seconds=20)
    assert "Lunch · " in page
    assert client.delete("/me/presence?reason=holiday").status_code == 422
    assert "Ready</span>" in client.put("/me/presence").content.decode()
    row.refresh_from_db()
    assert (row.ready, row.reason, row.until) == (True, "", None)
