"""Answers: stored before they go, once for each click, and taken back while they can be."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels import outbox
from presszero.channels.models import Delivery, Entry, Participant
from presszero.conversations import actions, queries
from presszero.conversations.actions import note, reply, take_back
from presszero.conversations.actions.answer import Answer, NothingToSay, WroteMeanwhile, let_in
from presszero.conversations.models import Assignment, Conversation, Draft, Mention, Message, Note
from presszero.core.refusal import Refused
from presszero.timeline.models import Event
from tests import cast


def again(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def test_an_answer_is_stored_with_its_delivery_and_a_moment_to_take_it_back(
    shop: cast.Shop, boots: Conversation
) -> None:
    said = cast.answer(boots, "So sorry, {{ customer.first_name }}!", shop.maya)
    (delivery,) = Delivery.objects.all()
    assert (delivery.address, delivery.state) == ("ada@example.com", "queued")
    assert timedelta(seconds=8) < delivery.not_before - timezone.now() <= timedelta(seconds=10)
    assert said.entry.text == "So sorry, Ada!"
    assert said.entry.subject == "Re: Boots"
    assert Event.objects.filter(kind="message.sent", conversation_id=boots.id).count() == 1


def test_whoever_answers_first_has_it_and_nobody_waits_any_more(shop: cast.Shop, boots: Conversation) -> None:
    cast.answer(boots, "Sorry!", shop.maya)
    row = again(boots)
    assert row.assignee_id == shop.maya.id
    assert (row.waiting_since, row.due_at, row.last_inbound, row.snippet) == (None, None, False, "Sorry!")
    cast.answer(boots, "More", shop.tomas)
    assert again(boots).assignee_id == shop.maya.id
    assert Assignment.objects.count() == 1


def test_the_same_click_twice_is_one_answer(shop: cast.Shop, boots: Conversation) -> None:
    asked = Answer("Sorry!", uuid.uuid4())
    first, second = reply(boots, asked, by=shop.maya), reply(boots, asked, by=shop.maya)
    assert first.id == second.id
    assert (Delivery.objects.count(), Message.objects.filter(inbound=False).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_click_in_two_threads_at_once_is_one_answer(shop: cast.Shop, boots: Conversation) -> None:
    asked = Answer("Sorry!", uuid.uuid4())
    start, ids = threading.Barrier(2), []

    def click() -> None:
        start.wait()
        ids.append(reply(boots, asked, by=shop.maya).id)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(ids) == 2 and len(set(ids)) == 1
    assert Delivery.objects.count() == 1


def test_what_they_wrote_meanwhile_is_read_first(shop: cast.Shop, ada: cast.Shopper, boots: Conversation) -> None:
    seen = Message.objects.get().id
    ada.writes(shop, "Never mind, it came.", "Re: Boots")
    before = Entry.objects.count()
    with pytest.raises(WroteMeanwhile, match="while you were writing"):
        reply(boots, Answer("Sorry!", uuid.uuid4(), after=seen), by=shop.maya)
    assert (Entry.objects.count(), Delivery.objects.count()) == (before, 0)
    newest = Message.objects.order_by("-id").values_list("id", flat=True)[0]
    assert reply(boots, Answer("Good!", uuid.uuid4(), after=newest), by=shop.maya).id


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_nothing_is_not_an_answer(shop: cast.Shop, boots: Conversation, text: str) -> None:
    with pytest.raises(NothingToSay):
        cast.answer(boots, text, shop.maya)
    assert not Delivery.objects.exists()


def test_taking_back_within_the_moment_sends_nothing_and_gives_the_words_back(
    shop: cast.Shop, boots: Conversation
) -> None:
    before = again(boots)
    said = cast.answer(boots, "Sorry!", shop.maya)
    assert take_back(said, by=shop.maya) == "Sorry!"
    assert Delivery.objects.get().state == "cancelled"
    assert Draft.objects.get(by=shop.maya).text == "Sorry!"
    row = again(boots)
    columns = ("waiting_since", "due_at", "last_at", "last_inbound", "snippet", "first_reply_at")
    assert [getattr(row, c) for c in columns] == [getattr(before, c) for c in columns]
    assert not outbox.deliver_next()
    assert take_back(said, by=shop.maya) == "Sorry!"  # twice is once
    assert Event.objects.filter(kind="message.taken_back").count() == 1


def test_what_has_gone_cannot_be_taken_back(shop: cast.Shop, boots: Conversation) -> None:
    said = cast.answer(boots, "Sorry!", shop.maya)
    Delivery.objects.update(state="sending", tries=1)
    with pytest.raises(outbox.AlreadyGone, match="on its way"):
        take_back(said, by=shop.maya)
    assert Message.objects.get(id=said.id).taken_back_at is None
    assert not Draft.objects.exists()


def test_an_answer_for_later_waits_for_its_time(shop: cast.Shop, boots: Conversation) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    cast.answer(boots, "Good morning!", shop.maya, send_at=tomorrow)
    assert Delivery.objects.get().not_before == tomorrow
    assert not outbox.deliver_next()


def test_only_people_of_the_conversation_can_be_written_to(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    with pytest.raises(Refused, match="no part in this conversation"):
        cast.answer(boots, "Sorry!", shop.maya, to=("evil@x.example",))
    ada.writes(shop, "See my friend", "Re: Boots", Cc="Eve <eve@x.example>")
    with pytest.raises(Refused):
        cast.answer(boots, "Sorry!", shop.maya, to=("eve@x.example",))
    assert not Delivery.objects.exists()
    let_in(Participant.objects.get(address="eve@x.example"), by=shop.maya.actor)
    said = cast.answer(boots, "Sorry, both!", shop.maya)
    assert {d.address for d in said.entry.deliveries.all()} == {"ada@example.com", "eve@x.example"}


def test_a_note_tells_whom_it_names_and_a_double_click_leaves_one(shop: cast.Shop, boots: Conversation) -> None:
    click = uuid.uuid4()
    for _ in range(2):
        note(boots, "@tomas, may I give her 20 back? ask @nobody", by=shop.maya, client_id=click)
    assert Note.objects.count() == 1
    assert [m.member for m in Mention.objects.all()] == [shop.tomas]
    assert Event.objects.filter(kind="person.mentioned").count() == 1
    assert not Delivery.objects.exists()


def test_a_removed_note_is_found_by_nobody(shop: cast.Shop, boots: Conversation) -> None:
    made = note(boots, "quetzalcoatl", by=shop.maya, client_id=uuid.uuid4())
    actions.remove_note(made, by=shop.maya)
    assert queries.search(shop.maya, "quetzalcoatl") == []


def test_drafts_are_of_one_person_and_an_empty_one_is_forgotten(shop: cast.Shop, boots: Conversation) -> None:
    actions.save_draft(boots, "reply", "half a sen", by=shop.maya)
    actions.save_draft(boots, "reply", "half a sentence", by=shop.maya)
    actions.save_draft(boots, "reply", "mine", by=shop.tomas)
    assert {d.text for d in Draft.objects.all()} == {"half a sentence", "mine"}
    actions.save_draft(boots, "reply", " ", by=shop.maya)
    assert [d.text for d in Draft.objects.all()] == ["mine"]
