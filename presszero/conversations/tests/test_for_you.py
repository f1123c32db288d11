"""What asks for a member: a note that names them, and what they follow when it moves on."""

from __future__ import annotations

import uuid

import pytest

from presszero.conversations import actions, queries
from presszero.conversations.models import Conversation
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def boots(shop: cast.Shop) -> Conversation:
    message = cast.ada().writes(shop, "Late.", "Boots")
    assert message is not None
    return message.conversation


def for_tomas(shop: cast.Shop) -> list[int]:
    return [row.id for row in queries.view(shop.tomas, "for-you")]


def test_a_name_in_a_note_brings_it_to_them_until_they_have_seen_it(shop: cast.Shop, boots: Conversation) -> None:
    assert for_tomas(shop) == []
    actions.note(boots, "@Tomas fine with sending both?", by=shop.maya, client_id=uuid.uuid4())
    assert for_tomas(shop) == [boots.id]
    assert queries.counts(shop.tomas)["for-you"] == 1
    assert queries.counts(shop.maya)["for-you"] == 0
    actions.seen(boots, shop.tomas)
    assert for_tomas(shop) == []


def test_what_they_follow_comes_when_it_moves_on(shop: cast.Shop, boots: Conversation) -> None:
    actions.follow(boots, shop.tomas)
    actions.seen(boots, shop.tomas)
    assert for_tomas(shop) == []
    cast.ada().writes(shop, "Hello?", "Re: Boots")
    assert for_tomas(shop) == [boots.id]
    actions.unfollow(boots, shop.tomas)
    assert for_tomas(shop) == []


def test_a_note_in_a_merged_conversation_still_calls_them(shop: cast.Shop, boots: Conversation) -> None:
    other = cast.ada().writes(shop, "Also.", "Laces")
    assert other is not None
    actions.note(other.conversation, "@Tomas look", by=shop.maya, client_id=uuid.uuid4())
    actions.merge(other.conversation, boots, by=shop.maya.actor)
    assert for_tomas(shop) == [boots.id]
    actions.seen(Conversation.objects.get(id=boots.id), shop.tomas)
    assert for_tomas(shop) == []
