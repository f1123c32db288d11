"""Who writes is told that we have it and when we answer: once, in the right place, and never a machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels.envelope import outgoing
from presszero.channels.models import Delivery, Entry, Line
from presszero.conversations.actions import take_back
from presszero.conversations.models import Conversation, Message
from presszero.conversations.queries import rows_by_id
from presszero.core.actor import SYSTEM
from presszero.promises.actions import may_tell
from presszero.promises.models import Acknowledged, Promise
from presszero.promises.reactions import somebody_wrote
from presszero.team.actions import Browser, start_session
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.slow

Heard = Callable[[], None]


@pytest.fixture
def mailed(shop: cast.Shop, heard: Heard) -> Conversation:
    """Ada asked by mail, and the worker has heard it."""
    row = cast.the(cast.ada().writes(shop, "Where are my boots?", "Boots")).conversation
    heard()
    return Conversation.objects.get(id=row.id)


def said(row: Conversation) -> list[Entry]:
    here = Message.objects.filter(conversation=row, inbound=False)
    return list(Entry.objects.filter(id__in=here.values("entry_id")).order_by("id"))


def test_a_mail_is_acknowledged_in_its_own_thread(shop: cast.Shop, mailed: Conversation) -> None:
    (entry,) = said(mailed)
    theirs = Entry.objects.get(inbound=True)
    assert entry.thread_id == theirs.thread_id
    assert entry.subject == "We have your message"
    assert entry.text.startswith("Thank you, we have your message.")
    assert f"/say/{entry.thread.token}" in entry.text
    delivery = Delivery.objects.get(entry=entry)
    assert (delivery.kind, delivery.address, delivery.state) == ("email", "ada@example.com", "queued")


def test_it_goes_out_as_a_machines_mail_that_names_nobody(shop: cast.Shop, heard: Heard) -> None:
    loud = cast.Shopper("BUY NOW http://evil.example", "victim@example.net")
    loud.writes(shop, "evil " * 200, "BUY NOW http://evil.example")
    heard()
    row = Delivery.objects.select_related("entry__thread", "line__brand").get()
    out = outgoing(row)
    assert out.automatic and out.to[0].name == ""
    whole = " ".join([out.subject, out.text, out.html, out.sender.name, out.to[0].name, out.reply_to])
    assert "evil" not in whole and "BUY" not in whole


def test_what_was_said_is_a_promise(shop: cast.Shop, mailed: Conversation) -> None:
    made = Promise.objects.get()
    (entry,) = said(mailed)
    assert (made.conversation_id, made.entry_id, made.by) == (mailed.id, entry.id, SYSTEM.code)
    assert mailed.due_at is not None
    assert timedelta() <= made.due_at - mailed.due_at < timedelta(minutes=5)
    event = Event.objects.get(kind="promise.made")
    assert event.data == {"promise_id": made.id, "entry_id": entry.id, "due_epoch": int(made.due_at.timestamp())}


def test_nobodys_wait_ends_by_it(shop: cast.Shop, mailed: Conversation) -> None:
    theirs = Message.objects.get(inbound=True)
    assert mailed.waiting_since == theirs.at
    assert (mailed.first_reply_at, mailed.assignee_id, mailed.last_inbound) == (None, None, True)
    assert mailed.snippet == "Where are my boots?"
    (row,) = rows_by_id(shop.maya, [mailed.id])
    assert row.unread


def test_the_columns_stay_so_when_they_are_worked_out_anew(shop: cast.Shop, mailed: Conversation) -> None:
    sent = cast.answer(mailed, "They left today.", shop.maya, send_at=timezone.now() + timedelta(hours=1))
    take_back(sent, by=shop.maya)
    row = Conversation.objects.get(id=mailed.id)
    assert (row.waiting_since, row.first_reply_at, row.last_inbound) == (mailed.waiting_since, None, True)
    assert row.snippet == "Where are my boots?"


def test_a_second_message_in_the_same_wait_is_not_acknowledged(
    shop: cast.Shop, mailed: Conversation, heard: Heard
) -> None:
    cast.ada().writes(shop, "Hello?", "Re: Boots")
    heard()
    assert (len(said(mailed)), Promise.objects.count()) == (1, 1)


def test_hearing_the_same_event_again_says_nothing_twice(shop: cast.Shop, mailed: Conversation) -> None:
    somebody_wrote(Event.objects.get(kind="message.received"))
    assert len(said(mailed)) == 1


def test_m10_machines_get_nothing(shop: cast.Shop, heard: Heard) -> None:
    for name, headers in {
        "Vacation": {"Auto_Submitted": "auto-replied"},
        "Bulk": {"Precedence": "bulk"},
        "List": {"List_Id": "<boots.lists.example>"},
        "Quiet": {"X_Auto_Response_Suppress": "All"},
    }.items():
        cast.Shopper(name, f"{name.lower()}@example.net").writes(shop, "I am away.", f"{name} reply", **headers)
    cast.Shopper("Daemon", "mailer-daemon@example.net").writes(shop, "It came back.", "Undelivered")
    cast.Shopper("Shop", "no-reply@example.net").writes(shop, "Your order", "Order")
    heard()
    assert not Delivery.objects.exists()
    assert not Promise.objects.exists()


def test_m10_a_vacation_reply_to_our_acknowledgement_ends_there(
    shop: cast.Shop, mailed: Conversation, heard: Heard
) -> None:
    (ours,) = said(mailed)
    cast.ada().answers(shop, ours, "I am away until Monday.", Auto_Submitted="auto-replied")
    heard()
    assert len(said(mailed)) == 1


def test_m10_our_own_acknowledgement_coming_back_is_a_machines(shop: cast.Shop, heard: Heard) -> None:
    """Another shop here writes to this one: its acknowledgement of our acknowledgement never comes."""
    other = cast.thistle()
    cast.Shopper("Thistle", other.line.address).writes(shop, "Do you sell boots?", "Boots")
    heard()
    first = Delivery.objects.select_related("entry").get()
    assert first.address == other.line.address
    back = cast.Shopper("Juniper", shop.line.address).mail(
        other, first.entry.text, first.entry.subject, Auto_Submitted="auto-replied"
    )
    cast.deliver(other.line, back.as_bytes())
    cast.work()
    heard()
    assert Delivery.objects.count() == 1


def test_m10_our_own_line_and_our_own_people_get_nothing(shop: cast.Shop, heard: Heard) -> None:
    cast.Shopper("Us", shop.line.address).writes(shop, "Hello", "Loop")
    cast.Shopper("Maya", "maya@juniper.example").writes(shop, "For the record", "Note to the shop")
    heard()
    assert not Delivery.objects.exists()


def test_m8_an_impostors_victim_gets_nothing(shop: cast.Shop, heard: Heard) -> None:
    message = cast.the(cast.ada().writes(shop, "Send it elsewhere.", "Address"))
    Entry.objects.filter(id=message.entry_id).update(proof="refuted")
    heard()
    assert not Delivery.objects.exists()


def test_m12_once_a_day_whoever_writes_in_their_name(shop: cast.Shop, heard: Heard) -> None:
    other = cast.thistle()
    victim = cast.Shopper("Victim", "victim@example.net")
    spelled = cast.Shopper("Victim", "Victim+2@example.net")
    for number in range(3):
        victim.writes(shop, "Hello", f"Subject {number}")
        spelled.writes(shop, "Hello", f"Another {number}")
        victim.writes(other, "Hello", f"There {number}")
    heard()
    assert Delivery.objects.count() == 1
    Acknowledged.objects.update(at=timezone.now() - timedelta(hours=24, seconds=1))
    victim.writes(other, "Hello", "A day later")
    heard()
    assert Delivery.objects.count() == 2


def test_m12_a_form_tells_its_claimed_address_in_fixed_words(shop: cast.Shop, heard: Heard) -> None:
    browser = cast.Browser(name="EVIL WORDS")
    browser.fills(shop, "EVIL " * 200, subject="EVIL " * 60, email="victim@example.net")
    heard()
    row = Delivery.objects.select_related("entry__thread", "line__brand").get()
    out = outgoing(row)
    assert (row.address, row.line_id) == ("victim@example.net", shop.line.id)
    assert "EVIL" not in " ".join([out.subject, out.text, out.html, out.to[0].name, out.sender.name])
    assert out.automatic and out.reply_to.startswith(f"support+{row.entry.thread.token}@")
    assert "If it was not you" in out.text


def test_a_form_s_acknowledgement_and_its_answer_share_a_thread(shop: cast.Shop, heard: Heard) -> None:
    row = cast.the(cast.Browser().fills(shop, "Boots?", subject="Boots", email="ada@example.com")).conversation
    heard()
    (ours,) = said(row)
    answer = cast.answer(Conversation.objects.get(id=row.id), "Soon.", shop.maya)
    assert answer.entry.thread_id == ours.thread_id


def test_a_form_without_an_address_is_promised_nothing(shop: cast.Shop, heard: Heard) -> None:
    cast.Browser().fills(shop, "Boots?", subject="Boots")
    heard()
    assert not Promise.objects.exists()


def test_a_chat_that_nobody_sees_is_told_when_we_answer(shop: cast.Shop, heard: Heard) -> None:
    browser = cast.Browser()
    row = cast.the(browser.chats(shop, "Are you there?")).conversation
    heard()
    browser.chats(shop, "Hello?")
    heard()
    (entry,) = said(row)
    assert (entry.sender_kind, entry.automatic, entry.subject) == ("chat", "promise", "")
    assert "/say/" not in entry.text
    assert Promise.objects.get().entry_id == entry.id


def test_a_chat_with_somebody_there_says_nothing_but_is_watched(shop: cast.Shop, heard: Heard) -> None:
    shop.hours.weekly = {}
    shop.hours.save()
    start_session(shop.maya.person, Browser("127.0.0.1", "Test"), at=timezone.now())
    row = cast.the(cast.Browser().chats(shop, "Are you there?")).conversation
    heard()
    assert said(row) == []
    made = Promise.objects.get()
    assert made.entry_id is None and made.conversation_id == row.id


def test_it_speaks_their_language(shop: cast.Shop, heard: Heard) -> None:
    row = cast.the(cast.ben().writes(shop, "Hallo, wo ist meine Bestellung? Ich warte.", "Stiefel")).conversation
    heard()
    (entry,) = said(row)
    assert entry.subject == "Ihre Nachricht ist da"
    assert "wir antworten bis" in entry.text or "Wir antworten bis" in entry.text


def test_a_line_can_be_told_not_to_and_can_have_its_own_words(shop: cast.Shop, heard: Heard) -> None:
    Line.objects.filter(id=shop.line.id).update(settings={"acknowledge": {"on": False}})
    cast.ada().writes(shop, "Boots?", "Boots")
    heard()
    assert not Delivery.objects.exists()
    own = {"on": True, "texts": {"en": "Hi! {{ answer.when }} — {{ brand.name }}"}}
    Line.objects.filter(id=shop.line.id).update(settings={"acknowledge": own})
    row = cast.the(cast.ben().writes(shop, "Where is my order, please?", "Order")).conversation
    heard()
    (entry,) = said(row)
    assert entry.text.startswith("Hi! ") and "— Juniper & Co." in entry.text


def test_an_answer_that_was_quicker_leaves_nothing_to_say(shop: cast.Shop, heard: Heard) -> None:
    row = cast.the(cast.ada().writes(shop, "Boots?", "Boots")).conversation
    cast.answer(row, "On their way.", shop.maya)
    heard()
    assert Delivery.objects.count() == 1
    assert not Promise.objects.exists()


def test_old_mail_that_is_read_in_is_not_acknowledged(shop: cast.Shop, heard: Heard) -> None:
    cast.deliver(shop.line, cast.ada().mail(shop, "From last year", "Old").as_bytes(), backfill=True)
    cast.work()
    heard()
    assert not Delivery.objects.exists()


def test_a_day_is_counted_from_the_telling(db: None) -> None:
    now = timezone.now()
    assert may_tell("ada@example.com", now)
    assert not may_tell("ADA@example.com", now + timedelta(hours=24))
    assert may_tell("ada@example.com", now + timedelta(hours=24, seconds=1))
    assert not may_tell("ada@example.com", now + timedelta(hours=25))
    assert "ada@" not in Acknowledged.objects.get().recipient
