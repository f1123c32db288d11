"""Whoever leads hears of who waits too long; a free member hears of a chat that stays a colleague's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from presszero.alerts.models import Alert, AlertChoice
from presszero.alerts.wording import told
from presszero.conversations.actions import assign
from presszero.conversations.models import Conversation
from presszero.routing import watching
from presszero.routing.actions import be_ready
from presszero.routing.models import Presence, Waiting
from presszero.timeline.reactions import consume, listeners
from tests import cast


@pytest.fixture
def shop(db: None) -> cast.Shop:
    made = cast.juniper()
    for member in (made.maya, made.tomas):
        AlertChoice.objects.create(merchant=made.merchant, member=member, desktop=True)
    heard()
    return made


def heard() -> None:
    while sum(consume(listeners[name]) for name in ("routing.chats", "routing.hands", "alerts.tell-waiting")):
        pass


def told_to(shop: cast.Shop) -> list[tuple[int, str]]:
    return list(Alert.objects.filter(merchant=shop.merchant).order_by("id").values_list("member_id", "what"))


def test_a_lead_is_warned_and_then_told_that_it_is_late(shop: cast.Shop) -> None:
    cast.Browser("Ben Ruiz").chats(shop, "Is anybody there?")
    heard()
    since = Waiting.objects.get().since
    for seconds in (181, 200, 301, 400):
        watching.watch(since + timedelta(seconds=seconds))
        heard()
    assert told_to(shop) == [(shop.tomas.id, "waits"), (shop.tomas.id, "late")]
    last = Alert.objects.order_by("-id")[0]
    said = told(last, AlertChoice.objects.get(member=shop.tomas), shop.tomas)
    assert said and (said.title, said.body) == ("Ben has waited for too long", "The time you promise is over.")


def test_a_free_member_hears_of_a_chat_that_stays_a_colleagues(shop: cast.Shop) -> None:
    said = cast.the(cast.Browser("Ben Ruiz").chats(shop, "Is anybody there?"))
    heard()
    assign(Conversation.objects.get(id=said.conversation_id), shop.tomas, by=shop.tomas.actor)
    heard()
    be_ready(shop.maya, True)
    Presence.objects.update(last_turn_at=None)
    heard()
    assert told_to(shop) == [(shop.maya.id, "turn")]
