"""By which way an answer goes: proposed, picked, warned of, shown beforehand; and who is at the other end."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation, Message, Upload
from presszero.customers.models import Claim, Customer
from presszero.customers.models import Merge as CustomerMerge
from presszero.visitors.models import Visitor
from tests import cast

from .conftest import At, words

BEN = "ben@example.org"


@pytest.fixture
def browser(shop: cast.Shop) -> cast.Browser:
    """Ben's, on the page of a boot whose title is not what it seems."""
    made = cast.Browser("Ben")
    page = {"url": "javascript:alert(1)", "title": "<script>alert(1)</script>", "at": timezone.now().isoformat()}
    Visitor.objects.create(
        merchant=shop.merchant, line=shop.chat, address=made.address, secret_hash="x", pages=[page],
        cart={"items": 2, "total": "148.00", "currency": "GBP"},
    )  # fmt: skip
    return made


@pytest.fixture
def chat(shop: cast.Shop, browser: cast.Browser) -> Conversation:
    row: Conversation = cast.the(browser.chats(shop, "Is it waterproof?")).conversation
    Claim.objects.create(merchant=shop.merchant, customer=row.customer, kind="email", address=BEN, source="chat")
    return row


def left() -> None:
    Visitor.objects.update(seen_at=timezone.now() - timedelta(minutes=10))


def mail_way(shop: cast.Shop) -> str:
    return f"line:{shop.line.id}:{BEN}"


def test_who_is_here_is_answered_in_the_chat_and_who_left_is_said(maya: At, chat: Conversation) -> None:
    said = words(maya.open(f"/conversations/{chat.id}"))
    assert "Chat · here now" in said
    assert "left the chat" not in said
    left()
    said = words(maya.open(f"/conversations/{chat.id}"))
    assert "Ben left the chat ( 10 min ). They see this when they come back." in said
    assert "Answer by e-mail instead" in said


def test_x6_what_a_page_tells_of_itself_stays_words(maya: At, chat: Conversation) -> None:
    panel = maya.asks(f"/customers/{chat.customer_id}/panel", beside=chat.id).content.decode()
    for shown in (maya.open(f"/conversations/{chat.id}").content.decode(), panel):
        assert "<script>alert(1)" not in shown
        assert "javascript:" not in shown
    assert "&lt;script&gt;alert(1)" in panel
    assert "In the cart: 2 things for £" in panel


def test_a_picked_way_begins_a_mail_and_the_next_answer_goes_on_there(
    maya: At, shop: cast.Shop, chat: Conversation
) -> None:
    beside = words(maya.asks(f"/conversations/{chat.id}/way", way=mail_way(shop)))
    assert f"Nobody has proven that {BEN} is Ben's address." in beside.replace("&#39;", "'")
    sent = {"text": "Yes.", "client_id": uuid.uuid4(), "anyway": 1, "way": mail_way(shop)}
    assert maya.asks(f"/conversations/{chat.id}/replies", "post", **sent).status_code == 200
    ours = Message.objects.get(inbound=False)
    assert list(Delivery.objects.values_list("address", flat=True)) == [BEN]
    assert f'value="thread:{ours.entry.thread_id}"' in maya.open(f"/conversations/{chat.id}").content.decode()


def test_a_way_to_a_stranger_is_refused(maya: At, shop: cast.Shop, chat: Conversation) -> None:
    sent = {"text": "Yes.", "client_id": uuid.uuid4(), "anyway": 1, "way": f"line:{shop.line.id}:eve@evil.example"}
    assert maya.asks(f"/conversations/{chat.id}/replies", "post", **sent).status_code == 422
    other = cast.thistle()
    sent["way"] = f"line:{other.line.id}:{BEN}"
    assert maya.asks(f"/conversations/{chat.id}/replies", "post", **sent).status_code == 404
    assert not Message.objects.filter(inbound=False).exists()


