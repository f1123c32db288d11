"""The lists, their counts, and search."""

from __future__ import annotations

from presszero.conversations import actions
from presszero.conversations.models import Conversation
from tests import cast

from .conftest import At, words


def test_the_start_leads_to_ones_own_work(maya: At) -> None:
    assert maya.open("/").headers["Location"] == "/desk/mine"


def test_a_new_matter_stands_in_unassigned_and_not_in_mine(maya: At, boots: Conversation) -> None:
    assert "Boots" in words(maya.open("/desk/unassigned"))
    assert "Boots" not in words(maya.open("/desk/mine"))


def test_taking_it_moves_it_to_mine(maya: At, boots: Conversation) -> None:
    maya.asks(f"/conversations/{boots.id}/assignee", "put", member=maya.member.id)
    assert "Boots" in words(maya.open("/desk/mine")) and "Boots" not in words(maya.open("/desk/unassigned"))


def test_an_empty_view_says_why_it_is_empty(maya: At) -> None:
    assert "Nothing waits for you" in words(maya.open("/desk/mine"))


def test_a_view_that_does_not_exist_is_not_found(maya: At) -> None:
    assert maya.open("/desk/everything").status_code == 404


def test_unread_until_it_was_seen(maya: At, boots: Conversation) -> None:
    assert 'class="row new"' in maya.open("/desk/unassigned").content.decode()
    maya.asks(f"/conversations/{boots.id}/unread", "delete")
    assert 'class="row new"' not in maya.open("/desk/unassigned").content.decode()
    maya.asks(f"/conversations/{boots.id}/unread", "put")
    assert 'class="row new"' in maya.open("/desk/unassigned").content.decode()


def test_reading_a_conversation_changes_nothing(maya: At, boots: Conversation) -> None:
    maya.open(f"/conversations/{boots.id}")
    assert 'class="row new"' in maya.open("/desk/unassigned").content.decode()


def test_rows_come_fifty_at_a_time(maya: At, boots: Conversation) -> None:
    for number in range(60):
        Conversation.objects.create(
            merchant=boots.merchant, customer=boots.customer, line=boots.line, subject=f"Matter {number}"
        )
    first = maya.open("/desk/unassigned").content.decode()
    assert first.count('<li><a class="row') == 50 and "/desk/unassigned/rows?page=2" in first
    assert maya.open("/desk/unassigned/rows?page=2").content.decode().count('<li><a class="row') == 11
    assert maya.asks("/desk/unassigned/rows", pages="2").content.decode().count('<li><a class="row') == 61


def test_a_page_of_fifty_is_small(maya: At, boots: Conversation) -> None:
    for number in range(60):
        Conversation.objects.create(
            merchant=boots.merchant,
            customer=boots.customer,
            line=boots.line,
            subject=f"A subject of quite ordinary length, number {number}",
            snippet="What they wrote last, as much of it as a row has room for, which is about this much text here.",
        )
    assert len(maya.open("/desk/unassigned").content) < 50_000


def test_counts_are_in_the_rail(maya: At, boots: Conversation, invoice: Conversation) -> None:
    assert "Unassigned 2" in words(maya.open("/desk/counts"))


def test_what_is_held_back_is_counted_for_leads_alone(maya: At, at: object, shop: cast.Shop) -> None:
    everybody = ", ".join(f"a{n}@example.com" for n in range(600))
    cast.deliver(shop.line, f"From: x@example.com\r\nTo: {everybody}\r\n\r\nHi".encode())
    cast.work()
    assert "Held back" not in words(maya.open("/desk/mine"))
    assert "Held back 1" in words(At(shop.tomas).open("/desk/mine"))


def test_search_finds_people_subjects_and_words(maya: At, boots: Conversation) -> None:
    for asked in ("kowalski", "ada@exam", "boots", "late", str(boots.id)):
        assert "Boots" in words(maya.asks("/search", q=asked)), asked


def test_search_that_finds_nothing_says_so(maya: At, boots: Conversation) -> None:
    assert "Nothing found" in words(maya.asks("/search", q="zebra"))


def test_search_keeps_what_was_typed(maya: At, boots: Conversation) -> None:
    assert 'value="boots &#34;x&#34;"' in maya.open("/search?q=boots%20%22x%22").content.decode()


def test_another_shop_finds_nothing_of_this_one(boots: Conversation) -> None:
    mallory = At(cast.thistle().team["mallory"])
    for path in ("/desk/team", "/search?q=boots", "/desk/counts"):
        assert "Boots" not in words(mallory.open(path))
    assert mallory.open(f"/conversations/{boots.id}").status_code == 404


def test_snoozed_and_resolved_have_their_views(maya: At, boots: Conversation, invoice: Conversation) -> None:
    actions.snooze(boots, None, by=maya.member.actor)
    actions.resolve(invoice, by=maya.member.actor)
    assert "until they write" in words(maya.open("/desk/snoozed"))
    assert "Invoice" in words(maya.open("/desk/resolved"))


def test_the_counts_come_with_the_rows_where_a_page_asks_for_both(maya: At, boots: Conversation) -> None:
    both = maya.client.get("/desk/team/rows?counts=1", headers={"HX-Request": "true", "X-View": "team"})
    assert f'id="c{boots.id}"' in both.content.decode() and "Unassigned 1" in words(both)
    assert 'data-here="team"' in both.content.decode()
    assert "Unassigned 1" not in words(maya.asks("/desk/team/rows"))
