"""We write first."""

from __future__ import annotations

import uuid

import pytest

from presszero.conversations.actions import begin
from presszero.conversations.actions.answer import Answer
from presszero.conversations.actions.begin import Opening
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_we_write_first_and_their_answer_joins() -> None:
    shop, ada = cast.juniper(), cast.ada()
    first = ada.writes(shop, "Late.", "Boots")
    assert first is not None
    answer = Answer("Your new pair leaves today.", uuid.uuid4())
    opening = Opening(shop.line, ada.address, "Good news")
    message = begin(first.conversation.customer, opening, answer, by=shop.maya)
    assert begin(first.conversation.customer, opening, answer, by=shop.maya).id == message.id
    assert (message.entry.subject, message.conversation.subject) == ("Good news", "Good news")
    assert [d.address for d in message.entry.deliveries.all()] == [ada.address]
    back = ada.answers(shop, message.entry, "Lovely!")
    assert back is not None and back.conversation_id == message.conversation_id


def test_we_write_to_their_own_addresses_only() -> None:
    shop, ada = cast.juniper(), cast.ada()
    first = ada.writes(shop, "Late.", "Boots")
    assert first is not None
    with pytest.raises(Refused, match="not an address of theirs"):
        opening = Opening(shop.line, "eve@evil.example", "Hello")
        begin(first.conversation.customer, opening, Answer("Hi", uuid.uuid4()), by=shop.maya)
    assert Conversation.objects.count() == 1