def test_how_they_asked_to_be_answered_wins_and_is_said(maya: At, shop: cast.Shop, chat: Conversation) -> None:
    maya.asks(f"/conversations/{chat.id}/asked-channel", "put", channel="email")
    page = maya.open(f"/conversations/{chat.id}")
    assert "Ben asked for e-mail" in words(page)
    assert f'<option value="{mail_way(shop)}" selected>' in page.content.decode()
    assert maya.asks(f"/conversations/{chat.id}/asked-channel", "put", channel="pigeon").status_code == 404


def test_what_they_will_see_is_shown_and_nothing_is_sent(maya: At, shop: cast.Shop, chat: Conversation) -> None:
    by_mail = words(maya.asks(f"/conversations/{chat.id}/preview", "post", way=mail_way(shop), text="**Yes** <b>"))
    assert "Maya, Juniper" in by_mail
    assert "Re: Is it waterproof?" in by_mail
    assert "Maya at Juniper" in by_mail
    thread = Message.objects.get().entry.thread_id
    by_chat = words(maya.asks(f"/conversations/{chat.id}/preview", "post", way=f"thread:{thread}", text="Yes"))
    assert by_chat == "Yes"
    assert Message.objects.count() == 1


def test_an_agent_who_knows_them_says_so_and_can_take_it_back(
    maya: At, ada: cast.Shopper, boots: Conversation, chat: Conversation
) -> None:
    claim = Claim.objects.create(
        merchant=chat.merchant, customer=chat.customer, kind="email", address=ada.address, source="chat"
    )
    maya.asks(f"/conversations/{chat.id}/recognition", "post", claim=claim.id)
    assert Conversation.objects.get(id=chat.id).root_id == boots.id
    assert "Maya knows them" in words(maya.open(f"/conversations/{boots.id}"))
    made = CustomerMerge.objects.get()
    maya.asks(f"/customer-merges/{made.id}", "delete")
    assert Conversation.objects.get(id=chat.id).root_id is None
    assert Customer.objects.get(id=chat.customer_id).root_id is None


def test_a_claim_of_somebody_else_is_no_way_in(maya: At, boots: Conversation, chat: Conversation) -> None:
    claim = Claim.objects.get()
    assert maya.asks(f"/conversations/{boots.id}/recognition", "post", claim=claim.id).status_code == 404
    assert not CustomerMerge.objects.exists()


def test_a_code_is_asked_for_in_the_chat(maya: At, boots: Conversation, chat: Conversation) -> None:
    maya.asks(f"/conversations/{chat.id}/recognition", "post")
    ours = Message.objects.get(inbound=False)
    assert "six digits" in ours.entry.text
    assert ours.entry.thread.line.kind == "chat"
    refused = maya.asks(f"/conversations/{boots.id}/recognition", "post")
    assert "no chat with us here" in words(refused)


def test_typing_and_leaving_are_said_beside_the_colleagues(maya: At, chat: Conversation) -> None:
    Visitor.objects.update(typing_at=timezone.now())
    said = words(maya.asks(f"/conversations/{chat.id}/colleagues"))
    assert "typing" in said
    left()
    Visitor.objects.update(typing_at=timezone.now() - timedelta(seconds=9))
    said = words(maya.asks(f"/conversations/{chat.id}/colleagues"))
    assert "typing" not in said
    assert "left the chat" in said


def test_files_too_large_for_the_chat_are_said_before_they_are_sent(
    maya: At, shop: cast.Shop, chat: Conversation
) -> None:
    Upload.objects.create(
        merchant=shop.merchant, conversation=chat, by=shop.maya, filename="film.mov", content_type="video/quicktime",
        size=11 * 1024 * 1024, storage_key="none",
    )  # fmt: skip
    assert "too large for this channel" in words(maya.open(f"/conversations/{chat.id}"))
    assert "too large" not in words(maya.asks(f"/conversations/{chat.id}/way", way=mail_way(shop)))
