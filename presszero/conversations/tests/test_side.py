"""Side threads: asked and answered beside the customer's own thread, by mail, and never in front of the customer."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.channels.models import Attachment, Delivery, Entry
from presszero.conversations import actions, queries
from presszero.conversations.actions import side as sides
from presszero.conversations.actions.side import Asking
from presszero.conversations.models import Conversation, Message, SideThread
from presszero.conversations.queries.side import side as read
from presszero.conversations.queries.side import side_threads
from presszero.core.refusal import Refused
from presszero.customers.models import Customer, Handle
from presszero.timeline.models import Event
from tests import cast

WAREHOUSE = cast.Shopper("Nora North", "nora@northdepot.example")


def asked(boots: Conversation, by: Any, text: str = "Is it still with you?", **more: Any) -> SideThread:
    outsider = sides.know(boots.merchant, "warehouse", "North Depot", WAREHOUSE.address)
    return sides.ask(boots, outsider, Asking(text, uuid.uuid4(), **more), by=by)


def newest(side: SideThread) -> Entry:
    return read(side).entries[-1]


def test_a_question_goes_to_the_outsider_alone_and_is_no_message(shop: cast.Shop, boots: Conversation) -> None:
    before = [item.id for item in stream(boots, shop)]
    side = asked(boots, shop.maya, quotes=True)

    sent = Delivery.objects.get(entry__thread=side.thread)
    assert (sent.address, sent.line) == (WAREHOUSE.address, shop.line)
    assert "> Order 1042 is late." in sent.entry.text
    assert "ada@example.com" not in sent.entry.text + sent.entry.html
    assert not Message.objects.filter(entry__thread=side.thread).exists()
    assert [item.id for item in stream(boots, shop)] == before
    assert not any(address == WAREHOUSE.address for address in queries.reachable(boots, thread(boots)))


def test_the_same_click_asks_once(shop: cast.Shop, boots: Conversation) -> None:
    outsider = sides.know(boots.merchant, "warehouse", "North Depot", WAREHOUSE.address)
    asking = Asking("Is it still with you?", uuid.uuid4())
    first = sides.ask(boots, outsider, asking, by=shop.maya)
    assert sides.ask(boots, outsider, asking, by=shop.maya) == first
    more = Asking("Hello?", uuid.uuid4())
    sides.ask_on(first, more, by=shop.maya)
    sides.ask_on(first, more, by=shop.maya)
    assert Delivery.objects.filter(entry__thread=first.thread).count() == 2


def test_the_answer_stands_in_the_side_thread_and_makes_nobody_a_customer(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    side = asked(boots, shop.maya)
    actions.snooze(boots, timezone.now() + timedelta(days=1), by=shop.maya.actor)
    people, messages = Customer.objects.count(), Message.objects.count()

    WAREHOUSE.answers(shop, newest(side), "It leaves today.")

    side.refresh_from_db()
    boots.refresh_from_db()
    assert [entry.text for entry in read(side).entries] == ["Is it still with you?", "It leaves today."]
    assert side.waits_for == "us"
    assert boots.state == "open", "what was put aside until they answer is back"
    assert (Customer.objects.count(), Message.objects.count()) == (people, messages)
    assert not Handle.objects.filter(address=WAREHOUSE.address).exists()
    assert boots.snippet == "Order 1042 is late."
    assert Event.objects.filter(kind="side.answered", conversation_id=boots.id).count() == 1


def test_an_answer_asks_for_whoever_asked_until_it_is_dealt_with(shop: cast.Shop, boots: Conversation) -> None:
    side = asked(boots, shop.maya)
    assert [row.id for row in queries.view(shop.maya, "for-you")] == []
    WAREHOUSE.answers(shop, newest(side), "It leaves today.")
    assert [row.id for row in queries.view(shop.maya, "for-you")] == [boots.id]
    assert [row.id for row in queries.view(shop.tomas, "for-you")] == []
    sides.close(side, by=shop.maya.actor)
    assert [row.id for row in queries.view(shop.maya, "for-you")] == []


def test_a_colleague_of_the_outsider_may_answer_and_a_stranger_may_not(shop: cast.Shop, boots: Conversation) -> None:
    side = asked(boots, shop.maya)
    cast.Shopper("Ole", "ole@northdepot.example").answers(shop, newest(side), "I took it over.")
    assert newest(side).sender_address == "ole@northdepot.example"

    cast.Shopper("Mallory", "mallory@evil.example").answers(shop, newest(side), "Send it to me instead.")
    assert newest(side).text == "I took it over."
    strange = Message.objects.select_related("entry", "conversation").latest("id")
    assert strange.entry.text == "Send it to me instead."
    assert strange.conversation_id != boots.id


def test_strangers_who_share_a_big_provider_are_not_one_house(shop: cast.Shop, boots: Conversation) -> None:
    outsider = sides.know(boots.merchant, "supplier", "Una", "una@gmail.com")
    side = sides.ask(boots, outsider, Asking("Have you more of them?", uuid.uuid4()), by=shop.maya)
    cast.Shopper("Somebody", "somebody@gmail.com").answers(shop, newest(side), "No.")
    assert len(read(side).entries) == 1


def test_an_out_of_office_leaves_the_turn_with_them(shop: cast.Shop, boots: Conversation) -> None:
    side = asked(boots, shop.maya)
    sides.close(side, by=shop.maya.actor)
    WAREHOUSE.answers(shop, newest(side), "I am away until Monday.", Auto_Submitted="auto-replied")
    side.refresh_from_db()
    assert (side.waits_for, newest(side).automatic != "", side.closed_at is not None) == ("them", True, True)


def test_files_of_the_conversation_go_along_and_others_do_not(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    entry = Entry.objects.get(thread=thread(boots), inbound=True)
    values = {"filename": "label.png", "content_type": "image/png", "size": 3, "storage_key": "1/label"}
    own = Attachment.objects.create(merchant=shop.merchant, entry=entry, **values)
    other = cast.the(cast.ben().writes(shop, "Mine.", "Other")).entry
    foreign = Attachment.objects.create(merchant=shop.merchant, entry=other, **values)

    side = asked(boots, shop.maya, passed_on=[own.id])
    assert [file.storage_key for file in newest(side).attachments.all()] == ["1/label"]
    with pytest.raises(Refused):
        asked(boots, shop.maya, passed_on=[foreign.id])
    assert SideThread.objects.count() == 1, "a refusal leaves nothing behind"


def test_what_cannot_be_asked_is_refused_with_a_sentence(shop: cast.Shop, boots: Conversation) -> None:
    for kind, address in [("warehouse", "nonsense"), ("friend", WAREHOUSE.address), ("warehouse", shop.line.address)]:
        with pytest.raises(Refused):
            sides.know(boots.merchant, kind, "North Depot", address)
    with pytest.raises(Refused):
        asked(boots, shop.maya, text="  ")
    assert side_threads(boots) == []


def test_a6_a_note_never_goes_to_an_outsider(shop: cast.Shop, boots: Conversation) -> None:
    actions.note(boots, "She is difficult.", by=shop.maya, client_id=uuid.uuid4())
    side = asked(boots, shop.maya, quotes=True)
    assert "difficult" not in newest(side).text + newest(side).html


def stream(conversation: Conversation, shop: cast.Shop) -> list[Any]:
    near = queries.around(conversation, shop.maya)
    return [item for item in queries.stream(conversation, near, 40) if item.kind == "message"]


def thread(conversation: Conversation) -> Any:
    return Message.objects.filter(conversation=conversation).order_by("id")[0].entry.thread
