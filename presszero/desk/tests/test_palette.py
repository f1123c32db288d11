"""Ctrl K: what is offered for what was typed, and a step done from there with a way back."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from presszero.conversations.models import Conversation, Macro, Tag, Tagged
from presszero.desk.palette.fuzzy import hit
from presszero.desk.palette.times import moment
from tests import cast

from .conftest import At, words

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("Europe/London"))


def marked(typed: str, text: str) -> str:
    found = hit(typed, text)
    return "".join(f"[{piece}]" if is_hit else piece for piece, is_hit in found.pieces) if found else ""


def test_typed_letters_are_found_and_marked() -> None:
    assert marked("tom", "Assign to Tomas Lind") == "Assign to [Tom]as Lind"
    assert marked("ass lin", "Assign to Tomas Lind") == "[Ass]ign to Tomas [Lin]d"
    assert marked("asgn", "Assign to Tomas Lind") == "[As]si[gn] to Tomas Lind"
    assert marked("zz", "Assign to Tomas Lind") == ""
    assert marked("", "Macro") == "Macro"
    assert marked("straße", "Straße 1") == "[Straße] 1"
    best = max(("Retopic", "Topic: late"), key=lambda text: getattr(hit("topic", text), "score", 0))
    assert best == "Topic: late"


@pytest.mark.parametrize(
    ("typed", "day", "hour"),
    [
        ("tomorrow 9", 23, 9),
        ("tomorrow", 23, 9),
        ("in 3 hours", 22, 18),
        ("friday 14:30", 27, 14),
        ("monday 8am", 23, 8),
        ("nov 30", 30, 9),
    ],
)
def test_a_time_in_words_is_understood(typed: str, day: int, hour: int) -> None:
    found = moment(typed, NOW, "en")
    assert found is not None
    assert (found.day, found.hour, found.tzinfo) == (day, hour, NOW.tzinfo)


@pytest.mark.parametrize("typed", ["refund", "order 1042", "yesterday", "", "Ada", "99999999999 days"])
def test_what_is_no_time_to_come_is_none(typed: str) -> None:
    assert moment(typed, NOW, "en") is None


def offers(at: At, typed: str, row: Conversation | None = None, menu: str = "") -> str:
    answered = at.asks("/palette", q=typed, conversation=row.id if row else "", menu=menu)
    assert answered.status_code == 200
    assert len(answered.content) < 10_000
    return words(answered)


def test_conversations_and_people_are_found(maya: At, boots: Conversation) -> None:
    found = offers(maya, "boo")
    assert "Conversations Boo ts Ada Kowalski" in found
    assert "People Ada Kowal ski ada@example.com" in offers(maya, "kowal")
    assert "Boots" in offers(maya, "from:ada is:open")
    assert "Assign" not in found


def test_what_was_read_lately_is_there_before_anything_is_typed(maya: At, boots: Conversation) -> None:
    assert "Boots" not in offers(maya, "")
    maya.asks(f"/conversations/{boots.id}/unread", "delete")
    assert "Lately Boots" in offers(maya, "")


def test_what_can_be_done_is_said_as_a_sentence(maya: At, boots: Conversation, shop: cast.Shop) -> None:
    Tag.objects.create(merchant=shop.merchant, name="Late parcel")
    Macro.objects.create(merchant=shop.merchant, name="Sorry", text="So sorry.")
    shop.queue("Returns")
    assert "Assign to Tom as Lind" in offers(maya, "tom", boots)
    assert "Tag Late parcel" in offers(maya, "tag late", boots).replace("  ", " ")
    assert "Hand to team Returns" in offers(maya, "", boots, "team")
    assert "Macro: Sorry" in offers(maya, "", boots, "macro")
    assert "Snooze until" in offers(maya, "snooze tomorrow 9", boots)
    assert "Assign to…" in offers(maya, "", boots)
    rob = At(shop.member("Rob Reader", "read_only", "rob@juniper.example"))
    assert "Assign" not in offers(rob, "tom", boots)


def test_a_step_is_done_and_undone(maya: At, boots: Conversation, shop: cast.Shop) -> None:
    tag = Tag.objects.create(merchant=shop.merchant, name="Late parcel")
    step = json.dumps({"do": "tag", "tag": tag.id})
    answered = maya.asks(f"/conversations/{boots.id}/steps", "post", step=step)
    assert "Late parcel" in words(answered)
    assert Tagged.objects.filter(conversation=boots, removed_at=None).count() == 1
    body = unescape(answered.content.decode())
    token = re.findall(r'"undo": "([^"]+)"', body)[0]
    tomas = At(shop.tomas)
    assert tomas.client.delete(f"/conversations/{boots.id}/steps?undo={token}").status_code == 404
    assert maya.client.delete(f"/conversations/{boots.id}/steps?undo={token[:-2]}xx").status_code == 404
    done = maya.client.delete(f"/conversations/{boots.id}/steps?undo={token}", headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert not Tagged.objects.filter(conversation=boots, removed_at=None).exists()


@pytest.mark.parametrize("step", ["", "[]", '{"do": "explode"}', '{"do": "tag", "tag": 999999}', "{" * 6000])
def test_a_bad_step_is_refused_and_changes_nothing(maya: At, boots: Conversation, step: str) -> None:
    before = Conversation.objects.filter(id=boots.id).values().get()
    assert maya.asks(f"/conversations/{boots.id}/steps", "post", step=step).status_code == 422
    assert Conversation.objects.filter(id=boots.id).values().get() == before


def test_search_shows_the_words_it_found(maya: At, boots: Conversation) -> None:
    page = maya.open("/search?q=1042").content.decode()
    assert "<mark>1042</mark>" in page
    assert "There is no is:asleep here." in words(maya.open("/search?q=is:asleep"))
