"""One conversation: what its page shows and what each act answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations import actions
from presszero.conversations.models import Conversation, Draft, Macro, Message, Note, Topic
from presszero.customers.models import Handle
from presszero.team.models import Role
from tests import cast

from .conftest import At, words


def test_the_page_shows_their_words_and_the_list(maya: At, boots: Conversation) -> None:
    shown = words(maya.open(f"/conversations/{boots.id}?in=unassigned"))
    assert "Order 1042 is late." in shown and "Ada Kowalski" in shown and "Unassigned" in shown


def test_htmx_gets_what_stands_beside_the_list(maya: At, boots: Conversation) -> None:
    page = maya.asks(f"/conversations/{boots.id}").content.decode()
    assert "<html" not in page and 'id="composer"' in page and f'id="stream-{boots.id}"' in page


def test_what_may_change_never_contains_the_box_one_types_in(maya: At, boots: Conversation) -> None:
    page = maya.asks(f"/conversations/{boots.id}/live").content.decode()
    assert f'id="stream-{boots.id}"' in page and "hx-swap-oob" in page and "textarea" not in page


def test_a_merged_one_leads_to_the_whole(maya: At, boots: Conversation, invoice: Conversation) -> None:
    actions.merge(invoice, boots, by=maya.member.actor)
    assert "Order 1042" in words(maya.open(f"/conversations/{invoice.id}"))
    assert f'"conversation": {boots.id}' in maya.asks(f"/conversations/{invoice.id}/live").headers["HX-Trigger"]


def test_why_a_message_stands_here_can_be_read(
    maya: At, shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    sent = cast.answer(boots, "It is on its way.", shop.maya)
    ada.answers(shop, sent.entry, "Thank you!")
    assert "replied to our e-mail" in words(maya.open(f"/conversations/{boots.id}"))


def test_long_streams_show_the_newest_and_offer_the_rest(maya: At, boots: Conversation) -> None:
    for number in range(60):
        actions.note(boots, f"remark {number:02d}", by=maya.member, client_id=uuid.uuid4())
    page = maya.open(f"/conversations/{boots.id}")
    assert "remark 59" in words(page) and "remark 05" not in words(page) and "Earlier messages" in words(page)
    assert "remark 05" in words(maya.asks(f"/conversations/{boots.id}/live", shown="160"))


def reply(maya: At, row: Conversation, text: str = "It is here.", **more: str) -> str:
    """Sends the reply form; the client id it used."""
    fields = {"client_id": str(uuid.uuid4()), "after": "0", "text": text} | more
    response = maya.asks(f"/conversations/{row.id}/replies", "post", **fields)
    assert response.status_code == 200, words(response)
    return fields["client_id"]


def newest(row: Conversation) -> str:
    return str(Message.objects.filter(conversation=row).order_by("-id").values_list("id", flat=True)[0])


def test_a_reply_is_queued_and_can_be_taken_back(maya: At, boots: Conversation) -> None:
    reply(maya, boots, after=newest(boots))
    sent = Message.objects.get(conversation=boots, inbound=False)
    assert sent.entry.deliveries.get().state == Delivery.State.QUEUED
    back = maya.asks(f"/messages/{sent.id}", "delete")
    assert "It is here." in back.content.decode() and "draft again" in words(back)
    assert Draft.objects.get(conversation=boots).text == "It is here."
    assert sent.entry.deliveries.get().state == Delivery.State.CANCELLED


def test_a_double_click_sends_once(maya: At, boots: Conversation) -> None:
    used = reply(maya, boots, after=newest(boots))
    reply(maya, boots, client_id=used, after=newest(boots))
    assert Message.objects.filter(conversation=boots, inbound=False).count() == 1


def test_send_and_resolve_does_both_and_goes_on(maya: At, boots: Conversation) -> None:
    fields = {"client_id": str(uuid.uuid4()), "after": newest(boots), "text": "Done.", "resolve": "1"}
    response = maya.asks(f"/conversations/{boots.id}/replies", "post", **fields)
    boots.refresh_from_db()
    assert boots.state == "resolved" and "settled" in response.headers["HX-Trigger"]


def test_send_later_waits(maya: At, boots: Conversation) -> None:
    at = timezone.now() + timedelta(hours=5)
    reply(maya, boots, after=newest(boots), send_at=at.isoformat().replace("+", "%2B"))
    due = Delivery.objects.get(merchant=boots.merchant).not_before
    assert abs(due - at) < timedelta(seconds=1)


def test_an_empty_reply_is_refused_and_nothing_is_sent(maya: At, boots: Conversation) -> None:
    fields = {"client_id": str(uuid.uuid4()), "after": newest(boots), "text": "  "}
    response = maya.asks(f"/conversations/{boots.id}/replies", "post", **fields)
    assert response.status_code == 422 and response.headers["HX-Retarget"] == "#toasts"
    assert not Delivery.objects.exists()


def test_they_wrote_meanwhile_is_said_and_the_answer_waits(
    maya: At, boots: Conversation, ada: cast.Shopper, shop: cast.Shop
) -> None:
    before = newest(boots)
    ada.writes(shop, "Never mind, it came!", "Re: Boots")
    fields = {"client_id": str(uuid.uuid4()), "after": before, "text": "Where is it?"}
    said = maya.asks(f"/conversations/{boots.id}/replies", "post", **fields)
    assert "wrote again" in words(said) and "Send it anyway" in words(said) and not Delivery.objects.exists()
    maya.asks(f"/conversations/{boots.id}/replies", "post", **fields, anyway="1")
    assert Delivery.objects.count() == 1


def test_a_colleague_answered_meanwhile_is_said(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    before = newest(boots)
    cast.answer(boots, "I have it.", shop.tomas)
    fields = {"client_id": str(uuid.uuid4()), "after": before, "text": "I have it too."}
    assert "A colleague answered" in words(maya.asks(f"/conversations/{boots.id}/replies", "post", **fields))
    assert Delivery.objects.count() == 1


def test_a_note_is_kept_once_and_its_writer_may_remove_it(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    fields = {"client_id": str(uuid.uuid4()), "text": "She likes brown. @Tomas"}
    for _ in range(2):
        maya.asks(f"/conversations/{boots.id}/notes", "post", **fields)
    made = Note.objects.get()
    assert '<span class="at">@Tomas</span>' in maya.open(f"/conversations/{boots.id}").content.decode()
    other = shop.member("Nora Reed", Role.AGENT, "nora@juniper.example")
    assert At(other).asks(f"/notes/{made.id}", "delete").status_code == 422
    assert maya.asks(f"/notes/{made.id}", "delete").status_code == 200
    made.refresh_from_db()
    assert made.removed_at


def test_drafts_are_kept_as_they_are_typed_for_each_person(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    assert maya.asks(f"/conversations/{boots.id}/drafts/reply", "put", text="Dear Ada").status_code == 200
    assert "Dear Ada" in maya.open(f"/conversations/{boots.id}").content.decode()
    assert "Dear Ada" not in At(shop.tomas).open(f"/conversations/{boots.id}").content.decode()
    maya.asks(f"/conversations/{boots.id}/drafts/reply", "put", text="")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("noun", ["resolution", "snooze", "follower", "assignee"])
def test_what_was_put_can_be_taken_away(maya: At, boots: Conversation, noun: str) -> None:
    fields = {"snooze": {"until": "reply"}, "assignee": {"member": maya.member.id}}.get(noun, {})
    put = maya.asks(f"/conversations/{boots.id}/{noun}", "put", **fields)
    assert put.status_code == 200 and "hx-swap-oob" in put.content.decode()
    assert maya.asks(f"/conversations/{boots.id}/{noun}", "delete").status_code == 200
    boots.refresh_from_db()
    assert (boots.state, boots.assignee_id) == ("open", None)


def test_undo_from_another_conversation_leads_back(maya: At, boots: Conversation, invoice: Conversation) -> None:
    actions.resolve(boots, by=maya.member.actor)
    headers = {"HX-Request": "true", "X-Conversation": str(invoice.id)}
    response = maya.client.delete(f"/conversations/{boots.id}/resolution", headers=headers)
    assert f'"go": {{"conversation": {boots.id}}}' in response.headers["HX-Trigger"]
    assert f'id="stream-{boots.id}"' not in response.content.decode()


def test_snoozing_until_a_past_or_unreadable_time_is_refused(maya: At, boots: Conversation) -> None:
    for until in ("2001-01-01T08:00", "soon", "", "2026-99-99T08:00"):
        assert maya.asks(f"/conversations/{boots.id}/snooze", "put", until=until).status_code == 422
    boots.refresh_from_db()
    assert boots.state == "open"


def test_subject_priority_and_topic_change(maya: At, boots: Conversation) -> None:
    topic = Topic.objects.create(merchant=boots.merchant, name="Late")
    maya.asks(f"/conversations/{boots.id}/subject", "put", subject="Boots, late")
    maya.asks(f"/conversations/{boots.id}/priority", "put", priority="4")
    maya.asks(f"/conversations/{boots.id}/topic", "put", topic=topic.id)
    boots.refresh_from_db()
    assert (boots.subject, boots.priority, boots.topic) == ("Boots, late", 4, topic)


def test_only_ones_own_rows_can_be_named_in_a_form(maya: At, boots: Conversation) -> None:
    other = cast.thistle()
    topic = Topic.objects.create(merchant=other.merchant, name="Shears")
    foreign = cast.the(cast.ben().writes(other, "Hi", "Shears")).conversation
    asked = {
        "topic": {"topic": topic.id},
        "assignee": {"member": other.team["mallory"].id},
        "priority": {"priority": "x"},
    }
    for noun, fields in asked.items():
        assert maya.asks(f"/conversations/{boots.id}/{noun}", "put", **fields).status_code == 404, noun
    assert maya.asks(f"/conversations/{boots.id}/merges", "post", into=foreign.id).status_code == 404
    thread = Message.objects.get(conversation=foreign).entry.thread_id
    fields = {"client_id": str(uuid.uuid4()), "after": newest(boots), "text": "Hi", "thread": thread}
    assert maya.asks(f"/conversations/{boots.id}/replies", "post", **fields).status_code == 404
    assert not Delivery.objects.exists()


def test_merging_and_undoing_it(maya: At, boots: Conversation, invoice: Conversation) -> None:
    options = words(maya.asks(f"/conversations/{invoice.id}/merge-candidates"))
    assert "Boots" in options and "Invoice" not in options
    maya.asks(f"/conversations/{invoice.id}/merges", "post", into=boots.id)
    invoice.refresh_from_db()
    assert invoice.root_id == boots.id
    page = maya.open(f"/conversations/{boots.id}").content.decode()
    undo = page.partition('hx-delete="/merges/')[2].partition('"')[0]
    maya.asks(f"/merges/{undo}", "delete")
    invoice.refresh_from_db()
    assert invoice.root_id is None


def test_splitting_and_undoing_it(maya: At, shop: cast.Shop, ada: cast.Shopper, boots: Conversation) -> None:
    second = cast.the(ada.writes(shop, "And an invoice, please", "Re: Boots"))
    assert second.conversation_id == boots.id
    assert maya.asks(f"/conversations/{boots.id}/splits", "post").status_code == 422
    maya.asks(f"/conversations/{boots.id}/splits", "post", message=[second.id])
    second.refresh_from_db()
    target = second.conversation_id
    assert target != boots.id
    maya.asks(f"/splits/{target}", "delete")
    second.refresh_from_db()
    assert second.conversation_id == boots.id


def test_macros_are_filled_and_do_what_they_say(maya: At, boots: Conversation) -> None:
    made = Macro.objects.create(
        merchant=boots.merchant,
        name="Bye",
        text="Bye {{ customer.first_name }} {{ settings.SECRET_KEY }}",
        actions={"resolve": True, "assign": "me"},
    )
    listed = maya.asks(f"/conversations/{boots.id}/macros", q="by").content.decode()
    assert "Bye Ada {{ settings.SECRET_KEY }}" in listed
    maya.asks(f"/conversations/{boots.id}/macros/{made.id}", "post")
    boots.refresh_from_db()
    assert (boots.state, boots.assignee_id) == ("resolved", maya.member.id)


def test_a_bounced_address_is_warned_of(maya: At, boots: Conversation) -> None:
    Handle.objects.filter(merchant=boots.merchant).update(bounced_at=timezone.now())
    assert "did not take our last mail" in words(maya.open(f"/conversations/{boots.id}"))


def test_who_else_is_looking_is_shown(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    tomas = At(shop.tomas)
    tomas.asks(f"/conversations/{boots.id}/looking", "post", typing="1")
    assert "Tomas is writing" in words(maya.asks(f"/conversations/{boots.id}/colleagues"))


def test_readers_see_everything_and_change_nothing(shop: cast.Shop, boots: Conversation) -> None:
    reader = At(shop.member("Vera Cole", Role.READ_ONLY, "vera@juniper.example"))
    page = reader.open(f"/conversations/{boots.id}")
    assert "Order 1042" in words(page) and "reply-text" not in page.content.decode()
    assert reader.asks(f"/conversations/{boots.id}/resolution", "put").status_code == 403
    boots.refresh_from_db()
    assert boots.state == "open"


def test_no_get_changes_anything(maya: At, boots: Conversation) -> None:
    for noun in ("resolution", "snooze", "assignee", "priority", "replies", "notes", "merges", "splits", "looking"):
        assert maya.open(f"/conversations/{boots.id}/{noun}").status_code == 405, noun
