"""Settings of tags, blocked senders, own fields and macros."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from presszero.audit.models import Record
from presszero.conversations.actions import tags
from presszero.conversations.models import Conversation, Macro, MacroText, Tag, Tagged
from presszero.customers.models import Block, OwnField
from tests import cast

from .conftest import At, words


@pytest.fixture
def tomas(at: Callable[[str], At]) -> At:
    return at("tomas")


def post(who: At, path: str, **fields: object) -> int:
    return who.client.post(f"/settings/{path}", fields).status_code


def test_tags_are_made_renamed_merged_and_put_away(shop: cast.Shop, tomas: At, boots: Conversation) -> None:
    assert post(tomas, "tags", name="VIP", colour="accent") == 302
    assert post(tomas, "tags", name="vip") == 422 and post(tomas, "tags", name="x", colour="pink") == 422
    assert post(tomas, "tags", name="Very important") == 302
    vip, long = Tag.objects.get(name="VIP"), Tag.objects.get(name="Very important")
    tags.tag(boots, long, by=tomas.member.actor)
    assert "on 1 conversation" in words(tomas.open("/settings/tags"))
    assert post(tomas, f"tags/{long.id}/retirement", into=vip.id) == 302
    assert Tagged.objects.get(removed_at=None).tag_id == vip.id
    assert post(tomas, f"tags/{vip.id}", name="Friends", colour="warn") == 302
    assert "Friends" in words(tomas.open("/desk/unassigned"))
    assert Record.objects.get(verb="tag.changed").before["name"] == "VIP"
    assert post(tomas, f"tags/{vip.id}", name="", colour="") == 422


def test_tags_are_a_leads(maya: At) -> None:
    assert post(maya, "tags", name="VIP") == 403 and maya.open("/settings/blocks").status_code == 403


def test_a_block_is_written_down_and_lifted(tomas: At, shop: cast.Shop) -> None:
    assert post(tomas, "blocks", address="@prizes.example") == 302
    assert "@prizes.example" in words(tomas.open("/settings/blocks"))
    assert post(tomas, "blocks", address="@gmail.com") == 422 and post(tomas, "blocks", address="nobody") == 422
    assert post(tomas, f"blocks/{Block.objects.get().id}/lifting") == 302
    assert not Block.objects.filter(lifted_at=None).exists()


def test_a_field_is_about_customers_or_about_conversations(tomas: At) -> None:
    assert (
        post(tomas, "fields/new", label="Reason", kind="choice", choices_text="late\nlost", about="conversation") == 302
    )
    assert post(tomas, "fields/new", label="Reason", kind="text", about="customer") == 302
    made = OwnField.objects.get(about="conversation")
    assert (made.key, made.choices) == ("reason", ["late", "lost"])
    assert post(tomas, f"fields/{made.id}", label="Why", kind="choice", choices_text="late", about="customer") == 302
    made.refresh_from_db()
    assert (made.about, made.label) == ("conversation", "Why")


def test_a_macro_speaks_several_languages_and_does_steps(tomas: At, shop: cast.Shop) -> None:
    tag = Tag.objects.create(merchant=shop.merchant, name="Late")
    said = {"name": "Late", "text": "Sorry", "language": "en", "shortcut": ";Late"}
    also = {"text_in": ["de", "es"], "text_of": ["Entschuldigung", " "]}
    steps = json.dumps([{"do": "tag", "tag": tag.id}, {"do": "snooze", "for": None}])
    assert post(tomas, "macros/new", **said, **also, steps=steps) == 302
    made = Macro.objects.get()
    assert (made.shortcut, len(made.steps)) == ("late", 2)
    assert list(MacroText.objects.values_list("language", "text")) == [("de", "Entschuldigung")]
    shown = words(tomas.open("/settings/macros"))
    assert "adds the tag Late" in shown and "also in de" in shown
    assert "Entschuldigung" in words(tomas.open(f"/settings/macros/{made.id}"))


@pytest.mark.parametrize(
    "wrong",
    [{"steps": '[{"do": "tag", "tag": 999}]'}, {"steps": "x"}, {"text_in": "not a language", "text_of": "x"}],
)
def test_a_macro_that_cannot_be_is_said_so_and_keeps_what_was_typed(tomas: At, wrong: dict[str, str]) -> None:
    answer = tomas.client.post("/settings/macros/new", {"name": "Late", "text": "So sorry", "steps": "[]", **wrong})
    assert answer.status_code == 422 and "So sorry" in answer.content.decode() and not Macro.objects.exists()
