"""An answer in the chat that they left before they read it goes on by mail, once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels import outbox
from presszero.channels.models import Delivery
from presszero.channels.transcript import Reader, mark
from presszero.conversations.actions.carry_on import carry_on_due
from presszero.conversations.models import Conversation, LiveAnswer, Message
from presszero.core.actor import SYSTEM
from presszero.customers.models import Claim
from presszero.visitors.models import Visitor
from tests import cast

BEN = "ben@example.org"


@pytest.fixture
def browser(shop: cast.Shop) -> cast.Browser:
    made = cast.Browser("Ben")
    Visitor.objects.create(merchant=shop.merchant, line=shop.chat, address=made.address, secret_hash="x")
    return made


@pytest.fixture
def chat(shop: cast.Shop, browser: cast.Browser) -> Conversation:
    """Ben asks in the chat, leaves his address, and goes."""
    row = cast.the(browser.chats(shop, "Is it waterproof?")).conversation
    Claim.objects.create(merchant=shop.merchant, customer=row.customer, kind="email", address=BEN, source="chat")
    left(timedelta(minutes=10))
    return row


def left(ago: timedelta) -> None:
    Visitor.objects.update(seen_at=timezone.now() - ago)


def answered(shop: cast.Shop, chat: Conversation, *texts: str) -> list[Message]:
    said = [cast.answer(chat, text, shop.maya) for text in texts]
    while outbox.deliver_next():
        pass
    return said


def later(minutes: float = 3) -> int:
    return carry_on_due(timezone.now() + timedelta(minutes=minutes))


@pytest.mark.django_db(transaction=True)
def test_everything_they_missed_goes_in_one_mail_once(shop: cast.Shop, chat: Conversation) -> None:
    answered(shop, chat, "Yes, it is.", "Up to the ankle.")
    assert later(1) == 0
    assert [later(), later(), later(60)] == [1, 0, 0]
    mail = Message.objects.get(entry__thread__line=shop.line)
    assert mail.conversation_id == chat.id
    assert mail.reason == "they left the chat before they read it"
    assert mail.entry.actor == SYSTEM.code
    assert "You asked in our chat" in mail.entry.text
    assert mail.entry.text.endswith("Yes, it is.\n\nUp to the ankle.")
    assert [d.address for d in Delivery.objects.filter(entry=mail.entry)] == [BEN]
    assert set(LiveAnswer.objects.values_list("mail", flat=True)) == {mail.id}


@pytest.mark.django_db(transaction=True)
def test_what_they_read_or_answered_in_the_meantime_is_not_mailed(
    shop: cast.Shop, chat: Conversation, browser: cast.Browser
) -> None:
    (first,) = answered(shop, chat, "Yes, it is.")
    mark(Reader(shop.chat, "visitor", (browser.address,)), first.entry_id, read=True, by=SYSTEM)
    answered(shop, chat, "Up to the ankle.")
    browser.chats(shop, "Thank you")
    left(timedelta(minutes=10))
    assert later() == 0
    assert not LiveAnswer.objects.filter(settled_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_while_they_are_here_it_waits_and_after_a_day_it_rests(shop: cast.Shop, chat: Conversation) -> None:
    answered(shop, chat, "Yes, it is.")
    Visitor.objects.update(seen_at=timezone.now() + timedelta(minutes=3))
    assert later() == 0
    assert LiveAnswer.objects.get().settled_at is None
    left(timedelta(0))
    assert later(60 * 25) == 0
    assert LiveAnswer.objects.get().settled_at


@pytest.mark.django_db(transaction=True)
def test_without_an_address_it_waits_for_one(shop: cast.Shop, chat: Conversation) -> None:
    Claim.objects.all().delete()
    answered(shop, chat, "Yes, it is.")
    assert later() == 0
    Claim.objects.create(merchant=shop.merchant, customer=chat.customer, kind="email", address=BEN, source="chat")
    assert later(10) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_or_has_not_gone_is_not_mailed(shop: cast.Shop, chat: Conversation) -> None:
    cast.answer(chat, "Tomorrow then.", shop.maya, send_at=timezone.now() + timedelta(hours=2))
    assert later(10) == 0
    assert not Message.objects.filter(entry__thread__line=shop.line).exists()


@pytest.mark.django_db(transaction=True)
def test_many_clocks_and_a_reader_at_once_send_at_most_one(
    shop: cast.Shop, chat: Conversation, browser: cast.Browser
) -> None:
    (said,) = answered(shop, chat, "Yes, it is.")
    reader, went, wrong = Reader(shop.chat, "visitor", (browser.address,)), list[int](), list[BaseException]()

    def at_once(what: str) -> None:
        try:
            if what == "reads":
                mark(reader, said.entry_id, read=True, by=SYSTEM)
            else:
                went.append(later())
        except BaseException as why:
            wrong.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=(what,)) for what in ("looks", "looks", "reads", "looks")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert not wrong
    assert sum(went) == Message.objects.filter(entry__thread__line=shop.line).count() <= 1
