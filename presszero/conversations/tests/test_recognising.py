"""Somebody proved who they are: two customers become one, one matter one conversation, and all of it can be undone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from presszero.channels.vocabulary import Handle
from presszero.conversations import actions
from presszero.conversations.models import Conversation, Merge, Message
from presszero.core.actor import SYSTEM
from presszero.customers import queries as customers
from presszero.customers.models import Claim, Customer
from presszero.customers.models import Merge as CustomerMerge
from presszero.timeline.models import Event
from tests import cast

BY_CODE = "proven by a code"


def recognised(row: Conversation, address: str = "ada@example.com") -> Customer:
    return actions.recognise(row.customer, Handle("email", address, "Ada"), reason=BY_CODE, by=SYSTEM)


@pytest.fixture
def chat(shop: cast.Shop) -> Conversation:
    """Somebody asks in the chat."""
    return cast.the(cast.Browser("Ada").chats(shop, "Any news of my boots?")).conversation


@pytest.mark.django_db
def test_an_address_that_nobody_has_becomes_theirs(chat: Conversation) -> None:
    Claim.objects.create(
        merchant=chat.merchant, customer=chat.customer, kind="email", address="ada@example.com", source="chat"
    )
    found = recognised(chat)
    assert found.id == chat.customer_id
    known = {h.address: (h.proof, h.proof_reason) for h in customers.handles(found)}
    assert known["ada@example.com"] == ("verified", BY_CODE)
    assert Claim.objects.get().proven_at
    assert not CustomerMerge.objects.exists()


def test_the_chat_joins_their_only_open_matter_and_says_why(boots: Conversation, chat: Conversation) -> None:
    found = recognised(chat)
    assert found.id == boots.customer_id
    joined = Merge.objects.get()
    assert (joined.loser_id, joined.winner_id) == (chat.id, boots.id)
    assert joined.reason == "proven by a code: same customer, open matter from e-mail"
    assert CustomerMerge.objects.get().reason == BY_CODE
    told = Event.objects.filter(conversation_id=boots.id).values_list("kind", flat=True)
    assert {"conversation.merged", "conversation.recognised"} <= set(told)


def test_the_same_proof_twice_changes_nothing_more(boots: Conversation, chat: Conversation) -> None:
    recognised(chat)
    before = Event.objects.count()
    recognised(chat)
    assert (CustomerMerge.objects.count(), Merge.objects.count(), Event.objects.count()) == (1, 1, before)


def test_two_open_matters_leave_the_chat_by_itself(
    boots: Conversation, invoice: Conversation, chat: Conversation
) -> None:
    found = recognised(chat)
    assert customers.family(found) == [boots.customer_id, chat.customer_id]
    assert not Merge.objects.exists()


def test_what_was_said_to_be_something_else_stays_so(shop: cast.Shop, boots: Conversation) -> None:
    other = cast.the(cast.Browser().chats(shop, "And a present.", new_matter=True)).conversation
    recognised(other)
    assert not Merge.objects.exists()


def test_two_forms_about_two_things_stay_two(shop: cast.Shop, boots: Conversation) -> None:
    other = cast.the(cast.Browser().fills(shop, "A voucher?", subject="Voucher")).conversation
    same = cast.the(cast.Browser().fills(shop, "Still late.", subject="Re: Boots")).conversation
    recognised(other)
    recognised(same)
    assert list(Merge.objects.values_list("loser_id", "winner_id")) == [(same.id, boots.id)]


def test_the_older_of_the_two_goes_on(shop: cast.Shop, chat: Conversation, ada: cast.Shopper) -> None:
    mailed = cast.the(ada.writes(shop, "Late.", "Boots")).conversation
    recognised(chat)
    assert (Merge.objects.get().loser_id, Merge.objects.get().winner_id) == (mailed.id, chat.id)


def test_an_impostor_of_the_address_is_not_them(shop: cast.Shop, chat: Conversation) -> None:
    impostor = Customer.objects.create(merchant=shop.merchant, name="Eve")
    impostor.handles.create(merchant=shop.merchant, kind="email", address="ada@example.com", proof="refuted")
    found = recognised(chat)
    assert found.id == chat.customer_id
    assert not CustomerMerge.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_proofs_at_once_are_one(shop: cast.Shop, boots: Conversation, chat: Conversation) -> None:
    wrong: list[BaseException] = []

    def prove() -> None:
        try:
            recognised(chat)
        except BaseException as why:
            wrong.append(why)
        finally:
            connection.close()

    browsers = [cast.Browser("Ada") for _ in range(3)]
    chats = [cast.the(each.chats(shop, "Hello?")).conversation for each in browsers]
    proofs = [threading.Thread(target=prove) for _ in range(4)]
    proofs += [threading.Thread(target=_quietly, args=(recognised, each, wrong)) for each in chats]
    for each in proofs:
        each.start()
    for browser in browsers:
        browser.chats(shop, "And while that happens: hello again.")
    for each in proofs:
        each.join(20)
    cast.work()
    assert not wrong
    assert {c.now_id for c in Customer.objects.all()} == {boots.customer_id}
    assert CustomerMerge.objects.filter(undone_at=None).count() == 4
    assert Message.objects.count() == 2 + 3 + 3


def _quietly(does: object, row: Conversation, wrong: list[BaseException]) -> None:
    try:
        does(row)
    except BaseException as why:
        wrong.append(why)
    finally:
        connection.close()


def test_two_customers_again_keep_nothing_of_each_other(
    shop: cast.Shop, boots: Conversation, ada: cast.Shopper
) -> None:
    browser = cast.Browser("Ada")
    chat = cast.the(browser.chats(shop, "Any news of my boots?")).conversation
    recognised(chat)
    cast.the(browser.chats(shop, "Hello, still me?"))
    ada.writes(shop, "By mail again.", "Re: Boots")
    actions.take_apart(CustomerMerge.objects.get(), by=shop.maya.actor)
    browser.chats(shop, "And now?")
    said = {
        (m.conversation.customer_id, m.entry.sender_address)
        for m in Message.objects.select_related("conversation", "entry")
    }
    assert said == {(boots.customer_id, ada.address), (chat.customer_id, browser.address)}
    assert set(Message.objects.values_list("conversation__root", flat=True)) == {None}


def test_what_went_straight_to_the_others_matter_comes_home(shop: cast.Shop, boots: Conversation) -> None:
    browser = cast.Browser("Ada")
    chat = cast.the(browser.chats(shop, "A present?", new_matter=True)).conversation
    recognised(chat)
    actions.resolve(chat, by=shop.maya.actor)
    late = cast.the(browser.chats(shop, "My boots!"))
    assert late.conversation_id == boots.id
    assert late.reason == "same customer, open matter from e-mail just now"
    actions.take_apart(CustomerMerge.objects.get(), by=shop.maya.actor)
    late.refresh_from_db()
    assert late.conversation_id == chat.id
    assert Conversation.objects.get(id=boots.id).snippet == "Order 1042 is late."
