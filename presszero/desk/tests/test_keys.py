"""The sheet of keys says every key there is, and no page has two things on one key."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import LazySettings

from presszero.conversations import actions
from presszero.conversations.models import Conversation
from presszero.desk.keys import cheat
from tests import cast

from .conftest import At

TEMPLATES = Path(__file__).parents[2]
_KEY = re.compile(r'data-key="([^"]*)"')


def in_sheet() -> set[str]:
    return {keys.lower() for _group, lines in cheat() for keys, _says in lines}


def test_every_key_in_a_template_is_in_the_sheet(settings: LazySettings) -> None:
    settings.DEMO = True
    written = {key for page in TEMPLATES.rglob("*.html") for key in _KEY.findall(page.read_text())}
    assert {key for key in written if "{" not in key} <= in_sheet()


@pytest.mark.parametrize("state", ["open", "snoozed", "resolved", "spam"])
def test_no_page_has_two_things_on_one_key(maya: At, boots: Conversation, shop: cast.Shop, state: str) -> None:
    if state == "snoozed":
        actions.snooze(boots, None, by=shop.maya.actor)
    if state == "resolved":
        actions.resolve(boots, by=shop.maya.actor)
    if state == "spam":
        Conversation.objects.filter(id=boots.id).update(state="spam")
    paths = [
        f"/conversations/{boots.id}",
        "/desk/mine",
        f"/customers/{boots.customer_id}",
        "/me",
        "/me/alerts",
        "/views",
    ]
    for path in paths if state == "open" else paths[:1]:
        page = maya.open(path).content.decode()
        if path == paths[0]:
            page += maya.open(f"/customers/{boots.customer_id}/panel?beside={boots.id}").content.decode()
        keys = Counter(_KEY.findall(page))
        assert keys, path
        assert not {key: count for key, count in keys.items() if count > 1}, path
        assert set(keys) <= in_sheet(), path


def test_no_key_stands_twice_in_the_sheet() -> None:
    keys = Counter(keys for _group, lines in cheat() for keys, _says in lines)
    assert [key for key, count in keys.items() if count > 1] == []
