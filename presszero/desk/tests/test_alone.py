"""Whoever answers alone: one inbox, nothing to hand on, and the hours in place of ready and away."""

from __future__ import annotations

import pytest

from presszero.conversations.models import Conversation
from tests import cast

from .conftest import At, words


@pytest.fixture
def alone(shop: cast.Shop) -> cast.Shop:
    shop.merchant.alone = True
    shop.merchant.save()
    return shop


def test_the_day_begins_with_all_that_is_open(alone: cast.Shop, boots: Conversation, rosa: At) -> None:
    assert rosa.open("/").headers["Location"] == "/desk/team"
    page = words(rosa.open("/desk/team"))
    assert "Boots" in page and all(name in page for name in ("Inbox", "Waiting longest", "Put aside", "Done"))
    drawn = rosa.open("/desk/team").content.decode()
    assert not any(f'href="/desk/{name}"' in drawn for name in ("mine", "unassigned", "for-you"))
    assert "Open now" in page and "/me/presence" not in drawn


def test_an_empty_inbox_is_nobody_elses(alone: cast.Shop, rosa: At) -> None:
    assert "Every customer has an answer." in words(rosa.open("/desk/team"))


def test_a_team_keeps_its_lists(shop: cast.Shop, rosa: At) -> None:
    assert rosa.open("/").headers["Location"] == "/desk/mine"
    page = words(rosa.open("/desk/mine"))
    assert "Unassigned" in page and "Away" in page and "Inbox" not in page


def test_it_is_a_setting(shop: cast.Shop, rosa: At) -> None:
    given = {"name": "Juniper", "currency": "GBP", "languages": "en", "timezone": "UTC"}
    assert rosa.client.post("/settings/shop", {**given, "alone": "1"}).status_code == 302
    assert rosa.open("/").headers["Location"] == "/desk/team"
    rosa.client.post("/settings/shop", given)
    assert rosa.open("/").headers["Location"] == "/desk/mine"
