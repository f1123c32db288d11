"""What comes from a blocked address is stored and understood, and asks nothing of anybody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presszero.channels.models import Delivery
from presszero.conversations import actions, queries
from presszero.conversations.models import Conversation, Spam
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.blocking import block, lift_block
from presszero.intake.messages import understand_all
from presszero.intake.split import split_all
from presszero.promises.models import Promise
from presszero.routing.actions import be_ready
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


def _reactions() -> None:
    while consume_all():
        pass


@pytest.mark.parametrize("address", ["ada@example.com", "@example.com", "ADA@Example.com"])
def test_a_blocked_senders_matter_is_spam_at_once(shop: cast.Shop, address: str) -> None:
    shop.line.settings = {"round_robin": True, "acknowledge": True}
    shop.line.save()
    be_ready(shop.maya, True)
    block(shop.merchant, "email", address, by=shop.maya.actor)
    said = cast.the(cast.ada().writes(shop, "Buy now!", "Offer"))
    _reactions()
    row = said.conversation
    assert (row.state, row.waiting_since, row.work_at, row.assignee_id) == ("spam", None, None, None)
    assert said.entry.text.strip() == "Buy now!"
    assert not Delivery.objects.exists() and not Promise.objects.exists()
    assert Event.objects.get(kind="message.received").data["automatic"]
    assert Event.objects.get(kind="conversation.spam").data["blocked"]
    assert Spam.objects.get().reason
    for name in queries.VIEWS:
        assert [r.id for r in queries.view(shop.maya, name)] == ([row.id] if name == "spam" else [])
    assert {name for name, many in queries.counts(shop.maya).items() if many} == {"spam"}


def test_others_wait_as_ever_and_lifting_ends_it(shop: cast.Shop) -> None:
    made = block(shop.merchant, "email", "@example.com", by=SYSTEM)
    assert cast.the(cast.ben().writes(shop, "Hi")).conversation.waiting_since
    lift_block(made, by=SYSTEM)
    assert cast.the(cast.ada().writes(shop, "Hi")).conversation.state == "open"


def test_an_open_matter_goes_to_spam_with_the_next_word(shop: cast.Shop) -> None:
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "Hello", "Hello")).conversation
    block(shop.merchant, "email", ada.address, by=SYSTEM)
    assert cast.the(ada.writes(shop, "Hello again", "Re: Hello")).conversation_id == row.id
    row.refresh_from_db()
    assert (row.state, row.waiting_since) == ("spam", None)
    assert actions.not_spam(row, by=shop.maya.actor).waiting_since
    assert not Spam.objects.filter(ended_at=None).exists()


def test_what_goes_on_in_spam_stays_there_until_somebody_answers_or_says_so(shop: cast.Shop) -> None:
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "Hello", "Hello")).conversation
    actions.mark_spam(row, by=shop.maya.actor)
    assert cast.the(ada.writes(shop, "Still here", "Re: Hello")).conversation_id == row.id
    row.refresh_from_db()
    assert (row.state, row.waiting_since, row.snippet) == ("spam", None, "Still here")
    cast.answer(row, "You are no spam.", shop.maya)
    row.refresh_from_db()
    assert row.state == "open" and not Spam.objects.filter(ended_at=None).exists()
    assert cast.the(ada.writes(shop, "Thanks", "Re: Hello")).conversation.waiting_since


def test_another_matter_of_a_customer_is_not_swallowed_by_their_spam(shop: cast.Shop) -> None:
    ada = cast.ada()
    actions.mark_spam(cast.the(ada.writes(shop, "Hello", "Hello")).conversation, by=SYSTEM)
    fresh = cast.the(ada.writes(shop, "Where is my order?", "Order 1042")).conversation
    assert fresh.state == "open" and fresh.waiting_since


@pytest.mark.parametrize("before", ["open", "resolved", "snoozed"])
def test_not_spam_gives_back_what_it_was(shop: cast.Shop, before: str) -> None:
    row = cast.the(cast.ada().writes(shop, "Hello", "Hello")).conversation
    {"open": lambda: row, "resolved": lambda: actions.resolve(row, by=SYSTEM),
     "snoozed": lambda: actions.snooze(row, None, by=SYSTEM)}[before]()  # fmt: skip
    actions.mark_spam(row, by=SYSTEM)
    assert actions.not_spam(row, by=SYSTEM).state == before


def test_our_own_and_shared_addresses_cannot_be_blocked(shop: cast.Shop) -> None:
    for address in (shop.line.address, "@juniper.example", "@gmail.com", "nobody", "", "@", shop.maya.person.email):
        with pytest.raises(Refused):
            block(shop.merchant, "email", address, by=SYSTEM)
    assert not Conversation.objects.exists()


def test_a_batch_asks_once_who_is_blocked(shop: cast.Shop) -> None:
    ada = cast.ada()
    for number in range(8):
        cast.deliver(shop.line, ada.mail(shop, "Hi", f"Matter {number}").as_bytes())
    while split_all():
        pass
    with CaptureQueriesContext(connection) as ran:
        understand_all()
    assert len([query for query in ran.captured_queries if "customers_block" in query["sql"]]) == 1
    assert Conversation.objects.count() == 8
