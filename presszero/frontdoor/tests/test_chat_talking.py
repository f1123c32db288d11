"""What a visitor reads of the talk: everything said in their own threads, in order, once, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from presszero.channels import outbox
from presszero.channels.models import Delivery, Entry
from presszero.conversations import actions
from presszero.conversations.models import Wish
from tests import cast

from .window import SITE, Window, answers, chat_line


def test_the_first_visit_makes_a_visitor_and_the_next_goes_on(window: Window) -> None:
    first = window.opens(page={"url": f"{SITE}/boots?x=1", "title": "Boots"}, language="de")
    assert first["address"].startswith("v-")
    assert (first["signed"], first["name"], first["claimed"], first["matter"]) == (False, "", "", None)
    assert window.opens()["address"] == first["address"]
    assert (window.visitor.language, window.visitor.pages[0]["url"]) == ("de", f"{SITE}/boots")


def test_it_says_when_we_answer_in_the_language_of_the_page(window: Window, shop: cast.Shop) -> None:
    window.line.first_reply_minutes = 5
    window.line.hours = None
    window.line.save()
    assert window.opens()["answers"] == "We usually answer within 5 minutes."
    shop.hours.weekly = {}
    for name in ("open", "answers"):
        assert name in window.reads()


def test_what_they_write_and_what_we_answer_stand_in_order(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Do the Fern boots run small?", client_id="c-1")
    answers(asked, "A little. **Take 39.**", shop)
    mine, ours = window.reads()["entries"]
    assert (mine["mine"], mine["client_id"], mine["who"]) == (True, "c-1", "")
    assert (ours["mine"], ours["client_id"], ours["who"], ours["state"]) == (False, "", "Maya", "sent")
    assert ours["text"] == "A little. **Take 39.**"
    assert not window.reads()["more"]
    assert window.opens()["matter"] == {"subject": "Do the Fern boots run small?"}


def test_notes_mails_and_answers_by_mail_are_never_there(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    window.proves("ada@example.com")
    mail = cast.the(cast.ada().writes(shop, "In a mail of mine", "Boots"))
    actions.merge(mail.conversation, asked.conversation, by=shop.maya.actor)
    actions.note(asked.conversation, "She is cross.", by=shop.maya, client_id=asked.entry.thread.token)
    cast.answer(asked.conversation, "By mail", shop.maya, to=("ada@example.com",), thread=mail.entry.thread)
    while outbox.deliver_next():
        pass
    cast.answer(asked.conversation, "In the chat", shop.maya, thread=asked.entry.thread)
    while outbox.deliver_next():
        pass
    assert window.texts == ["Hello", "In the chat"]


def test_an_answer_set_for_later_is_not_there_before_its_time(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    cast.answer(asked.conversation, "Tomorrow", shop.maya, send_at=timezone.now() + timedelta(days=1))
    while outbox.deliver_next():
        pass
    assert window.texts == ["Hello"]


def test_an_answer_sent_later_stands_where_it_was_sent(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    late = cast.answer(asked.conversation, "Late", shop.maya, send_at=timezone.now() + timedelta(days=1))
    window.writes(shop, "Anybody?")
    Delivery.objects.filter(entry=late.entry).update(state="accepted")
    assert window.texts == ["Hello", "Anybody?", "Late"]


def test_an_answer_taken_back_is_not_there(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    said = cast.answer(asked.conversation, "Oops", shop.maya, send_at=timezone.now() + timedelta(minutes=1))
    actions.take_back(said, by=shop.maya)
    while outbox.deliver_next():
        pass
    assert window.texts == ["Hello"]


def test_older_pages_miss_nothing_and_double_nothing(window: Window, shop: cast.Shop) -> None:
    window.opens()
    thread = window.writes(shop, "0").entry.thread
    at = timezone.now()
    Entry.objects.bulk_create(
        Entry(
            merchant=shop.merchant,
            thread=thread,
            inbound=True,
            sender_address=window.visitor.address,
            text=str(n),
            at=at + timedelta(seconds=n // 7),  # many share a moment
        )
        for n in range(1, 100)
    )
    found, before = [], None
    while True:
        page = window.reads(before)
        found = [int(each["text"]) for each in page["entries"]] + found
        if not page["more"]:
            break
        before = page["entries"][0]["id"]
    assert found == list(range(100))


def test_l2_what_is_not_theirs_cannot_be_named(window: Window, shop: cast.Shop) -> None:
    other = Window(window.line)
    for each in (window, other):
        each.opens()
    theirs = other.writes(shop, "My secret", attachments=[{"filename": "a.txt", "base64": "c2VjcmV0"}])
    window.writes(shop, "Hello")
    assert window.texts == ["Hello"]
    assert window.asks("GET", f"transcript?before={theirs.entry_id}").status_code == 404
    key = theirs.entry.attachments.get().token
    assert window.asks("GET", f"files/{key}").status_code == 404
    assert other.asks("GET", f"files/{key}").status_code == 200
    for wrong in ("-1", "0", "x", "1e3", "9" * 30, "%00", "٣"):
        assert window.asks("GET", f"transcript?before={wrong}").status_code == 404


def test_l2_a_cookie_opens_nothing_on_another_line(window: Window) -> None:
    window.opens()
    thistle = Window(chat_line(cast.thistle()), window.client)
    assert thistle.asks("GET", "transcript").status_code == 401
    thistle.client.cookies[f"pz_visitor_{thistle.line.token[:16]}"] = next(iter(window.client.cookies.values())).value
    assert thistle.asks("GET", "transcript").status_code == 401


def test_a_file_is_served_so_that_it_can_run_nothing(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "", attachments=[{"filename": "a.html", "base64": "PHNjcmlwdD4xPC9zY3JpcHQ+"}])
    (one,) = window.reads()["entries"][0]["files"]
    assert (one["name"], one["size"]) == ("a.html", 18)
    answer = window.client.get(one["url"], headers={"Sec-Fetch-Site": "same-origin"})
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_marks_move_forward_only_and_only_on_what_they_were_shown(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    first = answers(asked, "One", shop).entry
    later = cast.answer(asked.conversation, "Later", shop.maya, send_at=timezone.now() + timedelta(days=1)).entry
    last = answers(asked, "Two", shop).entry

    def states() -> dict[int, str]:
        return dict(Delivery.objects.filter(merchant=shop.merchant).values_list("entry_id", "state"))

    assert window.gets("POST", "marks", {"seen_to": first.id, "read": False}) == {"moved": 1}
    assert states() == {first.id: "delivered", later.id: "queued", last.id: "accepted"}
    assert window.gets("POST", "marks", {"seen_to": last.id, "read": True}) == {"moved": 2}
    assert window.gets("POST", "marks", {"seen_to": last.id, "read": False}) == {"moved": 0}
    assert states() == {first.id: "read", later.id: "queued", last.id: "read"}
    assert [each["state"] for each in window.reads()["entries"]] == ["sent", "read", "read"]


def test_marks_touch_nobody_elses_answers(window: Window, shop: cast.Shop) -> None:
    other = Window(window.line)
    for each in (window, other):
        each.opens()
    said = answers(other.writes(shop, "Hello"), "To them", shop)
    assert window.gets("POST", "marks", {"seen_to": said.entry_id + 5, "read": True}) == {"moved": 0}
    assert said.entry.deliveries.get().state == "accepted"


def test_who_types_is_told_while_they_type(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    assert window.reads()["typing"] == ""
    actions.looking(asked.conversation, shop.maya, typing=True)
    assert window.reads()["typing"] == "Maya"
    actions.looking(asked.conversation, shop.maya, typing=False)
    assert window.reads()["typing"] == ""
    actions.looking(asked.conversation, shop.maya, typing=True)
    cast.answer(asked.conversation, "Here you are.", shop.maya)
    assert window.reads()["typing"] == "", "an answer that is there is not being written"


def test_a_wish_goes_to_the_matter_they_talk_about(window: Window, shop: cast.Shop) -> None:
    window.opens()
    assert window.asks("POST", "wish", {"matters": 3}).status_code == 409
    asked = window.writes(shop, "Hello")
    window.gets("POST", "wish", {"matters": 3, "needed_by": "2036-11-28", "words": "A wedding!", "channel": "visitor"})
    row = Wish.objects.get()
    assert (row.conversation_id, row.matters, row.words, row.channel, row.source) == (
        asked.conversation_id,
        3,
        "A wedding!",
        "visitor",
        "chat",
    )
    for wrong in ({"matters": 4}, {"matters": "3"}, {"matters": True}, {"channel": "pigeon"}, {"needed_by": "soon"}):
        assert window.asks("POST", "wish", wrong).status_code == 422
    assert Wish.objects.count() == 1


def test_a_resolved_matter_is_no_longer_the_one_they_go_on_with(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    actions.resolve(asked.conversation, by=shop.maya.actor)
    assert window.opens()["matter"] is None


def test_reading_costs_few_statements_however_much_was_said(
    window: Window, shop: cast.Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The line and the visitor, the words, who types, the holidays: every widget asks at every message."""
    window.opens()
    answers(window.writes(shop, "Do the Fern boots run small?"), "A little.", shop)
    for number in range(5):
        window.writes(shop, f"And number {number}?")
    with django_assert_max_num_queries(4):
        read = window.reads()
    assert len(read["entries"]) == 7
